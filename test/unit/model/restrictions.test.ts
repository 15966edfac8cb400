import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countryCodes, countryFlag, isCountryCode } from '../../../shared/model/countries.ts';
import { hostWithin, readHost } from '../../../shared/model/hosts.ts';
import type { Clause } from '../../../shared/model/mytoken.ts';
import { selectForAccessToken, selectForOther } from '../../../sandbox/rules/selection.ts';
import {
  clauseFor,
  fitInto,
  forbiddenBy,
  normaliseRestrictions,
  redundantClauses,
  restrictionKeys,
  tighten,
  widerThan,
} from '../../../shared/model/restrictions.ts';
import { readTime, resolveTime } from '../../../shared/model/time-expressions.ts';

describe('times in requests', () => {
  it.each([
    ['+1d', 86_400],
    ['+2h30m', 9_000],
    ['+1.5w', 907_200],
    ['+3600', 3_600],
    ['+90s', 90],
    ['+1y', 31_536_000],
    ['+500ms', 0.5],
  ])('%s is so many seconds from now', (text, offsetSeconds) => {
    expect(readTime(text)).toEqual({ kind: 'relative', offsetSeconds });
  });

  it.each([
    [1_767_225_600, 1_767_225_600],
    ['1767225600', 1_767_225_600],
    ['2026-01-01T00:00:00Z', 1_767_225_600],
    ['2026-01-01 02:00 +02:00', 1_767_225_600],
  ])('%s is one instant everywhere', (value, seconds) => {
    expect(resolveTime(value, 5)).toBe(seconds);
  });

  it('a date without a zone would be in the server’s own time, which nobody here knows', () => {
    expect(readTime('2026-03-01 12:00')).toEqual({ kind: 'problem', problem: 'server-local' });
  });

  it.each(['+', '+1', '+1x', '1d', 'tomorrow', '+1d 2h', '-1d'])('%s', (text) => {
    const read = readTime(text);
    expect(read).toEqual(
      text === '+1' ? { kind: 'relative', offsetSeconds: 1 } : { kind: 'problem', problem: 'not-a-time' },
    );
  });

  it('milliseconds for seconds are noticed', () => {
    expect(readTime(1_767_225_600_000)).toEqual({ kind: 'problem', problem: 'too-far' });
  });
});

describe('hosts', () => {
  it.each([
    ['192.0.2.7', 'network'],
    ['192.0.2.0/24', 'network'],
    ['2001:db8::/32', 'network'],
    ['::ffff:192.0.2.7', 'network'],
    ['node1.hpc.example.org', 'name'],
    ['*.hpc.example.org', 'suffix'],
    ['This', 'this'],
    ['300.1.1.1', 'problem'],
    ['192.0.2', 'problem'],
    ['a/24', 'problem'],
    ['192.0.2.0/33', 'problem'],
    ['*.', 'problem'],
    ['-a.example.org', 'problem'],
    ['1:2:3:4:5:6:7:8:9', 'problem'],
    ['https://example.org', 'problem'],
  ])('%s is read as %s', (text, kind) => {
    expect(readHost(text).kind).toBe(kind);
  });

  it('says which network is meant when host bits are set: servers take the single address', () => {
    expect(readHost('192.0.2.7/24')).toMatchObject({
      problem: { reason: 'host-bits', meant: '192.0.2.0/24' },
    });
    expect(readHost('2001:db8::5/32')).toMatchObject({ problem: { meant: '2001:db8::/32' } });
    expect(hostWithin('192.0.2.8', '192.0.2.7/24')).toBe(false);
    expect(hostWithin('192.0.2.7', '192.0.2.7/24')).toBe(true);
  });

  it.each([
    ['10.1.2.3', '10.0.0.0/8', true],
    ['10.0.0.0/8', '10.1.0.0/16', false],
    ['::ffff:10.1.2.3', '10.0.0.0/8', true],
    ['2001:db8:1::/48', '2001:db8::/32', true],
    ['A.example.org', 'a.example.org', true],
    ['hpc.example.org', '*.hpc.example.org', false],
    ['*.hpc.example.org', '*.example.org', true],
    ['evilexample.org', '*.example.org', false],
    ['node1.example.org', '10.0.0.0/8', 'unknown'],
    ['10.1.2.3', '*.example.org', 'unknown'],
    ['this', '10.0.0.0/8', 'unknown'],
  ] as const)('%s within %s: %s', (inner, outer, expected) => {
    expect(hostWithin(inner, outer)).toBe(expected);
  });
});

describe('countries', () => {
  it('are upper case, as servers compare them', () => {
    expect(countryCodes).toHaveLength(249);
    expect(isCountryCode('DE')).toBe(true);
    expect(isCountryCode('de')).toBe(false);
    expect(countryFlag('DE')).toBe('🇩🇪');
  });
});

describe('the reference’s own examples', () => {
  const parent: readonly Clause[] = [{ exp: 1_000, usages_AT: 20 }];

  it('one wider clause vanishes silently', () => {
    const result = tighten(parent, [
      { exp: 900, usages_AT: 5 },
      { exp: 2_000, usages_AT: 5 },
    ]);
    expect(result.outcome).toBe('clauses-lost');
    expect(result.restrictions).toEqual([{ exp: 900, usages_AT: 5 }]);
    expect(result.verdicts[1]).toEqual({
      base: null,
      wider: [{ key: 'exp', certain: true }],
      closest: 0,
    });
  });

  it('when all are wider the child gets everything its parent may', () => {
    const result = tighten(parent, [{ exp: 2_000 }]);
    expect(result).toMatchObject({ outcome: 'all-lost', restrictions: parent });
    expect(result.verdicts[0]?.wider.map(({ key }) => key)).toEqual(['exp', 'usages_AT']);
  });

  it('use counts are taken off the parent’s clause for the clauses that follow', () => {
    const twice = [
      { exp: 900, usages_AT: 15 },
      { exp: 800, usages_AT: 15 },
    ];
    expect(tighten(parent, twice).outcome).toBe('clauses-lost');
    expect(tighten([...parent, ...parent], twice).outcome).toBe('asked');
  });

  it('a clause without a key means nothing at all', () => {
    expect(normaliseRestrictions([{}, { scope: '  ' }, { hosts: [] }, { exp: 0 }], 5)).toEqual([]);
  });

  it('`this` is within the only clause under which the child can be made, and uncertain among several', () => {
    const base = { hosts: ['10.0.0.0/8'] };
    expect(tighten([base], [{ hosts: ['this'] }]).outcome).toBe('asked');
    expect(tighten([base, { exp: 5 }], [{ hosts: ['this'] }]).verdicts[0]?.wider).toEqual(
      expect.arrayContaining([{ key: 'hosts', certain: false }]),
    );
  });
});

describe('comparing clauses', () => {
  const keys = {
    exp: fc.integer({ min: 1, max: 9 }),
    nbf: fc.integer({ min: 1, max: 9 }),
    scope: fc.subarray(['a', 'b', 'c'], { minLength: 1 }).map((list) => list.join(' ')),
    audience: fc.subarray(['x', 'y'], { minLength: 1 }),
    hosts: fc.subarray(['10.0.0.0/8', '10.1.0.0/16', '*.example.org', 'a.example.org'], { minLength: 1 }),
    geoip_disallow: fc.subarray(['DE', 'FR'], { minLength: 1 }),
    usages_AT: fc.nat(3),
  };
  const clause = fc.record(keys, { requiredKeys: [] });

  it('is reflexive and transitive', () => {
    fc.assert(
      fc.property(clause, clause, clause, (a, b, c) => {
        expect(widerThan(a, a)).toEqual([]);
        if (widerThan(a, b).length === 0 && widerThan(b, c).length === 0) expect(widerThan(a, c)).toEqual([]);
      }),
      { numRuns: 3_000 },
    );
  });

  it('a clause made to fit is within its parent, and changes nowhere else', () => {
    fc.assert(
      fc.property(clause, clause, (wanted, base) => {
        const wider = widerThan(wanted, base);
        const fitted = fitInto(wanted, base, wider) as Clause;
        expect(widerThan(fitted, base)).toEqual([]);
        for (const key of restrictionKeys) {
          if (!wider.some((entry) => entry.key === key)) expect(fitted[key]).toEqual(wanted[key as 'exp']);
        }
      }),
      { numRuns: 3_000 },
    );
  });

  it('finds clauses that add nothing, and never all of a group of equals', () => {
    expect(redundantClauses([{ exp: 5 }, { exp: 3, scope: 'a' }, { exp: 5 }])).toEqual([
      { index: 1, coveredBy: 0 },
      { index: 2, coveredBy: 0 },
    ]);
    expect(redundantClauses([{ exp: 5 }, { exp: 3, usages_AT: 2 }])).toEqual([]);
    fc.assert(
      fc.property(fc.array(clause, { minLength: 1, maxLength: 4 }), (clauses) => {
        expect(redundantClauses(clauses).length).toBeLessThan(clauses.length);
      }),
    );
  });
});

describe('using a mytoken', () => {
  const some = <T>(values: readonly T[]): fc.Arbitrary<T[]> =>
    fc.uniqueArray(fc.constantFrom(...values), { minLength: 1, maxLength: 2 });
  const clause = fc.record(
    {
      nbf: fc.constantFrom(50, 100, 150),
      exp: fc.constantFrom(50, 100, 150),
      scope: some(['a', 'b', 'c']).map((list) => list.join(' ')),
      audience: some(['x', 'y']),
      hosts: some(['10.0.0.0/8', '192.0.2.7', 'name.example.org', '2001:db8::/32']),
      geoip_allow: some(['DE', 'FR']),
      geoip_disallow: some(['DE', 'US']),
      usages_AT: fc.nat(1),
      usages_other: fc.nat(1),
    },
    { requiredKeys: [] },
  );
  const facts = fc.record({
    ip: fc.constantFrom('10.1.2.3', '192.0.2.7', '2001:db8::5', '::ffff:10.1.1.1'),
    country: fc.constantFrom('DE', 'US', 'IT'),
  });

  it('charges the clause that a server charges', () => {
    fc.assert(
      fc.property(
        fc.array(clause, { minLength: 1, maxLength: 4 }),
        facts,
        fc.subarray(['a', 'b']),
        fc.subarray(['x']),
        (clauses, { ip, country }, scope, audience) => {
          const server = { nowS: 100, ip, country, reverseDns: {}, caseSensitiveGeo: true, done: () => ({}) };
          const request = {
            ...{ scopes: scope, audience, providerScopes: ['a', 'b', 'c'] },
            ...{ audienceNotApplied: true, unrestrictedIgnoresScope: true },
          };
          const ours = { nowSeconds: 100, ip, country };
          const charged = selectForAccessToken(clauses, server, request)?.clause;
          const index = clauseFor(clauses, { kind: 'AT', scope, audience }, ours);
          expect(index === null ? undefined : clauses[index]).toBe(charged);
          const other = clauseFor(clauses, { kind: 'other' }, ours);
          expect(other === null ? undefined : clauses[other]).toBe(selectForOther(clauses, server));
        },
      ),
      { numRuns: 3_000 },
    );
  });

  it('holds nothing against a use that is not known, and says what is', () => {
    const limits = { nbf: 200, hosts: ['10.0.0.0/8'], geoip_allow: ['DE'], usages_other: 0 };
    const nobody = { nowSeconds: 100, ip: null, country: null };
    expect(forbiddenBy(limits, { kind: 'other' }, nobody)).toEqual(['nbf', 'usages_other']);
    expect(clauseFor([], { kind: 'other' }, nobody)).toBe(0);
  });
});
