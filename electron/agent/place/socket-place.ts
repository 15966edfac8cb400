import { chmodSync, lstatSync, mkdirSync, rmSync } from 'node:fs';
import { connect, type Server } from 'node:net';
import { dirname } from 'node:path';
import type { ErrorCode } from '../../../shared/errors.ts';

/** `sun_path` on Linux, with its final zero; macOS has 104. */
export const longestPath = 103;

/** Named pipes of Windows have no directory and no mode. */
export function isPipe(path: string): boolean {
  return path.startsWith('\\\\');
}

/**
 * A private directory without a socket in the way. What lies there is only removed when it is a socket of ours that nobody answers
 * on: whoever lives is never taken over. Null when the socket can be made, else why not.
 */
export async function makePlace(path: string, userId: number | null): Promise<ErrorCode | null> {
  if (isPipe(path)) return null;
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

/** Whether somebody takes connections on this socket. */
export function somebodyAnswers(path: string): Promise<boolean> {
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

/** Listens at the place with mode 0600. Rejects with the system's error. */
export function listenAtPlace(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const onError = (error: Error): void => reject(error);
    server.once('error', onError);
    // Nobody else may connect in the moment before the mode is set.
    const mask = process.platform === 'win32' ? null : process.umask(0o177);
    server.listen(path, () => {
      server.off('error', onError);
      server.on('error', () => undefined);
      try {
        if (!isPipe(path)) chmodSync(path, 0o600);
        resolve();
      } catch (error) {
        reject(error instanceof Error ? error : new Error('no mode'));
      }
    });
    if (mask !== null) process.umask(mask);
  });
}

export function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
}
