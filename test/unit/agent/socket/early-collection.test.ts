import { constants, PerformanceObserver } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { createEarlyCollection } from '../../../../electron/agent/socket/early-collection.ts';

/** How often it comes with so many answers. */
function collections(answers: number): number {
  let collected = 0;
  const early = createEarlyCollection(
    () => (collected += 1),
    (run) => run(),
  );
  for (let given = 0; given < answers; given += 1) early.answered();
  return collected;
}

describe('collecting early', () => {
  it('comes once in a hundred and fifty answers', () => {
    expect([149, 150, 299, 300, 1500].map(collections)).toEqual([0, 1, 1, 2, 10]);
  });

  it('waits for the answer to be out', () => {
    let collected = 0;
    const waiting: (() => void)[] = [];
    const early = createEarlyCollection(
      () => (collected += 1),
      (run) => waiting.push(run),
    );
    for (let given = 0; given < 150; given += 1) early.answered();
    expect([collected, waiting.length]).toEqual([0, 1]);
  });

  it('is left to V8 where it cannot be told', () => {
    const early = createEarlyCollection(null, () => {
      throw new Error('There is nothing to do.');
    });
    for (let given = 0; given < 300; given += 1) early.answered();
  });

  it('has V8 collect young objects, and leaves no way to it behind', async () => {
    const kinds: unknown[] = [];
    const observer = new PerformanceObserver((list) => {
      for (const entry of list.getEntries())
        kinds.push((entry as unknown as { detail: { kind: number } }).detail.kind);
    });
    observer.observe({ entryTypes: ['gc'] });
    const early = createEarlyCollection();
    for (let given = 0; given < 150; given += 1) early.answered();
    for (let left = 100; left > 0 && kinds.length === 0; left -= 1) await sleep(10);
    observer.disconnect();
    expect(kinds).toContain(constants.NODE_PERFORMANCE_GC_MINOR);
    expect('gc' in globalThis).toBe(false);
  });
});
