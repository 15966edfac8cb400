import type { Answer, HeldMytoken } from '../mytoken/index.ts';
import type { Secret } from '../ports/index.ts';

export interface AccessTokenWish {
  readonly accountId: string;
  /** Absent: the account's default scopes. */
  readonly scope?: readonly string[] | undefined;
  /** Absent: the account's default audience. */
  readonly audience?: readonly string[] | undefined;
  /** The token must stay valid at least this long, milliseconds. Default 60 000, or a tenth of its life if that is less. */
  readonly minValidMs?: number | undefined;
  /** Skip the cache. */
  readonly fresh?: boolean | undefined;
  /** Who wants it, as shown in the server's records; short plain text. */
  readonly comment?: string | undefined;
}

export interface AccessTokenGrant {
  readonly accountId: string;
  readonly accessToken: Secret;
  readonly tokenType: string;
  readonly expiresAtMs: number;
  readonly scope: readonly string[];
  readonly audience: readonly string[];
  readonly issuer: string;
  readonly fromCache: boolean;
}

/**
 * The one way to a token (architecture: "a second way to fetch a token is a defect"). Caches per account, scope and audience,
 * merges identical requests in flight, and sends one request at a time per rotating mytoken; a rotated mytoken is durable
 * in the vault before anyone sees the access token it came with.
 */
export interface TokenBroker {
  start(): Promise<void>;
  stop(): Promise<void>;
  /**
   * Throws `accounts/not-found`, `accounts/needs-login`, `accounts/uncertain`, `vault/*` (locked is retryable) or what the mytoken
   * client throws.
   */
  accessToken(wish: AccessTokenWish): Promise<AccessTokenGrant>;
  /** Runs `task` with the account's newest mytoken under the same lock, journal and rotation rules as access tokens. */
  withMytoken<T>(accountId: string, task: MytokenTask<T>, use?: MytokenUse): Promise<T>;
  /**
   * Runs `task` with the account's newest mytoken while no request with it is under way; nothing is sent. For writing it where other
   * programs use it too.
   */
  withStill<T>(accountId: string, task: (mytoken: Secret) => Promise<T>): Promise<T>;
  /** Finds out whether an uncertain mytoken still lives. With `auto_revoke` only on the user's explicit word. */
  resolveUncertain(accountId: string): Promise<'alive' | 'dead'>;
  /** Drops cached access tokens of one account, or all. */
  forget(accountId?: string): void;
  /** Called before `forget` returns. */
  onForgotten(listener: () => void): () => void;
  /** The cached token's expiry for the account's defaults, for countdowns; null when nothing is cached. */
  cachedUntilMs(accountId: string): number | null;
  /** Resolves when no request is under way and every replaced mytoken is stored, or at `signal`. */
  settled(signal: AbortSignal): Promise<void>;
  /** To be called when the machine wakes up: re-reads clocks, drops what expired while asleep. */
  resumed(): void;
}

/** `reads`: a call after which no mytoken is ever another one, so that a lost answer leaves nothing uncertain. */
export type MytokenUse = 'may-replace' | 'reads';

export type MytokenTask<T> = (token: HeldMytoken) => Promise<Answer<T>>;
