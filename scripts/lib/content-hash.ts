import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** All files below these paths (relative to `root`, files or folders), sorted, with forward slashes. */
export function listFiles(root: string, paths: readonly string[]): string[] {
  const files: string[] = [];
  const visit = (path: string): void => {
    const full = join(root, path);
    if (!existsSync(full)) return;
    if (!statSync(full).isDirectory()) {
      files.push(path);
      return;
    }
    for (const name of readdirSync(full)) if (name !== 'node_modules') visit(`${path}/${name}`);
  };
  for (const path of paths) visit(path);
  return files.sort();
}

/** One hash over names and contents: the same tree gives the same hash on every machine. */
export function hashFiles(root: string, paths: readonly string[]): string {
  const hash = createHash('sha256');
  for (const file of listFiles(root, paths)) {
    const content = readFileSync(join(root, file));
    hash.update(`${file}\0${content.length}\0`).update(content);
  }
  return hash.digest('hex');
}
