import { describe, expect, it } from 'vitest';
import {
  earliestNbf,
  latestExp,
  limitLifetime,
  narrowToGrant,
  readClause,
} from '../../../sandbox/rules/clauses.ts';
import type { ClauseReading } from '../../../sandbox/rules/clauses.ts';

const reading: ClauseReading = { nowS: 1000, callerIp: '192.0.2.9', disabledKeys: [], ignoreIpKey: true };

describe('reading a clause', () => {
  it('matches names without regard to case and orders them', () => {
    const clause = readClause({ USAGES_at: 3, Exp: '+60', hosts: ['this', '10.0.0.1'], junk: 1 }, reading);
    expect(JSON.stringify(clause)).toBe('{"exp":1060,"hosts":["192.0.2.9","10.0.0.1"],"usages_AT":3}');
  });

  it('ignores the legacy key ip silently, unless the quirk is off', () => {
    expect(readClause({ ip: ['192.0.2.1'], exp: 5 }, reading)).toEqual({ exp: 5 });
    expect(readClause({ ip: ['192.0.2.1'] }, { ...reading, ignoreIpKey: false })).toEqual({
      hosts: ['192.0.2.1'],
    });
  });

  it('removes keys the operator switched off', () => {
    expect(
      readClause({ geoip_allow: ['DE'], exp: 5 }, { ...reading, disabledKeys: ['geoip_allow'] }),
    ).toEqual({
      exp: 5,
    });
  });

  it('refuses wrong types', () => {
    expect(() => readClause({ usages_AT: '3' }, reading)).toThrow();
    expect(() => readClause({ audience: 'x' }, reading)).toThrow();
    expect(() => readClause('1d', reading)).toThrow();
  });
});

describe('derived claims', () => {
  it('exp is the latest, or missing if one clause has none', () => {
    expect(latestExp([{ exp: 5 }, { exp: 9 }])).toBe(9);
    expect(latestExp([{ exp: 5 }, { usages_AT: 1 }])).toBeUndefined();
    expect(latestExp([])).toBeUndefined();
  });

  it('nbf is the earliest if all have one in the future, else now', () => {
    expect(earliestNbf([{ nbf: 2000 }, { nbf: 1500 }], 1000)).toBe(1500);
    expect(earliestNbf([{ nbf: 2000 }, {}], 1000)).toBe(1000);
    expect(earliestNbf([{ nbf: 10 }], 1000)).toBe(1000);
  });

  it('a maximum lifetime lowers, sets or adds exp', () => {
    expect(limitLifetime([{ exp: 500 }, { exp: 50 }, { scope: 'a' }], 100)).toEqual([
      { exp: 100 },
      { exp: 50 },
      { scope: 'a', exp: 100 },
    ]);
    expect(limitLifetime([], 100)).toEqual([{ exp: 100 }]);
  });
});

describe('narrowing by the provider', () => {
  it('intersects, and an empty intersection means unrestricted', () => {
    const granted = { scopes: ['openid', 'a'], audience: ['account'] };
    expect(narrowToGrant([{ exp: 5, scope: 'a b', audience: ['x'] }], granted, true)).toEqual([
      { exp: 5, scope: 'a' },
    ]);
    expect(narrowToGrant([{ audience: ['x'] }], granted, false)).toEqual([{ audience: ['x'] }]);
  });

  it('does nothing where the provider was silent', () => {
    const clause = { scope: 'a b', audience: ['x'] };
    expect(narrowToGrant([clause], { scopes: undefined, audience: undefined }, true)).toEqual([clause]);
  });
});
