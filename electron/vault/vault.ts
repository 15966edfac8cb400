import { randomBytes } from 'node:crypto';
import * as nodeFs from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { DomainError } from '../../shared/errors.ts';
import { type Clock, Emitter, type Logger, Secret } from '../ports/index.ts';
import { systemCode, writeFailed } from './failures.ts';
import { fileTimestamp, HeaderStore } from './header-store.ts';
import { KeyCustody } from './key-custody.ts';
import { KeyRotation } from './key-rotation.ts';
import { KeyedQueue } from './keyed-queue.ts';
import { Opening, type UsableBackend } from './opening.ts';
import { PrivateDirectory, type VaultFs } from './private-directory.ts';
import { checkRecordId, RecordStore } from './record-store.ts';
import { SessionRecords } from './session-records.ts';
import type { KeyBackend, Vault, VaultState, VaultStateKind } from './types.ts';

export interface VaultOptions {
  /** Made with mode 0700 at the first write; its parent must exist or be creatable, and belong to the user. */
  readonly directory: string;
  /** In order of preference. */
  readonly backends: readonly KeyBackend[];
  readonly clock: Clock;
  readonly log: Logger;
  readonly random?: (bytes: number) => Buffer;
  readonly fs?: VaultFs;
  readonly platform?: NodeJS.Platform;
}

/** A vault whose records can also be asked for the value before the last one. */
export interface VaultWithHistory extends Vault {
  /**
   * The value before the last `put`, or null; gone after the next `remove` of any record. Only for a person who decides with open
   * eyes: presenting an outdated rotating mytoken can make the server revoke the whole family. Throws like `get`.
   */
  getPrevious(recordId: string): Promise<Secret | null>;
}

/**
 * A vault in `directory`, closed until `open()`. Touches neither disk nor key store before that. Ids have 1 to 96 bytes.
 *
 * A vault that was made for nothing yet has no files: the key and the header are made by the first `put`.
 */
export function createVault(options: VaultOptions): VaultWithHistory {
  return new FileVault(options);
}

class FileVault implements VaultWithHistory {
  readonly #options: VaultOptions;
  readonly #random: (bytes: number) => Buffer;
  readonly #fs: VaultFs;
  readonly #root: PrivateDirectory;
  readonly #recordFiles: PrivateDirectory;
  readonly #headers: HeaderStore;
  readonly #records: RecordStore;
  readonly #states = new Emitter<VaultState>();
  /** Opening, closing and resetting, one after the other. */
  readonly #lifecycle = new KeyedQueue();
  /** Reads and writes, in order for each record. */
  readonly #queue = new KeyedQueue();
  /** The making of a new vault. */
  readonly #making = new KeyedQueue();
  #state: VaultState = stateOf('closed');
  #usable: UsableBackend | null = null;
  #custody: KeyCustody | null = null;
  #rotation: KeyRotation | null = null;
  #session: SessionRecords | null = null;

  constructor(options: VaultOptions) {
    this.#options = options;
    this.#random = options.random ?? ((bytes) => randomBytes(bytes));
    this.#fs = options.fs ?? nodeFs;
    const deps = {
      fs: this.#fs,
      platform: options.platform ?? process.platform,
      random: this.#random,
    };
    this.#root = new PrivateDirectory(options.directory, deps);
    this.#recordFiles = new PrivateDirectory(join(options.directory, 'records'), deps);
    this.#headers = new HeaderStore(this.#root);
    this.#records = new RecordStore(this.#recordFiles, this.#random);
  }

  state(): VaultState {
    return this.#state;
  }

  onState(listener: (state: VaultState) => void): () => void {
    return this.#states.on(listener);
  }

  open(): Promise<VaultState> {
    return this.#lifecycle.run('vault', async () => {
      if (this.#state.kind === 'ok' || this.#state.kind === 'session') return this.#state;
      return this.#open();
    });
  }

  useSessionOnly(): Promise<VaultState> {
    return this.#lifecycle.run('vault', () => {
      if (isStuck(this.#state.kind)) {
        this.#session = new SessionRecords();
        this.#setState({ ...stateOf('session'), backend: 'memory' });
      }
      return Promise.resolve(this.#state);
    });
  }

  reset(): Promise<VaultState> {
    return this.#lifecycle.run('vault', async () => {
      const { kind } = this.#state;
      if (kind !== 'backend-changed' && kind !== 'damaged') return this.#state;
      // One rename: the unusable vault stays complete, and there is no moment with half of it here and half there.
      const { directory, clock, log } = this.#options;
      const name = `${basename(directory)}.aside-${fileTimestamp(clock.nowMs())}`;
      const copiedTo = join(dirname(directory), name);
      try {
        await this.#fs.rename(directory, copiedTo);
      } catch (error) {
        if (systemCode(error) !== 'ENOENT') throw writeFailed(error);
      }
      log.warn('vault.reset', { from: kind });
      const state = await this.#open();
      this.#setState({ ...state, copiedTo });
      return this.#state;
    });
  }

  close(): Promise<void> {
    return this.#lifecycle.run('vault', async () => {
      if (this.#state.kind === 'closed') return;
      this.#setState(stateOf('closed'));
      await this.#rotation?.stop();
      await this.#queue.settled();
      await this.#custody?.settled();
      this.#custody?.zero();
      this.#session?.zero();
      this.#usable = this.#custody = this.#rotation = this.#session = null;
    });
  }

  async get(recordId: string): Promise<Secret | null> {
    return this.#read(recordId, (custody) => this.#records.read(recordId, custody));
  }

  async getPrevious(recordId: string): Promise<Secret | null> {
    return this.#read(recordId, (custody) => this.#records.readPrevious(recordId, custody));
  }

  async put(recordId: string, value: Secret): Promise<void> {
    checkRecordId(recordId);
    this.#requireOpen();
    const session = this.#session;
    if (session !== null) {
      session.put(recordId, value);
      return;
    }
    await this.#queue.run(recordId, async () => {
      const plain = Buffer.from(value.reveal(), 'utf8');
      try {
        const custody = this.#custody ?? (await this.#makeVault());
        await this.#records.write(recordId, plain, custody);
      } catch (error) {
        throw writeFailed(error);
      } finally {
        plain.fill(0);
      }
    });
  }

  async remove(recordId: string): Promise<void> {
    checkRecordId(recordId);
    this.#requireOpen();
    if (this.#session !== null) {
      this.#session.remove(recordId);
      return;
    }
    const removed = await this.#queue.run(recordId, async () => {
      const custody = this.#custody;
      try {
        if (custody === null || !(await this.#records.has(recordId))) return false;
        await custody.oweRotation();
        await this.#records.remove(recordId);
        return true;
      } catch (error) {
        throw writeFailed(error);
      }
    });
    if (removed) await this.#rotation?.run();
  }

  async list(): Promise<readonly string[]> {
    this.#requireOpen();
    if (this.#session !== null) return this.#session.list();
    try {
      return await this.#records.list();
    } catch (cause) {
      throw new DomainError('vault/could-not-read', 'The records of the vault could not be listed.', {
        cause,
      });
    }
  }

  async #read(
    recordId: string,
    read: (custody: KeyCustody) => Promise<Buffer | null>,
  ): Promise<Secret | null> {
    checkRecordId(recordId);
    this.#requireOpen();
    if (this.#session !== null) return this.#session.get(recordId);
    return this.#queue.run(recordId, async () => {
      const value = this.#custody === null ? null : await read(this.#custody);
      if (value === null) return null;
      try {
        return new Secret(value.toString('utf8'));
      } finally {
        value.fill(0);
      }
    });
  }

  async #open(): Promise<VaultState> {
    const { backends, clock, log } = this.#options;
    const opening = new Opening({
      ...{ root: this.#root, recordFiles: this.#recordFiles, store: this.#headers, records: this.#records },
      ...{ random: this.#random, backends, clock, log },
    });
    const opened = await opening.run();
    this.#usable = opened.usable;
    if (opened.custody !== null) this.#startWith(opened.custody);
    this.#setState(opened.state);
    log.info('vault.opened', { state: opened.state.kind, backend: opened.state.backend });
    return opened.state;
  }

  /** Makes the header of a new vault; the first writers share the work. */
  #makeVault(): Promise<KeyCustody> {
    return this.#making.run('make', async () => {
      if (this.#custody !== null) return this.#custody;
      const usable = this.#usable;
      if (usable === null) throw new DomainError('vault/unavailable', 'No key store was found.');
      await this.#root.create();
      await this.#recordFiles.create();
      const present = await this.#headers.read('current');
      if (present.kind !== 'missing' || (await this.#records.list()).length > 0) {
        throw new DomainError('vault/damaged', 'Vault files appeared which were not there at the start.');
      }
      const deps = { store: this.#headers, random: this.#random };
      const custody = await KeyCustody.create(deps, usable.backend, this.#options.clock.nowMs());
      this.#startWith(custody);
      return custody;
    });
  }

  #startWith(custody: KeyCustody): void {
    this.#custody = custody;
    const deps = { custody, records: this.#records, queue: this.#queue, log: this.#options.log };
    this.#rotation = new KeyRotation(deps);
    // Goes on with what an earlier run did not finish; it reports failures itself.
    void this.#rotation.run();
  }

  #requireOpen(): void {
    const { kind, wrappedBy, backend } = this.#state;
    if (kind === 'ok' || kind === 'session') return;
    const details = {
      state: kind,
      ...(wrappedBy === null ? {} : { wrappedBy }),
      ...(backend === null ? {} : { backend }),
    };
    switch (kind) {
      case 'closed':
      case 'locked':
        throw new DomainError('vault/locked', 'The vault is locked.', { details, retryable: true });
      case 'unavailable':
        throw new DomainError('vault/unavailable', 'No key store protects secrets here.', { details });
      case 'backend-changed':
        throw new DomainError('vault/backend-changed', 'The key store that locked the vault is gone.', {
          details,
        });
      case 'damaged':
        throw new DomainError('vault/damaged', 'The vault is damaged.', { details });
    }
  }

  #setState(state: VaultState): void {
    const same = (Object.keys(state) as (keyof VaultState)[]).every((key) => state[key] === this.#state[key]);
    this.#state = state;
    if (!same) this.#states.emit(state);
  }
}

/** States a person may leave for the session mode; from anywhere else asking for it changes nothing. */
function isStuck(kind: VaultStateKind): boolean {
  return kind === 'unavailable' || kind === 'locked' || kind === 'backend-changed' || kind === 'damaged';
}

function stateOf(kind: VaultStateKind): VaultState {
  return { kind, protection: 'none', backend: null, wrappedBy: null, copiedTo: null };
}
