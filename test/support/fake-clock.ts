import type { Clock } from '../../electron/ports/index.ts';

interface Timer {
  readonly dueMs: number;
  readonly task: () => void;
}

/** A clock that stands still until it is told to move; timers fire in order of their due time. */
export class FakeClock implements Clock {
  #wallMs: number;
  #monotonicMs = 1_000;
  #timers: Timer[] = [];
  readonly #listeners = new Set<() => void>();

  constructor(nowMs = Date.UTC(2026, 0, 15, 12)) {
    this.#wallMs = nowMs;
  }

  nowMs(): number {
    return this.#wallMs;
  }

  monotonicMs(): number {
    return this.#monotonicMs;
  }

  after(delayMs: number, task: () => void): () => void {
    const timer = { dueMs: this.#monotonicMs + Math.max(0, delayMs), task };
    this.#timers.push(timer);
    for (const listener of this.#listeners) listener();
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
    };
  }

  /** Lets time pass on both clocks and fires what is due. */
  advance(ms: number): void {
    const targetMs = this.#monotonicMs + ms;
    for (;;) {
      const next = this.#timers
        .filter((timer) => timer.dueMs <= targetMs)
        .sort((a, b) => a.dueMs - b.dueMs)[0];
      if (!next) break;
      this.#timers = this.#timers.filter((timer) => timer !== next);
      this.#wallMs += next.dueMs - this.#monotonicMs;
      this.#monotonicMs = next.dueMs;
      next.task();
    }
    this.#wallMs += targetMs - this.#monotonicMs;
    this.#monotonicMs = targetMs;
  }

  /** The machine slept: the wall clock moved on, the monotonic one stood still and no timer fired. */
  sleep(ms: number): void {
    this.#wallMs += ms;
  }

  /** Somebody set the clock. */
  setWallClock(nowMs: number): void {
    this.#wallMs = nowMs;
  }

  /** Calls when a timer was set. Returns its end. */
  onTimer(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** Timers waiting. */
  get pending(): number {
    return this.#timers.length;
  }
}
