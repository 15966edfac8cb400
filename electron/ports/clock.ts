/** Time as the trust core sees it; tests bring their own. */
export interface Clock {
  /** Wall clock, milliseconds since the epoch. May jump. */
  nowMs(): number;
  /** Milliseconds that never run backwards and go on counting during sleep as far as the platform allows. */
  monotonicMs(): number;
  /** Calls `task` once after `delayMs` and returns the cancel function. Never keeps the process alive. */
  after(delayMs: number, task: () => void): () => void;
}

/** setTimeout fires at once for delays beyond this; longer ones are cut into pieces. */
const longestTimerMs = 2 ** 31 - 1;

export function systemClock(): Clock {
  return {
    nowMs: () => Date.now(),
    monotonicMs: () => performance.now(),
    after(delayMs, task) {
      let timer: NodeJS.Timeout;
      const arm = (leftMs: number): void => {
        const stepMs = Math.min(Math.max(0, leftMs), longestTimerMs);
        timer = setTimeout(() => {
          if (leftMs > stepMs) arm(leftMs - stepMs);
          else task();
        }, stepMs);
        timer.unref();
      };
      arm(delayMs);
      return () => clearTimeout(timer);
    },
  };
}
