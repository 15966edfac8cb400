import { readFileSync, readlinkSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** What the system tells about one process. Read at once: a process may be gone a moment later. */
export interface ProcessFacts {
  readonly pid: number;
  readonly parentPid: number;
  /** Null when it may not be read (another user's, or one that hides: `oidc-token` does). */
  readonly executable: string | null;
  readonly commandLine: readonly string[];
  readonly workingDirectory: string | null;
  /** Name it gave itself, at most 15 bytes. */
  readonly name: string;
  /** Lines of its control groups: containers show there. */
  readonly controlGroups: string;
  readonly hasFlatpakInfo: boolean;
  /** Reads from a terminal, as far as we may look. */
  readonly atTerminal: boolean;
}

export type ReadProcess = (pid: number) => ProcessFacts | null;

const longestCommandLine = 8_192;

/** `/proc` of Linux. The environment is never looked at. */
export function procTable(root = '/proc'): ReadProcess {
  return (pid) => {
    const at = (name: string): string => join(root, String(pid), name);
    const stat = attempt(() => readFileSync(at('stat'), 'utf8'));
    if (stat === null) return null;
    // The name is the process's own choice and may hold anything, brackets too: the last one counts.
    const close = stat.lastIndexOf(')');
    const parentPid = Number(stat.slice(close + 2).split(' ')[1]);
    return {
      pid,
      parentPid: Number.isInteger(parentPid) ? parentPid : 0,
      name: stat.slice(stat.indexOf('(') + 1, close),
      executable: attempt(() => readlinkSync(at('exe')).replace(/ \(deleted\)$/, '')),
      commandLine: (attempt(() => readFileSync(at('cmdline'), 'utf8')) ?? '')
        .slice(0, longestCommandLine)
        .split('\0')
        .filter((word, index, words) => word !== '' || index < words.length - 1),
      workingDirectory: attempt(() => readlinkSync(at('cwd'))),
      controlGroups: attempt(() => readFileSync(at('cgroup'), 'utf8')) ?? '',
      atTerminal: /^\/dev\/(pts\/|tty)/.test(attempt(() => readlinkSync(at('fd/0'))) ?? ''),
      hasFlatpakInfo: attempt(() => statSync(at('root/.flatpak-info'))) !== null,
    };
  };
}

function attempt<T>(read: () => T): T | null {
  try {
    return read();
  } catch {
    return null;
  }
}
