import { readdirSync, readlinkSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';

/** Finds the process of this user that holds a socket, by the socket's inode; null when none is found. */
export type FindSocketHolder = (inode: number) => Promise<number | null>;

/** Work between two turns of the event loop, in milliseconds: nobody notices. */
const sliceMs = 2;
/** Of one search, all slices together. */
const longestSearchMs = 1_000;
const mostRemembered = 32;

/**
 * Looks through `/proc/PID/fd`, which the kernel shows for processes of the same user that do not hide. One search at a time; those who
 * were found before are looked at first, then the newest.
 */
export function createSocketHolders(userId: number, root = '/proc'): FindSocketHolder {
  let recent: readonly number[] = [];
  let queue: Promise<unknown> = Promise.resolve();

  const search = async (inode: number): Promise<number | null> => {
    const endsAtMs = performance.now() + longestSearchMs;
    const wanted = `socket:[${inode}]`;
    let sliceEndsAtMs = performance.now() + sliceMs;
    for (const pid of [...recent, ...newestFirst(root)]) {
      for (const link of descriptorsOf(join(root, String(pid)), userId)) {
        if (linkOf(link) === wanted) {
          recent = [pid, ...recent.filter((other) => other !== pid)].slice(0, mostRemembered);
          return pid;
        }
        const nowMs = performance.now();
        if (nowMs > endsAtMs) return null;
        if (nowMs > sliceEndsAtMs) {
          await nextTurn();
          sliceEndsAtMs = performance.now() + sliceMs;
        }
      }
    }
    return null;
  };

  return (inode) => {
    const found = queue.then(() => search(inode));
    queue = found.catch(() => undefined);
    return found;
  };
}

function newestFirst(root: string): readonly number[] {
  const pids = readdirSync(root).filter((name) => /^\d+$/.test(name));
  return pids.map(Number).sort((a, b) => b - a);
}

function descriptorsOf(directory: string, userId: number): readonly string[] {
  try {
    // Others would refuse, which costs more than asking whose it is.
    if (statSync(directory).uid !== userId) return [];
    return readdirSync(join(directory, 'fd')).map((fd) => join(directory, 'fd', fd));
  } catch {
    return []; // it ended meanwhile, or hides
  }
}

function linkOf(path: string): string | null {
  try {
    return readlinkSync(path);
  } catch {
    return null;
  }
}
