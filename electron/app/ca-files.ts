import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { Logger } from '../ports/index.ts';

const pemBlock = /-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/g;

function certificatesIn(pem: string): string[] {
  return (pem.match(pemBlock) ?? []).filter((block) => {
    try {
      return new X509Certificate(block).subject !== '';
    } catch {
      return false;
    }
  });
}

/** How many usable certificates a PEM text holds. */
export function countCertificates(pem: string): number {
  return certificatesIn(pem).length;
}

/** Certificates of all files; a file that went missing is logged and left out, so that others still work. */
export async function loadCaFiles(paths: readonly string[], log: Logger): Promise<string[]> {
  const certificates: string[] = [];
  for (const path of paths) {
    try {
      certificates.push(...certificatesIn(await readFile(path, 'utf8')));
    } catch {
      log.warn('ca-file.unreadable', { path });
    }
  }
  return certificates;
}
