import { chmodSync, lstatSync, mkdirSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { dirname } from 'node:path';
import type { ErrorCode } from '../../../shared/errors.ts';

/** `sun_path` on Linux, with its final zero; macOS has 104. */
const longestPath = 103;

export function isPipe(path: string): boolean {
  return path.startsWith('\\\\');
}

/**
 * A private directory without a socket in the way. What lies there is only removed when it is a socket of ours that nobody answers
 * on: an agent that lives is never taken over.
 */
export async function makePlace(path: string, userId: number | null): Promise<ErrorCode | null> {
  if (Buffer.byteLength(path) > longestPath) return 'agent/socket-path';
  try {
    const directory = dirname(path);
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    const stats = lstatSync(directory);
    if (!stats.isDirectory() || (userId !== null && stats.uid !== userId)) return 'agent/socket-path';
    if ((stats.mode & 0o077) !== 0) chmodSync(directory, 0o700);
    const existing = lstatSync(path, { throwIfNoEntry: false });
    if (existing === undefined) return null;
    if (!existing.isSocket() || (userId !== null && existing.uid !== userId)) return 'agent/socket-path';
    if (await somebodyAnswers(path)) return 'agent/socket-taken';
    rmSync(path);
    return null;
  } catch {
    return 'agent/socket-path';
  }
}

function somebodyAnswers(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = connect(path);
    const end = (answers: boolean): void => {
      probe.destroy();
      resolve(answers);
    };
    probe.setTimeout(1_000, () => end(true)); // it took the connection: somebody is there, if busy
    probe.once('connect', () => end(true));
    probe.once('error', (error) => end(codeOf(error) !== 'ECONNREFUSED' && codeOf(error) !== 'ENOENT'));
  });
}

export function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
}
