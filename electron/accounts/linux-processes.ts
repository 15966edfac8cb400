import { open, readdir, readFile, readlink, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { Secret } from '../ports/index.ts';
import type { ProcessEnvironments, RunningProcess, TokenVariable } from './environment-scan.ts';
import { looksLikeJwt } from './unverified-claims.ts';

/** Linux allows 128 KiB for one variable and a few MiB for all; a mytoken is found within this or not at all. */
const limitBytes = 1024 * 1024;
const mostProcesses = 10_000;

export interface LinuxProcessesOptions {
  /** `/proc` unless a test says otherwise. */
  readonly root?: string;
  readonly uid?: number;
  readonly ownPid?: number;
}

/**
 * Environments of the user's own other programs. Only values that look like a JWT leave this file, everything else is
 * overwritten right after reading. What cannot be read (another user's, one that has just ended) is passed over.
 */
export function linuxProcesses(options: LinuxProcessesOptions = {}): ProcessEnvironments {
  const root = options.root ?? '/proc';
  const uid = options.uid ?? process.getuid?.() ?? -1;
  const ownPid = options.ownPid ?? process.pid;

  return {
    async *list() {
      const names = await readdir(root).catch(() => []);
      const pids = names
        .filter((name) => /^[1-9]\d{0,9}$/.test(name))
        .map(Number)
        .filter((pid) => pid !== ownPid)
        .sort((a, b) => a - b)
        .slice(0, mostProcesses);
      for (const pid of pids) {
        const found = await look(join(root, String(pid)), uid);
        if (found !== null) yield { pid, ...found };
      }
    },
  };
}

async function look(directory: string, uid: number): Promise<Omit<RunningProcess, 'pid'> | null> {
  try {
    // A process that gave up its user's rights to others (setuid, not dumpable) belongs to root here.
    if ((await stat(directory)).uid !== uid) return null;
    const variables = await jwtVariables(join(directory, 'environ'));
    if (variables.length === 0) return null;
    return { program: await programName(directory), variables };
  } catch {
    return null;
  }
}

async function jwtVariables(path: string): Promise<readonly TokenVariable[]> {
  const file = await open(path, 'r');
  // Files below /proc have no size; the buffer grows with what is there.
  let content = Buffer.alloc(32 * 1024);
  try {
    let length = 0;
    for (;;) {
      const { bytesRead } = await file.read(content, length, content.length - length, length);
      if (bytesRead === 0) break;
      length += bytesRead;
      if (length < content.length) continue;
      if (length >= limitBytes) break;
      const larger = Buffer.alloc(Math.min(content.length * 2, limitBytes));
      content.copy(larger);
      content.fill(0);
      content = larger;
    }
    return variablesIn(content.subarray(0, length));
  } finally {
    content.fill(0);
    await file.close();
  }
}

function variablesIn(content: Buffer): readonly TokenVariable[] {
  const found: TokenVariable[] = [];
  let start = 0;
  while (start < content.length) {
    const zero = content.indexOf(0, start);
    const end = zero < 0 ? content.length : zero;
    const equals = content.indexOf('=', start);
    // `{"` in base64url: only what may be a JWT becomes a string at all.
    const isCandidate =
      equals > start && equals < end && content.toString('latin1', equals + 1, equals + 4) === 'eyJ';
    if (isCandidate) {
      const value = content.toString('latin1', equals + 1, end);
      if (looksLikeJwt(value)) {
        found.push({ variable: content.toString('utf8', start, equals), value: new Secret(value) });
      }
    }
    start = end + 1;
  }
  return found;
}

/** The file it runs from, else the name it gave itself. For showing only: a program can choose both. */
async function programName(directory: string): Promise<string> {
  try {
    return basename((await readlink(join(directory, 'exe'))).replace(/ \(deleted\)$/, ''));
  } catch {
    return (await readFile(join(directory, 'comm'), 'utf8')).replace(/\n$/, '');
  }
}
