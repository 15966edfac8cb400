import { refusal, type Refusal } from './problems.ts';

/** Token bucket: `burst` at once, then `perSecond`. Takes a monotonic clock, so a changed wall clock opens nothing. */
export class TokenBucket {
  readonly #burst: number;
  readonly #perMs: number;
  #tokens: number;
  #filledAtMs: number;

  constructor(burst: number, perSecond: number, nowMonotonicMs: number) {
    this.#burst = burst;
    this.#perMs = perSecond / 1000;
    this.#tokens = burst;
    this.#filledAtMs = nowMonotonicMs;
  }

  /** Takes one token and returns 0, or takes nothing and returns the milliseconds until there will be one. */
  take(nowMonotonicMs: number): number {
    const elapsedMs = Math.max(0, nowMonotonicMs - this.#filledAtMs);
    this.#filledAtMs = nowMonotonicMs;
    this.#tokens = Math.min(this.#burst, this.#tokens + elapsedMs * this.#perMs);
    if (this.#tokens >= 1) {
      this.#tokens -= 1;
      return 0;
    }
    return (1 - this.#tokens) / this.#perMs;
  }

  /** Gives part of a token back, for a request that turned out to be cheap. */
  refund(tokens: number): void {
    this.#tokens = Math.min(this.#burst, this.#tokens + tokens);
  }
}

/** One bucket per name; when there are too many the oldest goes, so that many remote addresses cannot fill the memory. */
export class TokenBuckets {
  readonly #buckets = new Map<string, TokenBucket>();
  readonly #burst: number;
  readonly #perSecond: number;
  readonly #most: number;

  constructor(burst: number, perSecond: number, most = 512) {
    this.#burst = burst;
    this.#perSecond = perSecond;
    this.#most = most;
  }

  of(name: string, nowMonotonicMs: number): TokenBucket {
    const known = this.#buckets.get(name);
    if (known !== undefined) return known;
    if (this.#buckets.size >= this.#most) {
      const oldest = this.#buckets.keys().next();
      if (oldest.done !== true) this.#buckets.delete(oldest.value);
    }
    const fresh = new TokenBucket(this.#burst, this.#perSecond, nowMonotonicMs);
    this.#buckets.set(name, fresh);
    return fresh;
  }

  get size(): number {
    return this.#buckets.size;
  }
}

export function rateLimited(waitMs: number): Refusal {
  const retryAfterSeconds = Math.max(1, Math.ceil(waitMs / 1000));
  return refusal('agent/rate-limited', 'Too many requests; wait a little.', { retryAfterSeconds }, true);
}
