import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** V8 has to after some two hundred. */
const answersBetween = 150;

/**
 * V8 collects young objects when there is no room for more: in the middle of an answer, which then takes a millisecond longer. Told to right
 * after an answer, it does so while the next program still starts. Without `collect` V8 is left alone.
 */
export function createEarlyCollection(
  collect: (() => void) | null = youngCollection(),
  soon: (run: () => void) => void = setImmediate,
): { answered(): void } {
  let left = answersBetween;
  return {
    answered() {
      left -= 1;
      if (left > 0 || collect === null) return;
      left = answersBetween;
      soon(collect);
    },
  };
}

/**
 * V8's own, which new contexts get when it is told so; null where they do not. There is little to collect: sharing that among threads takes
 * longer than doing it. Flags are the whole process's, and Node keeps V8 from freezing them.
 */
function youngCollection(): (() => void) | null {
  setFlagsFromString('--expose-gc');
  const gc = runInNewContext('globalThis.gc') as ((options: { type: 'minor' }) => void) | undefined;
  setFlagsFromString('--no-expose-gc');
  if (typeof gc !== 'function') return null;
  setFlagsFromString('--no-parallel-scavenge');
  return () => {
    gc({ type: 'minor' });
  };
}
