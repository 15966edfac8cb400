import { existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

export interface ProcEntry {
  readonly pid: number;
  readonly parentPid: number;
  readonly startedAtTicks?: number;
  /** As the kernel shows it, at most 15 bytes; any character may be in it. */
  readonly name?: string;
  /** Path of the program; made below `root` when it is missing there. Null: hidden, as of `oidc-token`. */
  readonly executable: string | null;
  readonly commandLine?: readonly string[];
  readonly mountNamespace?: string;
  readonly controlGroups?: string;
  readonly terminal?: string;
  readonly workingDirectory?: string;
  readonly flatpakInfo?: string;
}

export const ourNamespace = 'mnt:[4026531841]';

/** A directory that looks like `/proc`: what proc(5) puts where, with the texts that real systems have there. */
export function procFixture(root: string): {
  readonly proc: string;
  add(entry: ProcEntry): void;
  pathOf(executable: string): string;
} {
  const proc = join(root, 'proc');
  const pathOf = (executable: string): string => join(root, 'files', executable);
  link(ourNamespace, join(proc, 'self', 'ns', 'mnt'));
  return {
    proc,
    pathOf,
    add(entry) {
      const at = (name: string): string => join(proc, String(entry.pid), name);
      const { executable } = entry;
      write(at('stat'), statLine(entry));
      write(at('cmdline'), (entry.commandLine ?? [executable ?? '']).map((word) => `${word}\0`).join(''));
      write(at('cgroup'), entry.controlGroups ?? '0::/user.slice/user-1000.slice/session-2.scope\n');
      if (executable === null) return;
      if (!existsSync(pathOf(executable))) write(pathOf(executable), 'program');
      link(pathOf(executable), at('exe'));
      link(entry.mountNamespace ?? ourNamespace, at('ns/mnt'));
      link(entry.workingDirectory ?? '/home/u', at('cwd'));
      link(entry.terminal ?? '/dev/null', at('fd/0'));
      if (entry.flatpakInfo !== undefined) write(at('root/.flatpak-info'), entry.flatpakInfo);
    },
  };
}

function statLine({ pid, parentPid, name, executable, startedAtTicks = 1_000 + pid }: ProcEntry): string {
  const shown = name ?? basename(executable ?? 'hidden');
  const codeStart = executable === null ? 1 : 94_381_052_878_848;
  const after = [
    ...['S', parentPid, pid, pid, 34816, pid, 4194304, 1017, 2210, 0, 0, 1, 0, 0, 0, 20, 0, 1, 0],
    ...[startedAtTicks, 9_621_504, 1_388, '18446744073709551615', codeStart, 1, 0],
  ];
  return `${pid} (${shown}) ${after.join(' ')}\n`;
}

function write(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

function link(target: string, path: string): void {
  mkdirSync(dirname(path), { recursive: true });
  symlinkSync(target, path);
}
