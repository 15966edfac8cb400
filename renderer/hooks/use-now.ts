import { useSyncExternalStore } from 'react';

type Listener = () => void;

/** One clock for the whole window: ticks each second while somebody counts seconds, else each half minute; rests while hidden. */
class SharedClock {
  readonly #fast = new Set<Listener>();
  readonly #slow = new Set<Listener>();
  #timer: ReturnType<typeof setInterval> | null = null;
  #periodMs = 0;
  #nowMs = Date.now();

  constructor() {
    document.addEventListener('visibilitychange', () => this.#arrange());
  }

  readonly now = (): number => this.#nowMs;

  readonly subscribeFast = (listener: Listener): (() => void) => this.#add(this.#fast, listener);
  readonly subscribeSlow = (listener: Listener): (() => void) => this.#add(this.#slow, listener);

  #add(set: Set<Listener>, listener: Listener): () => void {
    set.add(listener);
    this.#arrange();
    return () => {
      set.delete(listener);
      this.#arrange();
    };
  }

  #arrange(): void {
    const idle = document.hidden || this.#fast.size + this.#slow.size === 0;
    const periodMs = idle ? 0 : this.#fast.size > 0 ? 1_000 : 30_000;
    if (periodMs === this.#periodMs) return;
    this.#periodMs = periodMs;
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = periodMs === 0 ? null : setInterval(() => this.#tick(), periodMs);
    if (periodMs > 0) queueMicrotask(() => this.#tick());
  }

  #tick(): void {
    this.#nowMs = Date.now();
    for (const listener of [...this.#fast, ...this.#slow]) listener();
  }
}

let shared: SharedClock | null = null;

function clock(): SharedClock {
  shared ??= new SharedClock();
  return shared;
}

const now = (): number => clock().now();
const subscribeFast = (listener: Listener): (() => void) => clock().subscribeFast(listener);
const subscribeSlow = (listener: Listener): (() => void) => clock().subscribeSlow(listener);

/** The time in milliseconds, fresh enough for a display that shows minutes, or seconds when `seconds` is true. */
export function useNow(seconds: boolean): number {
  // Where there is no document, something is drawn once, and now.
  return useSyncExternalStore(seconds ? subscribeFast : subscribeSlow, now, Date.now);
}
