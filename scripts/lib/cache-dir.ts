import { constants, accessSync, mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { isRoot } from './paths.ts';

/**
 * Where downloads are kept between runs. Root's cache lies outside root's home, because the desktop tests run as an
 * unprivileged user who must be able to read it.
 */
export function cacheDir(
  env: Readonly<Record<string, string | undefined>> = process.env,
  root = isRoot(),
  home = homedir(),
): string {
  if (env.MYTOKEN_DESKTOP_CACHE) return env.MYTOKEN_DESKTOP_CACHE;
  if (root) return '/var/cache/mytoken-desktop';
  return join(env.XDG_CACHE_HOME ? env.XDG_CACHE_HOME : join(home, '.cache'), 'mytoken-desktop');
}

export function ensureCacheDir(): string {
  const dir = cacheDir();
  mkdirSync(dir, { recursive: true, mode: 0o755 });
  accessSync(dir, constants.W_OK);
  return dir;
}
