import { DomainError } from '../../shared/errors.ts';
import type { Clock } from '../ports/index.ts';
import { KeyedQueue } from './keyed-queue.ts';

/** What a failed call says about the keyring. */
export type KeyringProblem = 'absent' | 'locked' | 'other';

/**
 * The library reports every failure with the same code, so its text is all there is. Secret Service: no session bus, a bus without
 * a default collection, and a locked collection whose unlock prompt nobody can answer.
 */
export function keyringProblem(error: unknown): KeyringProblem {
  if (error instanceof DomainError) return error.code === 'vault/locked' ? 'locked' : 'other';
  const text = error instanceof Error ? error.message : '';
  if (/prompt was dismissed|\blocked\b/i.test(text)) return 'locked';
  if (/no result found|dbus|failed to connect/i.test(text)) return 'absent';
  return 'other';
}

export function keyringLocked(reason: string, cause?: unknown): DomainError {
  return new DomainError('vault/locked', 'The keyring is locked.', {
    details: { reason },
    retryable: true,
    cause,
  });
}

/**
 * One call to the keyring at a time, each with a time limit. A locked keyring on a desktop leaves calls hanging until the person
 * answers the unlock prompt, and each of them occupies one of libuv's four threads: a few retries would stop all file access
 * of the process. So while one call hangs no other is started; they fail at once as locked.
 */
export class KeyringCalls {
  readonly #clock: Clock;
  readonly #timeoutMs: number;
  readonly #queue = new KeyedQueue();
  #hangs = false;

  constructor(clock: Clock, timeoutMs: number) {
    this.#clock = clock;
    this.#timeoutMs = timeoutMs;
  }

  /** `discard` gets a result that came too late, to zero it. Throws `vault/locked` when the time is over. */
  run<T>(call: () => Promise<T>, discard: (late: T) => void = () => undefined): Promise<T> {
    return this.#queue.run('keyring', () => {
      if (this.#hangs) return Promise.reject(keyringLocked('prompt-open'));
      return new Promise<T>((resolve, reject) => {
        // No AbortSignal: aborting would settle the promise while the thread goes on waiting.
        const cancel = this.#clock.after(this.#timeoutMs, () => {
          this.#hangs = true;
          reject(keyringLocked('timeout'));
        });
        Promise.resolve()
          .then(call)
          .then(
            (result) => {
              cancel();
              if (this.#hangs) discard(result);
              this.#hangs = false;
              resolve(result);
            },
            (error: unknown) => {
              cancel();
              this.#hangs = false;
              reject(error instanceof Error ? error : new Error(String(error)));
            },
          );
      });
    });
  }
}
