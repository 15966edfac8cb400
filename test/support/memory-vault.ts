import { Emitter, Secret } from '../../electron/ports/index.ts';
import type { Vault, VaultState, VaultStateKind } from '../../electron/vault/index.ts';
import { DomainError } from '../../shared/errors.ts';

/** A vault whose state and moods a test decides. Session mode has its own records, as the real one. */
export class MemoryVault implements Pick<Vault, 'state' | 'onState' | 'get' | 'put' | 'remove'> {
  readonly records = new Map<string, string>();
  readonly session = new Map<string, string>();
  /** Calls in order: `put ID`, `remove ID`. */
  readonly calls: string[] = [];
  putFailure: DomainError | null = null;
  getFailure: DomainError | null = null;
  /** Awaited inside `put`, before it takes effect. */
  beforePut: (() => Promise<void> | void) | null = null;
  readonly #states = new Emitter<VaultState>();
  #kind: VaultStateKind = 'ok';

  state(): VaultState {
    return { kind: this.#kind, protection: 'none', backend: null, wrappedBy: null, copiedTo: null };
  }

  become(kind: VaultStateKind): void {
    this.#kind = kind;
    this.#states.emit(this.state());
  }

  onState(listener: (state: VaultState) => void): () => void {
    return this.#states.on(listener);
  }

  async get(recordId: string): Promise<Secret | null> {
    await Promise.resolve();
    const value = this.#open().get(recordId);
    if (this.getFailure !== null) throw this.getFailure;
    return value === undefined ? null : new Secret(value);
  }

  async put(recordId: string, value: Secret): Promise<void> {
    this.#open();
    await this.beforePut?.();
    if (this.putFailure !== null) throw this.putFailure;
    this.calls.push(`put ${recordId}`);
    this.#open().set(recordId, value.reveal());
  }

  async remove(recordId: string): Promise<void> {
    await Promise.resolve();
    this.#open().delete(recordId);
    this.calls.push(`remove ${recordId}`);
  }

  #open(): Map<string, string> {
    if (this.#kind === 'ok') return this.records;
    if (this.#kind === 'session') return this.session;
    throw new DomainError('vault/locked', 'locked', { retryable: true });
  }
}
