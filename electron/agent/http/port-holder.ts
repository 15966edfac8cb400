import { readdir, readFile, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { plainName } from './requests.ts';
import type { PortHolder } from './types.ts';

const listening = '0A';
const mostProcesses = 4096;
const mostDescriptors = 4096;

/**
 * Who listens on a loopback port, from Linux' /proc (proc_pid_net(5)): user, and for the user's own processes also the
 * program. Null elsewhere or when nothing can be found. Only for telling a person whom to blame; nothing is decided by it.
 */
export async function findPortHolder(port: number, proc = '/proc'): Promise<PortHolder | null> {
  for (const table of ['tcp', 'tcp6']) {
    const text = await readFile(join(proc, 'net', table), 'utf8').catch(() => '');
    for (const line of text.split('\n').slice(1)) {
      const columns = line.trim().split(/\s+/);
      const [, local = '', , state, , , , uid = '', , inode = ''] = columns;
      const suffix = port.toString(16).toUpperCase().padStart(4, '0');
      if (state !== listening || !local.endsWith(`:${suffix}`)) continue;
      const owner = await ownerOf(inode, proc);
      return { port, userId: /^\d+$/.test(uid) ? Number(uid) : null, ...owner };
    }
  }
  return null;
}

async function ownerOf(inode: string, proc: string): Promise<Pick<PortHolder, 'processId' | 'program'>> {
  const wanted = `socket:[${inode}]`;
  const ids = (await readdir(proc).catch(() => [])).filter((name) => /^\d+$/.test(name));
  for (const id of ids.slice(0, mostProcesses)) {
    const folder = join(proc, id, 'fd');
    // Other users' descriptors cannot be listed; that is as it should be.
    const descriptors = await readdir(folder).catch(() => []);
    for (const descriptor of descriptors.slice(0, mostDescriptors)) {
      const target = await readlink(join(folder, descriptor)).catch(() => '');
      if (target !== wanted) continue;
      // The process chose this name itself: shown cleaned, trusted never.
      const name = await readFile(join(proc, id, 'comm'), 'utf8').catch(() => '');
      return { processId: Number(id), program: plainName(name) || null };
    }
  }
  return { processId: null, program: null };
}
