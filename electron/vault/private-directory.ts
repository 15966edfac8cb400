import { constants } from 'node:fs';
import type * as fsPromises from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { systemCode, UnsafePathError } from './failures.ts';

/** The part of `node:fs/promises` the vault needs; tests let single calls fail. */
export type VaultFs = Pick<
  typeof fsPromises,
  'chmod' | 'link' | 'copyFile' | 'lstat' | 'mkdir' | 'open' | 'readdir' | 'rename' | 'unlink'
>;

export interface PrivateDirectoryDeps {
  readonly fs: VaultFs;
  readonly platform: NodeJS.Platform;
  readonly random: (bytes: number) => Buffer;
}

export interface WriteOptions {
  /** Keeps what was there before under this name, within the same directory. */
  readonly previousName?: string;
  /** Leaves the directory entry to a later {@link PrivateDirectory.sync}; the content itself is always synced. */
  readonly deferSync?: boolean;
}

const temporarySuffix = '.tmp';
/** Absent on Windows, where creating symlinks needs a privilege and `lstat` has to do. */
const { O_NOFOLLOW, O_NONBLOCK } = constants as Partial<typeof constants>;

/**
 * Files in one directory which belongs to this user alone: mode 0700, own uid, no symlinks. Nothing here follows a
 * link that another program could have planted, and a file is either the old or the new one at any moment.
 *
 * Windows has neither modes nor directory handles that can be synced: there the user profile's ACL protects the files.
 */
export class PrivateDirectory {
  readonly path: string;
  readonly #fs: VaultFs;
  readonly #posix: boolean;
  readonly #random: (bytes: number) => Buffer;

  constructor(path: string, deps: PrivateDirectoryDeps) {
    this.path = path;
    this.#fs = deps.fs;
    this.#posix = deps.platform !== 'win32';
    this.#random = deps.random;
  }

  /**
   * Tells whether the directory is there, and narrows its mode when it is wider than 0700. Throws {@link UnsafePathError}
   * for a symlink, a foreign owner or something that is no directory.
   */
  async check(): Promise<'missing' | 'ready' | 'narrowed'> {
    let stat;
    try {
      stat = await this.#fs.lstat(this.path);
    } catch (error) {
      if (systemCode(error) === 'ENOENT') return 'missing';
      throw error;
    }
    if (stat.isSymbolicLink()) throw new UnsafePathError('The vault directory is a symlink.');
    if (!stat.isDirectory()) throw new UnsafePathError('The vault directory is not a directory.');
    this.#checkOwner(stat.uid);
    if (!this.#posix || (stat.mode & 0o077) === 0) return 'ready';
    await this.#fs.chmod(this.path, 0o700);
    return 'narrowed';
  }

  /** Creates the directory with mode 0700 if it is missing, then checks it. Durable when it resolves. */
  async create(): Promise<void> {
    const made = await this.#fs.mkdir(this.path, { recursive: true, mode: 0o700 });
    await this.check();
    if (made !== undefined) await this.#syncDirectory(dirname(this.path));
  }

  /** File names without leftovers of interrupted writes; empty when the directory is missing. */
  async names(): Promise<readonly string[]> {
    return (await this.#allNames()).filter((name) => !name.endsWith(temporarySuffix));
  }

  async has(name: string): Promise<boolean> {
    try {
      await this.#fs.lstat(join(this.path, name));
      return true;
    } catch (error) {
      if (systemCode(error) === 'ENOENT') return false;
      throw error;
    }
  }

  /** The content, or null when there is no such file. Everything else throws: "not there" is never a guess. */
  async read(name: string, maxBytes: number): Promise<Buffer | null> {
    const path = join(this.path, name);
    let handle;
    try {
      if (O_NOFOLLOW === undefined) await this.#refuseSymlink(path);
      // O_NONBLOCK: a planted FIFO must not make us wait for a writer.
      handle = await this.#fs.open(path, constants.O_RDONLY | (O_NOFOLLOW ?? 0) | (O_NONBLOCK ?? 0));
    } catch (error) {
      if (systemCode(error) === 'ENOENT') return null;
      if (systemCode(error) === 'ELOOP') throw new UnsafePathError('The file is a symlink.');
      throw error;
    }
    try {
      const stat = await handle.stat();
      if (!stat.isFile()) throw new UnsafePathError('Not a plain file.');
      this.#checkOwner(stat.uid);
      if (stat.size > maxBytes) throw new UnsafePathError('The file is larger than anything written here.');
      return await handle.readFile();
    } finally {
      await handle.close();
    }
  }

  /**
   * Replaces the file atomically. Durable when the promise resolves. When it rejects the old content is still there,
   * unless the very last step failed (syncing the directory): then the new one is, but a power cut may undo it.
   */
  async write(name: string, content: Buffer, options: WriteOptions = {}): Promise<void> {
    const path = join(this.path, name);
    const temporary = join(this.path, `.${name}.${this.#random(8).toString('hex')}${temporarySuffix}`);
    const replaces = await this.#refuseSymlink(path);
    // `wx` is O_CREAT | O_EXCL: never opens what somebody put there first, link or not.
    const handle = await this.#fs.open(temporary, 'wx', 0o600);
    try {
      try {
        await handle.writeFile(content);
        await handle.sync();
      } finally {
        await handle.close();
      }
      if (replaces && options.previousName !== undefined) await this.#keep(path, options.previousName);
      await this.#fs.rename(temporary, path);
    } catch (error) {
      await this.#fs.unlink(temporary).catch(() => undefined);
      throw error;
    }
    if (options.deferSync !== true) await this.sync();
  }

  /** Atomic rename within the directory, durable when it resolves. */
  async move(from: string, to: string): Promise<void> {
    await this.#fs.rename(join(this.path, from), join(this.path, to));
    await this.sync();
  }

  /** Deletes the file; missing is no error. The deletion is durable after {@link sync}. */
  async remove(name: string): Promise<void> {
    try {
      await this.#fs.unlink(join(this.path, name));
    } catch (error) {
      if (systemCode(error) !== 'ENOENT') throw error;
    }
  }

  /** Makes renames and deletions durable. */
  async sync(): Promise<void> {
    await this.#syncDirectory(this.path);
  }

  /** Deletes what a crash in the middle of a write left behind. Returns how many. */
  async removeLeftovers(): Promise<number> {
    const leftovers = (await this.#allNames()).filter((name) => name.endsWith(temporarySuffix));
    for (const name of leftovers) await this.remove(name);
    return leftovers.length;
  }

  /** The current file stays in place all the time: a crash between the two steps costs the older generation only. */
  async #keep(path: string, previousName: string): Promise<void> {
    await this.remove(previousName);
    const previous = join(this.path, previousName);
    try {
      await this.#fs.link(path, previous);
    } catch {
      // File systems without hard links (FAT, some network shares).
      await this.#fs.copyFile(path, previous, constants.COPYFILE_EXCL);
    }
  }

  async #syncDirectory(path: string): Promise<void> {
    if (!this.#posix) return;
    const handle = await this.#fs.open(path, constants.O_RDONLY);
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  }

  async #allNames(): Promise<readonly string[]> {
    try {
      return await this.#fs.readdir(this.path);
    } catch (error) {
      if (systemCode(error) === 'ENOENT') return [];
      throw error;
    }
  }

  /** True when a plain file of ours is there, false when nothing is. */
  async #refuseSymlink(path: string): Promise<boolean> {
    let stat;
    try {
      stat = await this.#fs.lstat(path);
    } catch (error) {
      if (systemCode(error) === 'ENOENT') return false;
      throw error;
    }
    if (!stat.isFile()) throw new UnsafePathError('Not a plain file.');
    this.#checkOwner(stat.uid);
    return true;
  }

  #checkOwner(uid: number): void {
    const own = process.geteuid?.();
    if (this.#posix && own !== undefined && uid !== own) {
      throw new UnsafePathError('The path belongs to another user.');
    }
  }
}
