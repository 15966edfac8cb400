import { timingSafeEqual } from 'node:crypto';
import { DomainError } from '../../shared/errors.ts';
import type { Clock } from '../ports/index.ts';
import { KeyringCalls, keyringLocked, keyringProblem } from './keyring-calls.ts';
import { contextOf, dataKeyBytes, sealBytes, unsealBytes } from './record-codec.ts';
import type { KeyBackend } from './types.ts';

/** One entry of the operating system's keyring: the part of the native library that is used. */
export interface KeyringEntry {
  /** Null when missing, but also when there is no collection to look into. */
  getSecret(): Promise<Uint8Array | number[] | null>;
  setSecret(secret: Uint8Array): Promise<void>;
  /** False when there was nothing to delete. */
  deleteCredential(): Promise<boolean>;
}

export interface KeyringLibrary {
  readonly AsyncEntry: new (
    service: string,
    account: string,
    options?: { readonly linux: { readonly store: 'secret-service' } },
  ) => KeyringEntry;
}

export interface KeyringOptions {
  readonly service: string;
  readonly account: string;
  readonly platform: NodeJS.Platform;
  readonly clock: Clock;
  readonly random: (bytes: number) => Buffer;
  /** Loads the native library on first use. */
  readonly load?: () => Promise<KeyringLibrary>;
  /** Time limit of each call; default 4 000. */
  readonly timeoutMs?: number;
  /** Looked at before the keyring is asked, which makes the desktop ask for its password. Default: never locked. */
  readonly isLocked?: () => Promise<boolean>;
}

export interface KeyringBackend extends KeyBackend {
  /**
   * Makes the desktop ask its user for the password of a locked keyring. Resolves when that was answered or after the time limit of
   * a call; the prompt then stays open.
   */
  requestUnlock(): Promise<void>;
}

const names: Partial<Record<NodeJS.Platform, string>> = {
  linux: 'keyring:secret-service',
  darwin: 'keyring:keychain',
  win32: 'keyring:credential-manager',
};
const probeBytes = 16;

/**
 * Keeps a random wrapping key in the keyring and wraps the data key with it (AES-256-GCM). For desktops whose keyring Electron does
 * not recognise. The entry is never overwritten: what another vault copy was wrapped with stays readable.
 */
export function keyringBackend(options: KeyringOptions): KeyringBackend {
  return new Keyring(options);
}

class Keyring implements KeyringBackend {
  readonly name: string;
  readonly #options: KeyringOptions;
  readonly #calls: KeyringCalls;
  readonly #context: Buffer;

  constructor(options: KeyringOptions) {
    this.name = names[options.platform] ?? 'keyring:unknown';
    this.#options = options;
    this.#calls = new KeyringCalls(options.clock, options.timeoutMs ?? 4_000);
    this.#context = contextOf('vault keyring wrap', options.service, options.account);
  }

  /** Writes, reads and deletes an entry of its own: only a write tells an empty keyring from one that is not there. */
  async probe(): Promise<'os-user' | 'none' | 'locked'> {
    if (!(this.#options.platform in names)) return 'none';
    if ((await this.#options.isLocked?.()) === true) return 'locked';
    return this.#roundTrip();
  }

  async requestUnlock(): Promise<void> {
    if (this.#options.platform in names) await this.#roundTrip();
  }

  async #roundTrip(): Promise<'os-user' | 'none' | 'locked'> {
    const expected = this.#options.random(probeBytes);
    try {
      const entry = await this.#entry(`${this.#options.account}.probe`);
      await this.#calls.run(() => entry.setSecret(expected));
      const back = await this.#get(entry);
      await this.#calls.run(() => entry.deleteCredential());
      return back !== null && same(back, expected) ? 'os-user' : 'none';
    } catch (error) {
      return keyringProblem(error) === 'locked' ? 'locked' : 'none';
    }
  }

  async wrap(key: Buffer): Promise<Buffer> {
    const wrappingKey = await this.#wrappingKey().catch((error: unknown) => {
      throw failure(error, 'vault/unavailable');
    });
    try {
      return sealBytes(key, wrappingKey, this.#context, this.#options.random);
    } finally {
      wrappingKey.fill(0);
    }
  }

  /** Throws `vault/backend-changed` when the keyring works but has no wrapping key: it is not the keyring it was. */
  async unwrap(wrapped: Buffer): Promise<Buffer> {
    let wrappingKey;
    try {
      wrappingKey = await this.#get(await this.#entry(this.#options.account));
    } catch (error) {
      // Gone since the probe: with the session bus of a desktop that is just starting or ending, it can come back.
      if (keyringProblem(error) === 'absent') throw keyringLocked('absent', error);
      throw failure(error, 'vault/could-not-read');
    }
    if (wrappingKey === null) {
      throw new DomainError('vault/backend-changed', 'The keyring does not have the key of this vault.', {
        details: { backend: this.name },
      });
    }
    const key = unsealBytes(wrapped, wrappingKey, this.#context);
    wrappingKey.fill(0);
    if (key !== null) return key;
    throw new DomainError(
      'vault/could-not-read',
      'The data key was not wrapped with the key in the keyring.',
      {
        details: { backend: this.name },
      },
    );
  }

  async forget(): Promise<void> {
    try {
      const entry = await this.#entry(this.#options.account);
      await this.#calls.run(() => entry.deleteCredential());
    } catch (error) {
      throw failure(error, 'vault/unavailable');
    }
  }

  /** Null means missing here: a keyring without a collection refuses the write that follows. */
  async #wrappingKey(): Promise<Buffer> {
    const entry = await this.#entry(this.#options.account);
    const present = await this.#get(entry);
    if (present?.length === dataKeyBytes) return present;
    if (present !== null) throw new Error('The keyring entry holds something else.');
    const made = this.#options.random(dataKeyBytes);
    await this.#calls.run(() => entry.setSecret(made));
    const back = await this.#get(entry);
    if (back === null || !same(back, made)) throw new Error('The keyring did not keep the entry.');
    back.fill(0);
    return made;
  }

  async #get(entry: KeyringEntry): Promise<Buffer | null> {
    const secret = await this.#calls.run(
      () => entry.getSecret(),
      (late) => late?.fill(0),
    );
    if (secret === null) return null;
    const copy = Buffer.from(secret);
    secret.fill(0);
    return copy;
  }

  async #entry(account: string): Promise<KeyringEntry> {
    const { AsyncEntry } = await (this.#options.load ?? loadLibrary)();
    const { platform, service } = this.#options;
    // Left to itself the library falls back to the kernel's keyring, which "succeeds" and forgets everything at logout.
    return platform === 'linux'
      ? new AsyncEntry(service, account, { linux: { store: 'secret-service' } })
      : new AsyncEntry(service, account);
  }
}

/** Native code: only loaded when a keyring is really asked for. */
async function loadLibrary(): Promise<KeyringLibrary> {
  return import('@napi-rs/keyring');
}

function same(left: Buffer, right: Buffer): boolean {
  return left.length === right.length && timingSafeEqual(left, right);
}

function failure(error: unknown, otherwise: 'vault/unavailable' | 'vault/could-not-read'): DomainError {
  if (error instanceof DomainError) return error;
  if (keyringProblem(error) === 'locked') return keyringLocked('dismissed', error);
  return new DomainError(otherwise, 'The keyring could not be used.', { cause: error });
}
