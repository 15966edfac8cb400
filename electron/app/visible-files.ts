import { readdir } from 'node:fs/promises';

/** Names of the regular files in a folder in their order, hidden ones and editors' copies left out; none when it cannot be read. */
export async function visibleFiles(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  return entries
    .filter((entry) => entry.isFile() && !/^\.|~$/.test(entry.name))
    .map((entry) => entry.name)
    .sort();
}
