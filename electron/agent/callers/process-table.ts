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
  let ours: string | null | undefined;
  return (pid) => {
    const reader = readerOf();
    const directory = `${root}/${pid}/`;
    const own = statOf(directory, reader);
    if (own === null) return null;
    ours ??= reader.link(`${root}/self/ns/mnt`);
    return new LinuxProcess(pid, own, directory, ours, reader);
  };
}

/** A class, not an object of functions: V8 gives every object with a getter of its own a layout of its own, which outlives many clients. */
class LinuxProcess implements ProcessFacts {
  readonly pid: number;
  readonly parentPid: number;
  readonly startedAtTicks: number;
  readonly name: string;
  readonly executable: string | null;
  readonly executableStamp: string | null;
  readonly files: string | null;
  readonly #directory: string;
  readonly #reader: Reader;
  #commandLine: readonly string[] | undefined;

  constructor(pid: number, own: Stat, directory: string, ours: string | null, reader: Reader) {
    this.pid = pid;
    this.parentPid = own.parentPid;
    this.startedAtTicks = own.startedAtTicks;
    this.name = own.name;
    this.#directory = directory;
    this.#reader = reader;
    const executable = own.isHidden ? null : reader.link(`${directory}exe`);
    this.executable = executable?.replace(/ \(deleted\)$/, '') ?? null;
    // Follows the link of the running program, not the path: another file put in its place has another stamp.
    this.executableStamp = executable === null ? null : reader.stamp(`${directory}exe`);
    // Where the program is hidden the rest of it is too, and asking is not free.
    const files = executable === null ? null : reader.link(`${directory}ns/mnt`);
    this.files = files !== null && files === ours ? 'ours' : files;
  }

  get commandLine(): readonly string[] {
    this.#commandLine ??= (this.#reader.text(`${this.#directory}cmdline`) ?? '')
      .slice(0, longestCommandLine)
      .split('\0')
      .filter((word, index, words) => word !== '' || index < words.length - 1);
    return this.#commandLine;
  }

  atTerminal(): boolean {
    return /^\/dev\/(pts\/|tty)/.test(this.#reader.link(`${this.#directory}fd/0`) ?? '');
  }

  controlGroups(): string {
    return this.#reader.text(`${this.#directory}cgroup`) ?? '';
  }

  hasFlatpakInfo(): boolean {
    return this.#reader.stamp(`${this.#directory}root/.flatpak-info`) !== null;
  }

  workingDirectory(): string | null {
    return this.#reader.link(`${this.#directory}cwd`);
  }

  lives(): boolean {
    return statOf(this.#directory, this.#reader)?.startedAtTicks === this.startedAtTicks;
  }
}

interface Stat {
  readonly name: string;
  readonly parentPid: number;
  readonly startedAtTicks: number;
  /** Its program may not be looked at. */
  readonly isHidden: boolean;
}

/** Positions of proc(5), counted from what follows the name. */
const parentField = 1;
const startField = 19;
/** Where its code starts, or this instead, from the same check that guards `exe`: asking there would only be refused again. */
const codeField = 23;
const notForUs = '1';

/** The name is the process's own choice and may hold anything, brackets too: the last one counts. */
function statOf(directory: string, reader: Reader): Stat | null {
  const stat = reader.text(`${directory}stat`);
  if (stat === null) return null;
  const close = stat.lastIndexOf(')');
  const parentPid = Number(wordAt(stat, close + 2, parentField) ?? NaN);
  const startedAtTicks = Number(wordAt(stat, close + 2, startField) ?? NaN);
  if (close < 0 || !Number.isInteger(parentPid) || !Number.isInteger(startedAtTicks)) return null;
  const isHidden = wordAt(stat, close + 2, codeField) === notForUs;
  return { name: stat.slice(stat.indexOf('(') + 1, close), parentPid, startedAtTicks, isHidden };
}

/** Without making all the words in front of it. */
function wordAt(text: string, from: number, index: number): string | null {
  let start = from;
  for (let left = index; left > 0; left -= 1) {
    const space = text.indexOf(' ', start);
    if (space < 0) return null;
    start = space + 1;
  }
  const end = text.indexOf(' ', start);
  return text.slice(start, end < 0 ? text.length : end);
}
