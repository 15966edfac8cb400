import type { IssuedMytoken } from '../mytoken/index.ts';
import type { Clock, Logger } from '../ports/index.ts';

const keptMs = 30 * 60_000;

/**
 * Mytokens that came for a code which works only once, until they are stored. Letting go of one does not revoke it: it may
 * well be the same mytoken that whoever made the code goes on using.
 */
export class UnstoredTokens {
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #kept = new Map<string, { readonly token: IssuedMytoken; readonly cancel: () => void }>();

  constructor(clock: Clock, log: Logger) {
    this.#clock = clock;
    this.#log = log;
  }

  get(key: string): IssuedMytoken | null {
    return this.#kept.get(key)?.token ?? null;
  }

  keep(key: string, token: IssuedMytoken): void {
    this.forget(key);
    const cancel = this.#clock.after(keptMs, () => {
      this.#kept.delete(key);
      this.#log.warn('import.never-stored');
    });
    this.#kept.set(key, { token, cancel });
  }

  forget(key: string): void {
    this.#kept.get(key)?.cancel();
    this.#kept.delete(key);
  }

  clear(): void {
    for (const key of [...this.#kept.keys()]) this.forget(key);
  }
}
