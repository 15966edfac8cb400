import {
  closeSync,
  constants,
  fchmodSync,
  fstatSync,
  lstatSync,
  mkdirSync,
  openSync,
  type Stats,
} from 'node:fs';
import { dirname } from 'node:path';

const sticky = 0o1000;
const writableByOthers = 0o022;

/** True when nobody but this user and root can put something else in place of what lies in the directory. */
function isGuarded(stats: Stats, userId: number): boolean {
  if (!stats.isDirectory() || (stats.uid !== userId && stats.uid !== 0)) return false;
  return (stats.mode & writableByOthers) === 0 || (stats.mode & sticky) !== 0;
}

/** The same for every directory from here up to the root. `directory` is absolute and free of links. */
export function isGuardedUpwards(directory: string, userId: number): boolean {
  for (let path = directory; ; path = dirname(path)) {
    if (!isGuarded(lstatSync(path), userId)) return false;
    if (path === dirname(path)) return true;
  }
}

/**
 * Makes the directory if it is missing and looks at the very one that is there, never through a link: `shared` has to be guarded,
 * `private` has to be this user's and becomes 0700. False when it is not. Throws what the system says otherwise.
 */
export function makeDirectory(path: string, kind: 'shared' | 'private', userId: number): boolean {
  try {
    mkdirSync(path, { mode: 0o700 });
  } catch (error) {
    if (!hasCode(error, 'EEXIST')) throw error;
  }
  let handle: number;
  try {
    handle = openSync(path, constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW);
  } catch (error) {
    // A link, a file, or somebody else's.
    if (hasCode(error, 'ELOOP', 'ENOTDIR', 'EACCES')) return false;
    throw error;
  }
  try {
    const stats = fstatSync(handle);
    if (kind === 'shared') return isGuarded(stats, userId);
    if (stats.uid !== userId) return false;
    if ((stats.mode & 0o077) !== 0) fchmodSync(handle, 0o700);
    return true;
  } finally {
    closeSync(handle);
  }
}

export function hasCode(error: unknown, ...codes: readonly string[]): boolean {
  return error instanceof Error && 'code' in error && codes.includes(String(error.code));
}
