import { loadDarwin } from '../native/darwin.ts';
import { darwinTable } from './darwin-table.ts';
import { bestReader, type Reader } from './proc-reader.ts';

/**
 * What the system tells about one process. What it takes to recognise a program is read at once, for the process may be gone a moment
 * later; the rest when it is asked for.
 */
export interface ProcessFacts {
  readonly pid: number;
  readonly parentPid: number;
  /** In the system's own unit, since its start: a process of the same number that started at another time is another one. */
  readonly startedAtTicks: number;
  /** Null when it may not be read (another user's, or one that hides: `oidc-token` does). */
  readonly executable: string | null;
  /** Names the file behind `executable` until it is replaced or written to; null when it may not be looked at. */
  readonly executableStamp: string | null;
  /** Read when it is first asked for. */
  readonly commandLine: readonly string[];
  /** Name it gave itself, at most 15 bytes. */
  readonly name: string;
  /** Where its paths lead: `ours`, the name of another mount namespace, or null when that may not be read. */
  readonly files: string | null;
  /** Reads from a terminal, as far as we may look. */
  atTerminal(): boolean;
  /** Lines of its control groups: containers show there. */
  controlGroups(): string;
  hasFlatpakInfo(): boolean;
  workingDirectory(): string | null;
  /** Whether the process with this number still is this one. */
  lives(): boolean;
}

export type ReadProcess = (pid: number) => ProcessFacts | null;

/** Of this system; where there is none that we can read, nobody is found. */
export function processTable(platform: NodeJS.Platform): ReadProcess {
  if (platform !== 'darwin') return procTable();
  let table: ReadProcess | undefined;
  return (pid) => {
    if (table === undefined) {
      const darwin = loadDarwin();
      table = darwin === null ? () => null : darwinTable(darwin);
    }
    return table(pid);
  };
}

const longestCommandLine = 8_192;

/** `/proc` of Linux. The environment is never looked at. */
export function procTable(root = '/proc', readerOf: () => Reader = bestReader): ReadProcess {
  const text = (path: string): string | null => readerOf().text(path);
  const link = (path: string): string | null => readerOf().link(path);
  let ours: string | null | undefined;
  return (pid) => {
    const at = (name: string): string => `${root}/${pid}/${name}`;
    const stat = text(at('stat'));
    const own = stat === null ? null : parseStat(stat);
    if (own === null) return null;
    ours ??= link(`${root}/self/ns/mnt`);
    const executable = link(at('exe'));
    // Where the program is hidden the rest of it is too, and asking is not free.
    const files = executable === null ? null : link(at('ns/mnt'));
    let commandLine: readonly string[] | undefined;
    return {
      ...own,
      pid,
      executable: executable?.replace(/ \(deleted\)$/, '') ?? null,
      // Follows the link of the running program, not the path: another file put in its place has another stamp.
      executableStamp: executable === null ? null : readerOf().stamp(at('exe')),
      get commandLine() {
        commandLine ??= (text(at('cmdline')) ?? '')
          .slice(0, longestCommandLine)
          .split('\0')
          .filter((word, index, words) => word !== '' || index < words.length - 1);
        return commandLine;
      },
      files: files !== null && files === ours ? 'ours' : files,
      atTerminal: () => /^\/dev\/(pts\/|tty)/.test(link(at('fd/0')) ?? ''),
      controlGroups: () => text(at('cgroup')) ?? '',
      hasFlatpakInfo: () => readerOf().stamp(at('root/.flatpak-info')) !== null,
      workingDirectory: () => link(at('cwd')),
      lives() {
        const now = text(at('stat'));
        return now !== null && parseStat(now)?.startedAtTicks === own.startedAtTicks;
      },
    };
  };
}

/** Positions of proc(5), counted from what follows the name. */
const parentField = 1;
const startField = 19;

/** The name is the process's own choice and may hold anything, brackets too: the last one counts. */
function parseStat(stat: string): Pick<ProcessFacts, 'name' | 'parentPid' | 'startedAtTicks'> | null {
  const close = stat.lastIndexOf(')');
  const fields = stat.slice(close + 2).split(' ', startField + 1);
  const [parentPid, startedAtTicks] = [Number(fields[parentField]), Number(fields[startField])];
  if (close < 0 || !Number.isInteger(parentPid) || !Number.isInteger(startedAtTicks)) return null;
  return { name: stat.slice(stat.indexOf('(') + 1, close), parentPid, startedAtTicks };
}
