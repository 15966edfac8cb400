import { headerMaxBytes, parseHeader, serialiseHeader, type VaultHeader } from './header.ts';
import { join } from 'node:path';
import type { PrivateDirectory } from './private-directory.ts';

export type HeaderRead =
  | { readonly kind: 'missing' }
  | { readonly kind: 'parsed'; readonly header: VaultHeader }
  | { readonly kind: 'unusable'; readonly cause: unknown };

/** `current` is the header; `previous` exists only while the key moves from one backend to another. */
export type HeaderName = 'current' | 'previous';

const fileNames: Readonly<Record<HeaderName, string>> = {
  current: 'header.json',
  previous: 'header.prev.json',
};
const copyPrefix = 'header.damaged-';

/** The header files of a vault. */
export class HeaderStore {
  readonly #directory: PrivateDirectory;

  constructor(directory: PrivateDirectory) {
    this.#directory = directory;
  }

  get path(): string {
    return this.#directory.path;
  }

  async read(name: HeaderName): Promise<HeaderRead> {
    let content;
    try {
      content = await this.#directory.read(fileNames[name], headerMaxBytes);
    } catch (cause) {
      return { kind: 'unusable', cause };
    }
    if (content === null) return { kind: 'missing' };
    const header = parseHeader(content);
    return header === null
      ? { kind: 'unusable', cause: new Error('Not a vault header of a version known here.') }
      : { kind: 'parsed', header };
  }

  async write(name: HeaderName, header: VaultHeader): Promise<void> {
    await this.#directory.write(fileNames[name], serialiseHeader(header));
  }

  /** Makes the previous header the current one again. */
  async restorePrevious(): Promise<void> {
    await this.#directory.move(fileNames.previous, fileNames.current);
  }

  async removePrevious(): Promise<void> {
    if (!(await this.#directory.has(fileNames.previous))) return;
    await this.#directory.remove(fileNames.previous);
    await this.#directory.sync();
  }

  /** Removes every other file that could hold an older data key. Only while the vault is open. */
  async removeOldKeys(): Promise<void> {
    const names = await this.#directory.names();
    const old = names.filter((name) => name === fileNames.previous || name.startsWith(copyPrefix));
    for (const name of old) await this.#directory.remove(name);
    if (old.length > 0) await this.#directory.sync();
  }

  /**
   * Copies the current header aside and returns the path of the copy; null when it cannot be read at all. A copy of the
   * same content is made only once, however often somebody tries to open the vault.
   */
  async copyAside(nowMs: number): Promise<string | null> {
    try {
      const content = await this.#directory.read(fileNames.current, headerMaxBytes);
      if (content === null) return null;
      for (const name of await this.#directory.names()) {
        if (!name.startsWith(copyPrefix)) continue;
        if ((await this.#directory.read(name, headerMaxBytes))?.equals(content) === true)
          return this.#at(name);
      }
      const name = `${copyPrefix}${fileTimestamp(nowMs)}.json`;
      await this.#directory.write(name, content);
      return this.#at(name);
    } catch {
      return null;
    }
  }

  #at(name: string): string {
    return join(this.#directory.path, name);
  }
}

/** `20260131T120000123Z`: sorts by time and needs no character that Windows forbids in file names. */
export function fileTimestamp(nowMs: number): string {
  return new Date(nowMs).toISOString().replaceAll(/[-:.]/g, '');
}
