import { homedir } from 'node:os';
import { relative, sep } from 'node:path';

/** As people write paths: `~` for their home. */
export function shownPath(path: string, home = homedir()): string {
  const below = relative(home, path);
  return below === '' || below.startsWith('..') || below === path ? path : `~${sep}${below}`;
}
