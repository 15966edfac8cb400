import { timingSafeEqual } from 'node:crypto';
import { DomainError } from '../../shared/errors.ts';
import type { HeaderStore } from './header-store.ts';
import {
  type HeaderBody,
  sealFits,
  sealHeader,
  sealRetiring,
  unsealRetiring,
  type VaultHeader,
} from './header.ts';
import { KeyedQueue } from './keyed-queue.ts';
import { type DataKey, dataKeyBytes, keyIdBytes } from './record-codec.ts';
import type { KeyBackend } from './types.ts';

export interface CustodyDeps {
  readonly store: HeaderStore;
  readonly random: (bytes: number) => Buffer;
}

/**
 * The data key of an open vault together with the header that says how it is wrapped. Memory follows the disk: a change counts
 * only after the header that describes it is durable.
 */
export class KeyCustody {
  readonly #deps: CustodyDeps;
  /** Header changes, one after the other. */
  readonly #changes = new KeyedQueue();
  #backend: KeyBackend;
  #header: VaultHeader;
  #current: DataKey;
  #retiring: DataKey | null;

  private constructor(
    deps: CustodyDeps,
    backend: KeyBackend,
    header: VaultHeader,
    current: DataKey,
    retiring: DataKey | null,
  ) {
    this.#deps = deps;
    this.#backend = backend;
    this.#header = header;
    this.#current = current;
    this.#retiring = retiring;
  }

  /** Writes the header of a new vault. Throws what the backend throws, or the system's error. */
  static async create(deps: CustodyDeps, backend: KeyBackend, nowMs: number): Promise<KeyCustody> {
    const current = newDataKey(deps.random);
    try {
      const body: HeaderBody = {
        schemaVersion: 1,
        vaultId: deps.random(16).toString('hex'),
        createdAtMs: nowMs,
        wrappedBy: backend.name,
        keyId: current.id,
        wrappedKey: await wrapVerified(backend, current.key),
        retiring: null,
        rotationOwed: false,
      };
      const header = sealHeader(body, current.key);
      await deps.store.write('current', header);
      return new KeyCustody(deps, backend, header, current, null);
    } catch (error) {
      current.key.fill(0);
      throw error;
    }
  }

  /**
   * Unwraps the key a header holds. Null when the key is not the one the header was made with, or the header was altered.
   * Throws what the backend throws.
   */
  static async unlock(
    deps: CustodyDeps,
    backend: KeyBackend,
    header: VaultHeader,
  ): Promise<KeyCustody | null> {
    const key = await backend.unwrap(Buffer.from(header.wrappedKey, 'base64'));
    const current = { id: header.keyId, key };
    const fits = sealFits(header, key);
    const retiring =
      fits && header.retiring !== null ? unsealRetiring(header.retiring, current, header.vaultId) : null;
    if (fits && (header.retiring === null || retiring !== null)) {
      return new KeyCustody(deps, backend, header, current, retiring);
    }
    key.fill(0);
    return null;
  }

  get vaultId(): string {
    return this.#header.vaultId;
  }

  /** New records are written with this key. */
  get current(): DataKey {
    return this.#current;
  }

  /** Some records may still need this key. */
  get retiring(): DataKey | null {
    return this.#retiring;
  }

  get rotationOwed(): boolean {
    return this.#header.rotationOwed;
  }

  /** Remembers durably that the data key must be replaced, so that no crash can make us forget it. */
  async oweRotation(): Promise<void> {
    await this.#change(async () => {
      if (!this.#header.rotationOwed) await this.#writeHeader({ ...this.#header, rotationOwed: true });
    });
  }

  /** From here on records are written with a new key; the old one stays readable until {@link finishRotation}. */
  async beginRotation(): Promise<void> {
    await this.#change(async () => {
      // Headers copied aside or left by an interrupted change of backends hold the old key: they must not outlive it.
      await this.#deps.store.removeOldKeys();
      const next = newDataKey(this.#deps.random);
      try {
        const body: HeaderBody = {
          ...this.#header,
          keyId: next.id,
          wrappedKey: await wrapVerified(this.#backend, next.key),
          retiring: sealRetiring(this.#current, next, this.vaultId, this.#deps.random),
          rotationOwed: false,
        };
        await this.#writeHeader(body, next.key);
      } catch (error) {
        next.key.fill(0);
        throw error;
      }
      this.#retiring = this.#current;
      this.#current = next;
    });
  }

  /** Destroys the retiring key. Only when no record needs it any more. */
  async finishRotation(): Promise<void> {
    await this.#change(async () => {
      await this.#writeHeader({ ...this.#header, retiring: null });
      this.#retiring?.key.fill(0);
      this.#retiring = null;
    });
  }

  /**
   * Wraps the key with another backend. The previous wrapped key stays in `header.prev.json` until the new one was read back
   * from disk and unwrapped. Throws, with everything as before, when that does not work out.
   */
  async rewrap(backend: KeyBackend): Promise<void> {
    await this.#change(async () => {
      const { store } = this.#deps;
      const wrappedKey = await wrapVerified(backend, this.#current.key);
      const body: HeaderBody = { ...this.#header, wrappedBy: backend.name, wrappedKey };
      const header = sealHeader(body, this.#current.key);
      await store.write('previous', this.#header);
      try {
        await store.write('current', header);
        const written = await store.read('current');
        const opened =
          written.kind === 'parsed' ? await KeyCustody.unlock(this.#deps, backend, written.header) : null;
        opened?.zero();
        if (opened === null) throw new Error('The wrapped key could not be read back.');
      } catch (error) {
        await store.restorePrevious();
        throw error;
      }
      this.#header = header;
      this.#backend = backend;
      await store.removePrevious();
    });
  }

  zero(): void {
    this.#current.key.fill(0);
    this.#retiring?.key.fill(0);
  }

  /** Resolves when no header change is under way. */
  async settled(): Promise<void> {
    await this.#changes.settled();
  }

  async #writeHeader(body: HeaderBody, key = this.#current.key): Promise<void> {
    const header = sealHeader(body, key);
    await this.#deps.store.write('current', header);
    this.#header = header;
  }

  #change(task: () => Promise<void>): Promise<void> {
    return this.#changes.run('header', task);
  }
}

function newDataKey(random: (bytes: number) => Buffer): DataKey {
  return { id: random(keyIdBytes).toString('hex'), key: random(dataKeyBytes) };
}

/** Base64. A wrapped key is worth nothing before it has been unwrapped once. */
async function wrapVerified(backend: KeyBackend, key: Buffer): Promise<string> {
  const wrapped = await backend.wrap(key);
  const back = await backend.unwrap(wrapped);
  const same = back.length === key.length && timingSafeEqual(back, key);
  back.fill(0);
  if (!same) {
    throw new DomainError('vault/unavailable', 'The key store does not give back what it was given.', {
      details: { backend: backend.name },
    });
  }
  return wrapped.toString('base64');
}
