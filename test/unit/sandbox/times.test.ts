import { describe, expect, it } from 'vitest';
import { goDuration, resolveTime } from '../../../sandbox/rules/times.ts';

const NOW = 1_767_225_600;

describe('time strings', () => {
  it.each([
    ['+1d', NOW + 86_400],
    ['+2h30m', NOW + 9000],
    ['+1.5w', NOW + 907_200],
    ['+3600', NOW + 3600],
    ['+1y', NOW + 31_536_000],
    ['+1m', NOW + 60],
    ['+2000ms', NOW + 2],
    ['1767225600', 1_767_225_600],
    [42, 42],
  ])('%s', (value, expected) => {
    expect(resolveTime(value, NOW)).toBe(expected);
  });

  it('reads a date without zone in the local zone of the server', () => {
    const local = new Date(2026, 2, 1, 12, 0, 0).getTime() / 1000;
    expect(resolveTime('2026-03-01 12:00', NOW)).toBe(local);
    expect(resolveTime('2026-03-01', NOW)).toBe(local - 12 * 3600);
  });

  it.each(['+', '+1x', 'tomorrow', '+1d banana', '2026-13-45'])('refuses %s', (value) => {
    expect(() => resolveTime(value, NOW)).toThrow(/could not parse time/);
  });
});

describe('durations as Go prints them', () => {
  it.each([
    [182, '3m2s'],
    [45, '45s'],
    [3605, '1h0m5s'],
    [0, '0s'],
  ])('%d s', (seconds, expected) => {
    expect(goDuration(seconds)).toBe(expected);
  });
});
