import { describe, expect, it } from 'vitest';
import { Secret } from '../../../electron/ports/index.ts';
import { cacheKey, TokenCache } from '../../../electron/tokens/token-cache.ts';
import type { AccessTokenGrant } from '../../../electron/tokens/index.ts';
import { FakeClock } from '../../support/fake-clock.ts';

const hourMs = 3_600_000;

function setUp(lifetimeMs = hourMs): { clock: FakeClock; cache: TokenCache } {
  const clock = new FakeClock();
  const cache = new TokenCache(clock);
  cache.put('k', grant(clock.nowMs() + lifetimeMs), lifetimeMs, clock.monotonicMs());
  return { clock, cache };
}

function grant(expiresAtMs: number, accountId = 'a1'): AccessTokenGrant {
  return {
    accountId,
    accessToken: new Secret('at'),
    tokenType: 'Bearer',
    expiresAtMs,
    scope: [],
    audience: [],
    issuer: 'https://op.example.org',
    fromCache: true,
  };
}

describe('cacheKey', () => {
  it('does not depend on the order of scopes and audiences', () => {
    expect(cacheKey('a', ['x', 'y'], ['p', 'q'])).toBe(cacheKey('a', ['y', 'x'], ['q', 'p']));
  });

  it('keeps accounts, scopes and audiences apart', () => {
    const keys = [
      cacheKey('a', ['x'], []),
      cacheKey('a', [], ['x']),
      cacheKey('a', [], []),
      cacheKey('b', ['x'], []),
      cacheKey('a', ['x y'], []),
      cacheKey('a', ['x', 'y'], []),
    ];
    expect(new Set(keys).size).toBe(keys.length);
  });
});

describe('TokenCache', () => {
  it('serves a token until the default minute before its end', () => {
    const { clock, cache } = setUp();
    clock.advance(hourMs - 61_000);
    expect(cache.get('k', undefined)).not.toBeNull();
    clock.advance(2_000);
    expect(cache.get('k', undefined)).toBeNull();
  });

  it('honours the caller’s minimum in both directions', () => {
    const { clock, cache } = setUp();
    expect(cache.get('k', hourMs + 1)).toBeNull();
    clock.advance(hourMs - 20_000);
    expect(cache.get('k', 10_000)).not.toBeNull();
    expect(cache.get('k', 30_000)).toBeNull();
  });

  it('never serves a token in its last seconds, even when asked for no minimum', () => {
    const { clock, cache } = setUp();
    clock.advance(hourMs - 4_000);
    expect(cache.get('k', 0)).toBeNull();
  });

  it('serves short-lived tokens for most of their life', () => {
    const { clock, cache } = setUp(10_000);
    expect(cache.get('k', undefined)).not.toBeNull();
    clock.advance(8_000);
    expect(cache.get('k', undefined)).not.toBeNull();
    clock.advance(1_500);
    expect(cache.get('k', undefined)).toBeNull();
  });

  it('counts sleep, which the monotonic clock may not', () => {
    const { clock, cache } = setUp();
    clock.sleep(2 * hourMs);
    expect(cache.get('k', undefined)).toBeNull();
  });

  it('is not fooled by a wall clock that was set back', () => {
    const { clock, cache } = setUp();
    clock.advance(hourMs);
    clock.setWallClock(clock.nowMs() - 10 * hourMs);
    expect(cache.get('k', undefined)).toBeNull();
  });

  it('keeps what is left for times without a network', () => {
    const { clock, cache } = setUp();
    clock.advance(hourMs - 20_000);
    expect(cache.get('k', undefined)).toBeNull();
    expect(cache.lastResort('k')).not.toBeNull();
    clock.advance(16_000);
    expect(cache.lastResort('k')).toBeNull();
  });

  it('forgets one account or all', () => {
    const { clock, cache } = setUp();
    cache.put('other', grant(clock.nowMs() + hourMs, 'b2'), hourMs, clock.monotonicMs());
    cache.forget('a1');
    expect(cache.get('k', undefined)).toBeNull();
    expect(cache.get('other', undefined)).not.toBeNull();
    cache.forget();
    expect(cache.get('other', undefined)).toBeNull();
  });

  it('stays bounded', () => {
    const { clock, cache } = setUp();
    for (let index = 0; index < 2_100; index += 1) {
      cache.put(`k${index}`, grant(clock.nowMs() + hourMs), hourMs, clock.monotonicMs());
    }
    expect(cache.get('k', undefined)).toBeNull();
    expect(cache.get('k2099', undefined)).not.toBeNull();
  });
});
