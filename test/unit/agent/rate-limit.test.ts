import { describe, expect, it } from 'vitest';
import { TokenBucket, TokenBuckets } from '../../../electron/agent/http/rate-limit.ts';

describe('token bucket', () => {
  it('gives the burst, then the rate', () => {
    const bucket = new TokenBucket(3, 2, 0);
    expect([bucket.take(0), bucket.take(0), bucket.take(0)]).toEqual([0, 0, 0]);
    expect(bucket.take(0)).toBe(500);
    expect(bucket.take(250)).toBe(250);
    expect(bucket.take(500)).toBe(0);
    expect(bucket.take(500)).toBe(500);
  });

  it('never holds more than the burst, by waiting or by refunds', () => {
    const bucket = new TokenBucket(2, 1000, 0);
    bucket.refund(10);
    expect([bucket.take(1e9), bucket.take(1e9), bucket.take(1e9)]).toEqual([0, 0, 1]);
  });

  it('a clock that stands still or runs back gives nothing', () => {
    const bucket = new TokenBucket(1, 1, 1000);
    expect(bucket.take(1000)).toBe(0);
    expect(bucket.take(0)).toBe(1000);
  });
});

describe('buckets by name', () => {
  it('are bounded in number', () => {
    const buckets = new TokenBuckets(1, 1, 10);
    for (let index = 0; index < 1000; index += 1) buckets.of(`127.0.${index}.1`, 0);
    expect(buckets.size).toBe(10);
  });

  it('are separate and kept', () => {
    const buckets = new TokenBuckets(1, 0.001);
    expect(buckets.of('a', 0).take(0)).toBe(0);
    expect(buckets.of('a', 0).take(0)).toBeGreaterThan(0);
    expect(buckets.of('b', 0).take(0)).toBe(0);
  });
});
