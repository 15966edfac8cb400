import type { Clock } from '../ports/index.ts';

/** One wait at a time, which anybody may cut short. */
export class InterruptibleWait {
  readonly #clock: Clock;
  #end: (() => void) | null = null;
  #skipNext = false;
  #closed = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  wait(delayMs: number): Promise<void> {
    if (this.#skipNext || this.#closed) {
      this.#skipNext = false;
      return Promise.resolve();
    }
    return new Promise((resolve) => {
      const cancel = this.#clock.after(delayMs, () => this.#end?.());
      this.#end = () => {
        cancel();
        this.#end = null;
        resolve();
      };
    });
  }

  /** Ends the wait under way, or lets the next one end at once. */
  wake(): void {
    if (this.#end === null) this.#skipNext = true;
    else this.#end();
  }

  /** No wait lasts any longer, neither this one nor later ones. */
  close(): void {
    this.#closed = true;
    this.#end?.();
  }
}
