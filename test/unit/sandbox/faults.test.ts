import { describe, expect, it } from 'vitest';
import { FaultEngine, seededRandom } from '../../../sandbox/http/faults.ts';
import { KeyedMutex } from '../../../sandbox/state/mutex.ts';

const get = { method: 'GET', path: '/api/v0/token/my', grantType: undefined };
const post = { method: 'POST', path: '/api/v0/token/my', grantType: 'polling_code' };

describe('fault matching', () => {
  it('matches path, method and grant type', () => {
    const engine = new FaultEngine(1);
    const handle = engine.inject({
      match: { path: '/api/*/my', method: 'post', grant_type: 'polling_code' },
      fault: { kind: 'cut-before' },
    });
    expect(engine.strike(get)).toEqual([]);
    expect(engine.strike({ ...post, grantType: 'mytoken' })).toEqual([]);
    expect(engine.strike({ ...post, path: '/api/v0/token/access' })).toEqual([]);
    expect(engine.strike(post)).toEqual([{ kind: 'cut-before' }]);
    expect(handle.hits()).toBe(1);
    handle.remove();
    expect(engine.strike(post)).toEqual([]);
  });

  it('begins at the n-th request and ends after count', () => {
    const engine = new FaultEngine(1);
    engine.inject({ match: { nth: 2, count: 2 }, fault: { kind: 'latency', ms: 1 } });
    const struck = [1, 2, 3, 4].map(() => engine.strike(get).length);
    expect(struck).toEqual([0, 1, 1, 0]);
  });

  it('chance is decided by a seeded random', () => {
    const run = (seed: number): number[] => {
      const engine = new FaultEngine(seed);
      engine.inject({ fault: { kind: 'latency', ms: 1 }, chance: 0.5 });
      return Array.from({ length: 200 }, () => engine.strike(get).length);
    };
    expect(run(7)).toEqual(run(7));
    expect(run(7)).not.toEqual(run(8));
    const hits = run(7).reduce((sum, hit) => sum + hit, 0);
    expect(hits).toBeGreaterThan(60);
    expect(hits).toBeLessThan(140);
    expect(seededRandom(1)()).toBeLessThan(1);
  });
});

describe('mutex by key', () => {
  it('runs callers of one key in order, others at once', async () => {
    const mutex = new KeyedMutex();
    const order: string[] = [];
    const task = (name: string, ms: number) => async (): Promise<void> => {
      await new Promise((resolve) => setTimeout(resolve, ms));
      order.push(name);
    };
    await Promise.all([
      mutex.run('a', task('a1', 30)),
      mutex.run('a', task('a2', 1)),
      mutex.run('b', task('b1', 5)),
    ]);
    expect(order).toEqual(['b1', 'a1', 'a2']);
  });

  it('goes on after a failure', async () => {
    const mutex = new KeyedMutex();
    const failed = mutex.run('a', () => Promise.reject(new Error('first')));
    const second = mutex.run('a', () => Promise.resolve(2));
    await expect(failed).rejects.toThrow('first');
    await expect(second).resolves.toBe(2);
  });
});
