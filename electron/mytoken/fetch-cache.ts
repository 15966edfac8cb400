import type { Clock } from '../ports/index.ts';
import { aborted } from './http-failure.ts';

interface Entry<T> {
  readonly value: T;
  readonly fetchedAtMs: number;
}

/** More servers than anybody uses; keeps mistyped addresses from piling up. */
const maxEntries = 64;

/** Remembers fetched documents for a while and merges concurrent fetches of the same one. Failures are not kept. */
export class FetchCache<T> {
  readonly #clock: Clock;
  readonly #ttlMs: number;
  readonly #entries = new Map<string, Entry<T>>();
  readonly #inFlight = new Map<string, Promise<T>>();

  constructor(clock: Clock, ttlMs: number) {
    this.#clock = clock;
    this.#ttlMs = ttlMs;
  }

  /** What is remembered and still fresh by the wall clock, which unlike timers also counts sleep. */
  peek(key: string): T | null {
    const entry = this.#entries.get(key);
    if (!entry) return null;
    const ageMs = this.#clock.nowMs() - entry.fetchedAtMs;
    return ageMs >= 0 && ageMs < this.#ttlMs ? entry.value : null;
  }

  /**
   * `signal` ends the waiting of this caller only: others may wait for the same answer.
   */
  async get(
    key: string,
    load: () => Promise<T>,
    options: { readonly refresh?: boolean | undefined; readonly signal?: AbortSignal | undefined } = {},
  ): Promise<T> {
    const known = options.refresh === true ? null : this.peek(key);
    if (known !== null) return known;
    let loading = this.#inFlight.get(key);
    if (!loading) {
      loading = load()
        .then((value) => {
          this.#remember(key, value);
          return value;
        })
        .finally(() => this.#inFlight.delete(key));
      this.#inFlight.set(key, loading);
    }
    return abandonable(loading, options.signal);
  }

  #remember(key: string, value: T): void {
    this.#entries.delete(key);
    const oldest = this.#entries.size >= maxEntries ? this.#entries.keys().next() : null;
    if (oldest?.done === false) this.#entries.delete(oldest.value);
    this.#entries.set(key, { value, fetchedAtMs: this.#clock.nowMs() });
  }
}

function abandonable<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return promise;
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(aborted({ started: false, answered: false, host: '' }));
    if (signal.aborted) {
      onAbort();
      promise.catch(() => undefined);
      return;
    }
    signal.addEventListener('abort', onAbort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}
