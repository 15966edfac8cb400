import { copyFileSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import Store from 'electron-store';
import { DomainError } from '../../shared/errors.ts';
import type { Clock, Logger } from '../ports/index.ts';

/** One JSON document on disk, written atomically. No secret may ever be put in here. */
export interface JsonStore {
  /** What is on disk, unvalidated; undefined when there is nothing yet. */
  load(): unknown;
  /** Throws `settings/could-not-save`. */
  save(document: unknown): void;
  /** Puts the file as it is now aside, with a time stamp, before something else takes its place; the copy's path. */
  setAside(): string | null;
}

const documentKey = 'document';

export interface JsonStoreOptions {
  readonly directory: string;
  /** File name without `.json`. */
  readonly name: string;
  readonly clock: Clock;
  readonly log: Logger;
}

/**
 * electron-store behind a narrow door: a file which cannot be read is copied aside and never overwritten unseen, as electron-store
 * itself would either throw at start or reset it. Reading is done here, once: electron-store parses the file three times before
 * it hands anything out, which a profile with a thousand accounts feels at every start. It comes in with the first write.
 */
export function openJsonStore(options: JsonStoreOptions): JsonStore {
  const { directory, name, clock, log } = options;
  const path = join(directory, `${name}.json`);
  let store: Store | null = null;

  const setAside = (): string | null => {
    if (!existsSync(path)) return null;
    const stamp = new Date(clock.nowMs()).toISOString().replaceAll(':', '-');
    const copy = `${path}.damaged-${stamp}`;
    copyFileSync(path, copy);
    log.error('store.set-aside', { name });
    return copy;
  };

  return {
    load() {
      let text: string;
      try {
        text = readFileSync(path, 'utf8');
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
        // Not being able to read is not the same as nothing being there: whatever is written next must not replace it.
        throw error;
      }
      try {
        const content: unknown = JSON.parse(text);
        return typeof content === 'object' && content !== null && documentKey in content
          ? content[documentKey]
          : undefined;
      } catch {
        setAside();
        return undefined;
      }
    },
    save(document) {
      try {
        // By now an unusable file has been copied aside; electron-store may start afresh.
        store ??= new Store({
          name,
          cwd: directory,
          accessPropertiesByDotNotation: false,
          clearInvalidConfig: true,
          configFileMode: 0o600,
        });
        store.set(documentKey, document);
      } catch (cause) {
        throw new DomainError('settings/could-not-save', `${name}.json could not be written.`, {
          retryable: true,
          details: { file: `${name}.json` },
          cause,
        });
      }
    },
    setAside,
  };
}
