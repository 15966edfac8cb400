import type { Clock } from '../ports/index.ts';
import type { AccessTokenGrant } from './types.ts';

/** Never hand out a token from the cache that dies within this time, whatever the caller asked for. */
const safetyMs = 5_000;
/** Asked for when a request names no minimum: a minute, or a tenth of a short-lived token's life. */
const defaultMinValidMs = 60_000;
/** Old entries go when the cache grows beyond this; one entry is about 2 KiB. */
const capacity = 2_000;

interface Entry {
  readonly grant: AccessTokenGrant;
  readonly lifetimeMs: number;
  readonly expiresMonotonicMs: number;
}

/** Order of scopes and audiences makes no difference to what the token can do. */
export function cacheKey(accountId: string, scope: readonly string[], audience: readonly string[]): string {
  return JSON.stringify([accountId, [...scope].sort(), [...audience].sort()]);
}

/** Access tokens in memory. Life is counted on two clocks, see {@link TokenCache.remainingMs}. */
export class TokenCache {
  readonly #entries = new Map<string, Entry>();
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  put(key: string, grant: AccessTokenGrant, lifetimeMs: number, askedMonotonicMs: number): void {
    this.#entries.delete(key);
    this.#entries.set(key, { grant, lifetimeMs, expiresMonotonicMs: askedMonotonicMs + lifetimeMs });
    if (this.#entries.size > capacity) this.#dropOldest();
  }

  /** The cached token when it stays valid for `minValidMs` (undefined: the default). */
  get(key: string, minValidMs: number | undefined): AccessTokenGrant | null {
    const entry = this.#entries.get(key);
    if (!entry) return null;
    const remainingMs = this.#remainingMs(entry);
    if (remainingMs <= 0) {
      this.#entries.delete(key);
      return null;
    }
    const wantedMs = minValidMs ?? Math.min(defaultMinValidMs, entry.lifetimeMs / 10);
    return remainingMs >= Math.max(wantedMs, Math.min(safetyMs, entry.lifetimeMs / 10)) ? entry.grant : null;
  }

  /** What is left of a token that is too short for {@link get} but better than nothing while offline. */
  lastResort(key: string): AccessTokenGrant | null {
    const entry = this.#entries.get(key);
    return entry && this.#remainingMs(entry) > safetyMs ? entry.grant : null;
  }

  validUntilMs(key: string): number | null {
    const entry = this.#entries.get(key);
    return entry && this.#remainingMs(entry) > 0 ? entry.grant.expiresAtMs : null;
  }

  forget(accountId?: string): void {
    if (accountId === undefined) this.#entries.clear();
    for (const [key, entry] of this.#entries) {
      if (entry.grant.accountId === accountId) this.#entries.delete(key);
    }
  }

  prune(): void {
    for (const [key, entry] of this.#entries) {
      if (this.#remainingMs(entry) <= 0) this.#entries.delete(key);
    }
  }

  /**
   * The wall clock counts sleep but can be set back; the monotonic clock cannot be set but may stand still during sleep.
   * The smaller remainder is the safe one.
   */
  #remainingMs(entry: Entry): number {
    return Math.min(
      entry.grant.expiresAtMs - this.#clock.nowMs(),
      entry.expiresMonotonicMs - this.#clock.monotonicMs(),
    );
  }

  #dropOldest(): void {
    const oldest = this.#entries.keys().next();
    if (!oldest.done) this.#entries.delete(oldest.value);
  }
}
