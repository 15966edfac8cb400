import { describe, expect, it } from 'vitest';
import { placeAndTimeOk, selectForAccessToken, selectForOther } from '../../../sandbox/rules/selection.ts';
import type { AccessRequest, CallerFacts } from '../../../sandbox/rules/selection.ts';

const facts: CallerFacts = {
  nowS: 1000,
  ip: '127.0.0.1',
  country: 'DE',
  reverseDns: { '127.0.0.1': ['localhost'] },
  caseSensitiveGeo: true,
  done: () => ({}),
};
const request: AccessRequest = {
  scopes: [],
  audience: [],
  providerScopes: ['openid', 'profile'],
  audienceNotApplied: true,
  unrestrictedIgnoresScope: true,
};

describe('time, place and country', () => {
  it.each([
    [{ nbf: 1000 }, true],
    [{ nbf: 1001 }, false],
    [{ exp: 1000 }, true],
    [{ exp: 999 }, false],
    [{ hosts: ['127.0.0.0/8'] }, true],
    [{ hosts: ['localhost'] }, true],
    [{ hosts: ['192.0.2.1', '10.0.0.0/8'] }, false],
    [{ geoip_allow: ['DE'] }, true],
    [{ geoip_allow: ['de'] }, false],
    [{ geoip_allow: ['FR'] }, false],
    [{ geoip_disallow: ['DE'] }, false],
    [{ geoip_disallow: ['FR'] }, true],
  ])('%j: %s', (clause, expected) => {
    expect(placeAndTimeOk(clause, facts)).toBe(expected);
  });

  it('without a GeoIP database allow always fails and disallow always passes', () => {
    const blind = { ...facts, country: '' };
    expect(placeAndTimeOk({ geoip_allow: ['DE'] }, blind)).toBe(false);
    expect(placeAndTimeOk({ geoip_disallow: ['DE'] }, blind)).toBe(true);
  });
});

describe('the clause an access token is charged to', () => {
  it('an unrestricted token ignores what was asked for', () => {
    expect(selectForAccessToken([], facts, { ...request, scopes: ['openid'], audience: ['x'] })).toEqual({
      scopes: ['openid', 'profile'],
      audience: [],
    });
  });

  it('the first usable clause in token order', () => {
    const clauses = [{ scope: 'a' }, { scope: 'b', usages_AT: 1 }, { exp: 2000 }];
    expect(selectForAccessToken(clauses, facts, { ...request, scopes: ['b'] })?.clause).toBe(clauses[1]);
    expect(selectForAccessToken(clauses, facts, { ...request, scopes: ['c'] })?.clause).toBe(clauses[2]);
    expect(selectForAccessToken(clauses, facts, request)).toEqual({
      clause: clauses[0],
      scopes: ['a'],
      audience: [],
    });
  });

  it('passes over clauses without uses left, and refuses when none is left', () => {
    const clauses = [{ usages_AT: 1 }, { usages_AT: 0 }];
    const used = { ...facts, done: (clause: object) => (clause === clauses[0] ? { AT: 1 } : {}) };
    expect(selectForAccessToken(clauses, facts, request)?.clause).toBe(clauses[0]);
    expect(selectForAccessToken(clauses, used, request)).toBeUndefined();
  });

  it('falls back to all scopes of the provider', () => {
    expect(selectForAccessToken([{ exp: 2000 }], facts, request)?.scopes).toEqual(['openid', 'profile']);
  });

  it('does not apply the clause’s audience unasked, unless the quirk is off', () => {
    const clauses = [{ audience: ['x'] }];
    expect(selectForAccessToken(clauses, facts, request)?.audience).toEqual([]);
    expect(selectForAccessToken(clauses, facts, { ...request, audience: ['x'] })?.audience).toEqual(['x']);
    expect(selectForAccessToken(clauses, facts, { ...request, audience: ['y'] })).toBeUndefined();
    const fixed = { ...request, audienceNotApplied: false };
    expect(selectForAccessToken(clauses, facts, fixed)?.audience).toEqual(['x']);
  });
});

describe('other uses', () => {
  it('take the first clause with uses left', () => {
    const clauses = [
      { usages_AT: 1, usages_other: 1 },
      { usages_AT: 1, usages_other: 2 },
    ];
    const used = { ...facts, done: () => ({ other: 1 }) };
    expect(selectForOther(clauses, facts)).toBe(clauses[0]);
    expect(selectForOther(clauses, used)).toBe(clauses[1]);
    expect(selectForOther([clauses[0] ?? {}], used)).toBeUndefined();
  });
});
