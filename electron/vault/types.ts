import type { Secret } from '../ports/index.ts';

/** How well the wrapped data key is protected. Never claims more than what was probed. */
export type ProtectionLevel = 'os-app-bound' | 'os-user' | 'none';

/** `safe-storage:<backend>` as Electron names it, `keyring:secret-service` and the like, or `memory`. */
export type BackendName = string;

/** Wraps the vault's data key with what the operating system offers. Six lines of contract, several implementations. */
export interface KeyBackend {
  /** Stable name recorded in the vault header, for example `safe-storage:gnome_libsecret`. */
  readonly name: BackendName;
  /**
   * Probes with a round trip. Resolves to `none` when the backend is absent or is no protection (`basic_text`), and to
   * `locked` when it exists but cannot be used right now. Never throws, never prompts for longer than its timeout.
   */
  probe(): Promise<ProtectionLevel | 'locked'>;
  /** Throws DomainError `vault/locked` (retryable) or `vault/unavailable`. */
  wrap(key: Buffer): Promise<Buffer>;
  /**
   * Throws DomainError `vault/locked` (retryable), `vault/could-not-read`, or `vault/backend-changed` when what the backend kept
   * outside the vault is not there: it is not the key store it was.
   */
  unwrap(wrapped: Buffer): Promise<Buffer>;
  /** Removes what this backend keeps outside the vault file, if anything. */
  forget(): Promise<void>;
}

/**
 * - `ok`: open
 * - `locked`: the backend exists but does not open now; worth retrying
 * - `unavailable`: no backend protects anything on this machine; the user may choose session-only
 * - `backend-changed`: the vault was wrapped by a backend which is not there any more
 * - `damaged`: header or key cannot be used; copies were set aside, nothing was deleted
 * - `session`: the user chose to keep mytokens in memory only
 */
export type VaultStateKind =
  'closed' | 'ok' | 'locked' | 'unavailable' | 'backend-changed' | 'damaged' | 'session';

export interface VaultState {
  readonly kind: VaultStateKind;
  readonly protection: ProtectionLevel;
  /** The backend in use, or the one that would be used. */
  readonly backend: BackendName | null;
  /** The backend named in the vault header, when it differs. */
  readonly wrappedBy: BackendName | null;
  /** Where a damaged file was copied to, when that happened. */
  readonly copiedTo: string | null;
}

/**
 * Encrypted records by account id (R-26…R-34). All writes are durable (fsync) when the promise resolves.
 * `get` tells "not there" (null) from "could not read" (throws `vault/could-not-read`); while the vault is not open every
 * method throws `vault/locked` (retryable), `vault/backend-changed`, `vault/damaged` or `vault/unavailable`.
 */
export interface Vault {
  state(): VaultState;
  onState(listener: (state: VaultState) => void): () => void;
  /** Opens or tries again; resolves to the resulting state, never throws for a backend that is not ready. */
  open(): Promise<VaultState>;
  /**
   * Keeps everything in memory from now on; nothing on disk is touched. Only from `unavailable`, `locked`, `backend-changed`,
   * `damaged`; in any other state nothing happens. `open` leaves the session mode as it is; `close` ends and forgets it.
   */
  useSessionOnly(): Promise<VaultState>;
  /**
   * Moves the unusable vault aside as a whole and starts an empty one. Only from `backend-changed` or `damaged`; in any other
   * state nothing happens. Throws `vault/write-failed`.
   */
  reset(): Promise<VaultState>;
  get(recordId: string): Promise<Secret | null>;
  put(recordId: string, value: Secret): Promise<void>;
  /**
   * Removes the record and its previous generation, then rotates the data key. Missing is no error. Resolves once the
   * record is durably gone and the rotation done, or put off to the next removal or opening (disk or keyring not ready, closing).
   */
  remove(recordId: string): Promise<void>;
  list(): Promise<readonly string[]>;
  /** Forgets the data key and answers `vault/locked` until `open`. */
  close(): Promise<void>;
}
