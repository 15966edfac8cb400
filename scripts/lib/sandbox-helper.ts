import { statSync } from 'node:fs';

const SETUID = 0o4000;

/** Chromium's setuid helper: a way to its sandbox on systems that refuse unprivileged user namespaces. */
export function sandboxHelperWorks(path: string): boolean {
  try {
    const { uid, mode } = statSync(path);
    return uid === 0 && (mode & SETUID) !== 0;
  } catch {
    return false;
  }
}
