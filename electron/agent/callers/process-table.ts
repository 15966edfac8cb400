import { loadDarwin } from '../native/darwin.ts';
import { darwinTable } from './darwin-table.ts';
import { bestReader, type Directory, type HeldDirectory, type Reader } from './proc-reader.ts';

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
export function processTable(platform: NodeJS.Platform, familiar?: FamiliarProcesses): ReadProcess {
  if (platform !== 'darwin') return procTable({ familiar });
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
export function procTable({
  root = '/proc',
  readerOf = bestReader,
  familiar,
}: {
  readonly root?: string;
  readonly readerOf?: () => Reader;
  readonly familiar?: FamiliarProcesses | undefined;
} = {}): ReadProcess {
  let ours: string | null | undefined;
  const make = (started: Started, own: Stat | null, directory: Directory): LinuxProcess => {
    ours ??= readerOf().link(`${root}/self/ns/mnt`);
    return new LinuxProcess(started, own, directory, ours);
  };
  return (pid) => {
    const known = familiar?.find(pid);
    if (known !== undefined) {
      const found = make(known, null, known.directory);
      if (found.executable !== null) return found;
      familiar?.forget(pid); // it ended, and the number may be another's; or it hides by now
    }
    const reader = readerOf();
    const path = `${root}/${pid}`;
    const directory = new NamedDirectory(path, reader);
    const own = statOf(directory);
    if (own === null) return null;
    const started = { pid, startedAtTicks: own.startedAtTicks };
    const held = own.isHidden ? null : (familiar?.meet(started, () => reader.hold(path)) ?? null);
    return make(started, own, held ?? directory);
  };
}

/** Which process it is, as long as it lives. */
type Started = Pick<ProcessFacts, 'pid' | 'startedAtTicks'>;

/** As many as there are terminals and jobs that ask in turns. */
const mostFamiliar = 16;

/**
 * Processes that come again: whoever runs `oidc-token` time after time, or asks by itself. Their directories are kept open, so that less has
 * to be opened while a client waits. What can change is read anew each time; what is kept is which process a number stands for, and that
 * cannot go wrong: an open directory of a process that has ended holds nothing.
 */
export class FamiliarProcesses {
  /** When those seen once started, by number. */
  readonly #seen = new Map<number, number>();
  readonly #held = new Map<number, Started & { readonly directory: HeldDirectory }>();

  find(pid: number): (Started & { readonly directory: Directory }) | undefined {
    const found = this.#held.get(pid);
    if (found !== undefined) {
      this.#held.delete(pid);
      this.#held.set(pid, found);
    }
    return found;
  }

  /** The directory to keep when this process was met before; null when it was not, or has gone meanwhile. */
  meet({ pid, startedAtTicks }: Started, hold: () => HeldDirectory | null): Directory | null {
    const isKnown = this.#seen.get(pid) === startedAtTicks;
    this.#seen.delete(pid);
    if (!isKnown) {
      this.#seen.set(pid, startedAtTicks);
      if (this.#seen.size > mostFamiliar) this.#seen.delete(first(this.#seen));
      return null;
    }
    const directory = hold();
    if (directory === null) return null;
    if (statOf(directory)?.startedAtTicks !== startedAtTicks) {
      directory.release();
      return null;
    }
    this.#held.set(pid, { pid, startedAtTicks, directory });
    if (this.#held.size > mostFamiliar) this.forget(first(this.#held));
    return directory;
  }

  forget(pid: number): void {
    this.#held.get(pid)?.directory.release();
    this.#held.delete(pid);
  }

  /** Nothing is kept open any more. */
  close(): void {
    for (const pid of [...this.#held.keys()]) this.forget(pid);
  }
}

function first(map: ReadonlyMap<number, unknown>): number {
  return map.keys().next().value ?? 0;
}

class NamedDirectory implements Directory {
  readonly #path: string;
  readonly #reader: Reader;

  constructor(path: string, reader: Reader) {
    this.#path = path;
    this.#reader = reader;
  }

  text(name: string): string | null {
    return this.#reader.text(`${this.#path}/${name}`);
  }

  link(name: string): string | null {
    return this.#reader.link(`${this.#path}/${name}`);
  }

  stamp(name: string): string | null {
    return this.#reader.stamp(`${this.#path}/${name}`);
  }
}

/** Stands behind the path of a program whose file is gone. */
const deleted = ' (deleted)';

/** A class, not an object of functions: V8 gives every object with a getter of its own a layout of its own, which outlives many clients. */
class LinuxProcess implements ProcessFacts {
  readonly pid: number;
  readonly startedAtTicks: number;
  readonly executable: string | null;
  readonly executableStamp: string | null;
  readonly files: string | null;
  readonly #directory: Directory;
  /** Read when it is first asked for, unless it was just read. */
  #own: Stat | null;
  #commandLine: readonly string[] | undefined;

  constructor(started: Started, own: Stat | null, directory: Directory, ours: string | null) {
    this.pid = started.pid;
    this.startedAtTicks = started.startedAtTicks;
    this.#directory = directory;
    this.#own = own;
    const executable = own?.isHidden === true ? null : directory.link('exe');
    this.executable = executable?.endsWith(deleted) ? executable.slice(0, -deleted.length) : executable;
    // Follows the link of the running program, not the path: another file put in its place has another stamp.
    this.executableStamp = executable === null ? null : directory.stamp('exe');
    // Where the program is hidden the rest of it is too, and asking is not free.
    const files = executable === null ? null : directory.link('ns/mnt');
    this.files = files !== null && files === ours ? 'ours' : files;
  }

  get parentPid(): number {
    return this.#stat.parentPid;
  }

  get name(): string {
    return this.#stat.name;
  }

  get #stat(): Stat {
    this.#own ??= statOf(this.#directory) ?? { ...nameless, startedAtTicks: this.startedAtTicks };
    return this.#own;
  }

  get commandLine(): readonly string[] {
    // Not kept for the next time: people put secrets into command lines.
    this.#commandLine ??= (this.#directory.text('cmdline') ?? '')
      .slice(0, longestCommandLine)
      .split('\0')
      .filter((word, index, words) => word !== '' || index < words.length - 1);
    return this.#commandLine;
  }

  atTerminal(): boolean {
    return /^\/dev\/(pts\/|tty)/.test(this.#directory.link('fd/0') ?? '');
  }

  controlGroups(): string {
    return this.#directory.text('cgroup') ?? '';
  }

  hasFlatpakInfo(): boolean {
    return this.#directory.stamp('root/.flatpak-info') !== null;
  }

  workingDirectory(): string | null {
    return this.#directory.link('cwd');
  }

  lives(): boolean {
    return statOf(this.#directory)?.startedAtTicks === this.startedAtTicks;
  }
}

/** What is left of one that has ended. */
const nameless = { name: '', parentPid: 0, isHidden: false };

interface Stat {
  readonly name: string;
  readonly parentPid: number;
  readonly startedAtTicks: number;
  /** Its program may not be looked at. */
  readonly isHidden: boolean;
}

/** Positions of proc(5), each counted from the one before; the first from what follows the name. */
const parentField = 1;
const startField = 18;
/** Where its code starts, or this instead, from the same check that guards `exe`: asking there would only be refused again. */
const codeField = 4;
const notForUs = '1';

/** The name is the process's own choice and may hold anything, brackets too: the last one counts. */
function statOf(directory: Directory): Stat | null {
  const stat = directory.text('stat');
  if (stat === null) return null;
  const close = stat.lastIndexOf(')');
  const parentAt = wordAfter(stat, close + 2, parentField);
  const startAt = wordAfter(stat, parentAt, startField);
  const codeAt = wordAfter(stat, startAt, codeField);
  const parentPid = Number(wordAt(stat, parentAt) ?? NaN);
  const startedAtTicks = Number(wordAt(stat, startAt) ?? NaN);
  if (close < 0 || !Number.isInteger(parentPid) || !Number.isInteger(startedAtTicks)) return null;
  const isHidden = wordAt(stat, codeAt) === notForUs;
  return { name: stat.slice(stat.indexOf('(') + 1, close), parentPid, startedAtTicks, isHidden };
}

/** Where the word starts that is `count` words after the one at `from`; behind the end where there is none. */
function wordAfter(text: string, from: number, count: number): number {
  let start = from;
  for (let left = count; left > 0; left -= 1) {
    const space = text.indexOf(' ', start);
    if (space < 0) return text.length;
    start = space + 1;
  }
  return start;
}

function wordAt(text: string, start: number): string | null {
  if (start >= text.length) return null;
  const end = text.indexOf(' ', start);
  return text.slice(start, end < 0 ? text.length : end);
}
