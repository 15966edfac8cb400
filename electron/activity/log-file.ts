import { constants } from 'node:fs';
import { type FileHandle, open, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import type { ActivityRecord } from '../../shared/model/activity.ts';
import { readRecord } from './read-record.ts';

/** One line of the file: a record, the later one of an id counts; or that there is none of this id any more. */
export type LogLine = ActivityRecord | { readonly id: string; readonly gone: true };

export interface LoadedLog {
  /** In the order in which they came. */
  readonly records: readonly ActivityRecord[];
  readonly lines: number;
  /** Lines that say nothing that can be used. The last one, cut off when the app was killed, is not counted. */
  readonly damaged: number;
  /** The last line has no end: whatever is appended must begin a new one. */
  readonly torn: boolean;
}

/** Lines that are read before other work gets a turn. */
const linesAtOnce = 1_000;
const mostReadBytes = 128 * 1024 * 1024;
/** Windows has no such flag. */
const noFollow = process.platform === 'win32' ? 0 : constants.O_NOFOLLOW;
const appending = constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | noFollow;

/**
 * The file on the disk: JSON lines that are appended to, and written anew when too many of them are outdated. Its owner alone can read it
 * (0600). Methods throw what the file system says.
 */
export class LogFile {
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
  }

  /** What can be read of it. A file that is not there is an empty one. */
  async load(): Promise<LoadedLog> {
    let text: string;
    try {
      const { size } = await stat(this.#path);
      // Nothing that this app wrote: reading it would fill the memory.
      if (size > mostReadBytes) throw Object.assign(new Error('The file is too large.'), { code: 'EFBIG' });
      text = await readFile(this.#path, 'utf8');
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT')
        return { records: [], lines: 0, damaged: 0, torn: false };
      throw error;
    }
    const torn = text !== '' && !text.endsWith('\n');
    const lines = text.split('\n');
    const records = new Map<string, ActivityRecord>();
    let damaged = 0;
    for (const [index, line] of lines.entries()) {
      if (index % linesAtOnce === linesAtOnce - 1) await setImmediate();
      if (line === '') continue;
      const read = readRecord(line);
      if (read === null) damaged += torn && index === lines.length - 1 ? 0 : 1;
      else if ('gone' in read) records.delete(read.id);
      else records.set(read.id, read);
    }
    return { records: [...records.values()], lines: lines.length, damaged, torn };
  }

  /** Resolves when it is on the disk; how many bytes were added. */
  async append(lines: readonly LogLine[], torn: boolean): Promise<number> {
    const text = `${torn ? '\n' : ''}${textOf(lines)}`;
    const file = await open(this.#path, appending, 0o600);
    try {
      await keepPrivate(file);
      await file.writeFile(text);
      await file.datasync();
    } finally {
      await file.close();
    }
    return Buffer.byteLength(text);
  }

  /** Puts these records in the place of all there is, or fails and leaves everything as it was. */
  async replace(records: Iterable<ActivityRecord>): Promise<number> {
    const temporary = `${this.#path}.new`;
    const text = textOf([...records]);
    try {
      // What a killed app left of its attempt is ours: nobody else writes into the folder.
      await rm(temporary, { force: true });
      const file = await open(temporary, 'wx', 0o600);
      try {
        await file.writeFile(text);
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(temporary, this.#path);
    } catch (error) {
      await rm(temporary, { force: true }).catch(() => undefined);
      throw error;
    }
    await syncFolder(dirname(this.#path));
    return Buffer.byteLength(text);
  }

  /** Puts the file as it is aside, in the place of the one that was put aside before. */
  async setAside(): Promise<void> {
    await rename(this.#path, `${this.#path}.damaged`);
  }

  /** Deletes what was put aside. */
  async forgetAside(): Promise<void> {
    await rm(`${this.#path}.damaged`, { force: true });
  }
}

function textOf(lines: readonly LogLine[]): string {
  return lines.map((line) => `${JSON.stringify(line)}\n`).join('');
}

async function keepPrivate(file: FileHandle): Promise<void> {
  if (process.platform === 'win32') return;
  const { mode } = await file.stat();
  if ((mode & 0o077) !== 0) await file.chmod(0o600);
}

/** So that the new name survives a power cut, too; some systems cannot, and then there is nothing to be done. */
async function syncFolder(path: string): Promise<void> {
  try {
    const folder = await open(path, 'r');
    try {
      await folder.sync();
    } finally {
      await folder.close();
    }
  } catch {
    return;
  }
}
