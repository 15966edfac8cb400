import { readdirSync, readFileSync } from 'node:fs';

/** All processes below `pid`, itself included (Linux). */
export function processTree(pid: number): readonly number[] {
  const parents = new Map<number, number>();
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
      // The name in parentheses may hold anything, even parentheses: fields start after the last one.
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      parents.set(Number(name), Number(fields[1]));
    } catch {
      // Gone meanwhile.
    }
  }
  const tree = [pid];
  for (const member of tree) {
    for (const [child, parent] of parents) if (parent === member) tree.push(child);
  }
  return tree;
}

export interface TreeMemory {
  /** Proportional set size of what could be read, MiB: pages that processes share are counted once. */
  readonly pssMiB: number;
  readonly processes: number;
  /** Members that refused to be read: Chromium's sandboxed processes show their memory to root alone. */
  readonly unread: number;
  /** What each member is and how much it holds, for explaining a result. */
  readonly members: readonly { readonly kind: string; readonly pssMiB: number | null }[];
}

export function treeMemory(pid: number): TreeMemory {
  const members = processTree(pid).map((member) => ({ kind: kindOf(member), pssMiB: pssMiB(member) }));
  return {
    pssMiB: members.reduce((sum, member) => sum + (member.pssMiB ?? 0), 0),
    processes: members.length,
    unread: members.filter((member) => member.pssMiB === null).length,
    members,
  };
}

function pssMiB(pid: number): number | null {
  try {
    const match = /^Pss:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'));
    return match ? Number(match[1]) / 1024 : null;
  } catch {
    return null;
  }
}

/** `browser`, or what Chromium calls the child: zygote, gpu-process, utility:network.mojom.NetworkService … */
function kindOf(pid: number): string {
  try {
    const line = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
    const type = /--type=(\S+)/.exec(line)?.[1] ?? 'browser';
    const service = /--utility-sub-type=(\S+)/.exec(line)?.[1];
    return service === undefined ? type : `${type}:${service}`;
  } catch {
    return 'gone';
  }
}
