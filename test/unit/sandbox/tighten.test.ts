import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { isTighter, tighten } from '../../../sandbox/rules/tighten.ts';
import type { Clause } from '../../../sandbox/types.ts';

describe('isTighter', () => {
  const cases: [string, Clause, Clause, boolean][] = [
    ['nothing against nothing', {}, {}, true],
    ['later start', { nbf: 200 }, { nbf: 100 }, true],
    ['earlier start', { nbf: 50 }, { nbf: 100 }, false],
    ['missing start counts as 0', {}, { nbf: 100 }, false],
    ['earlier end', { exp: 90 }, { exp: 100 }, true],
    ['later end', { exp: 110 }, { exp: 100 }, false],
    ['no end against an end', {}, { exp: 100 }, false],
    ['subset of scopes', { scope: 'a' }, { scope: 'a b' }, true],
    ['no scope against scopes', {}, { scope: 'a b' }, false],
    ['a foreign scope', { scope: 'a c' }, { scope: 'a b' }, false],
    ['scope against none', { scope: 'z' }, {}, true],
    ['subset of audiences', { audience: ['x'] }, { audience: ['x', 'y'] }, true],
    ['no audience against some', {}, { audience: ['x'] }, false],
    ['address in a network', { hosts: ['192.0.2.7'] }, { hosts: ['192.0.2.0/24'] }, true],
    ['address outside', { hosts: ['192.0.3.7'] }, { hosts: ['192.0.2.0/24'] }, false],
    ['smaller network in a larger one', { hosts: ['10.1.0.0/16'] }, { hosts: ['10.0.0.0/8'] }, true],
    ['larger network in a smaller one', { hosts: ['10.0.0.0/8'] }, { hosts: ['10.1.0.0/16'] }, false],
    ['base with host bits set is one address', { hosts: ['192.0.2.8'] }, { hosts: ['192.0.2.7/24'] }, false],
    ['the same name', { hosts: ['a.example.org'] }, { hosts: ['a.example.org'] }, true],
    ['a name below the wildcard', { hosts: ['n1.hpc.example.org'] }, { hosts: ['*.hpc.example.org'] }, true],
    ['the bare suffix', { hosts: ['hpc.example.org'] }, { hosts: ['*.hpc.example.org'] }, false],
    ['no hosts against hosts', {}, { hosts: ['192.0.2.7'] }, false],
    ['allowed countries: subset', { geoip_allow: ['DE'] }, { geoip_allow: ['DE', 'FR'] }, true],
    ['forbidden countries: all of them', { geoip_disallow: ['DE', 'FR'] }, { geoip_disallow: ['DE'] }, true],
    ['forbidden countries: one is missing', { geoip_disallow: ['FR'] }, { geoip_disallow: ['DE'] }, false],
    ['fewer uses', { usages_AT: 2 }, { usages_AT: 3 }, true],
    ['more uses', { usages_AT: 4 }, { usages_AT: 3 }, false],
    ['no count is infinity', {}, { usages_AT: 3 }, false],
    ['count against infinity', { usages_other: 9 }, {}, true],
    ['no use at all', { usages_AT: 0 }, { usages_AT: 3 }, true],
  ];
  it.each(cases)('%s', (_name, wanted, base, expected) => {
    expect(isTighter(wanted, base)).toBe(expected);
  });

  it('knows names of addresses', () => {
    const reverse = { '192.0.2.7': ['n1.hpc.example.org'] };
    expect(isTighter({ hosts: ['192.0.2.7'] }, { hosts: ['*.hpc.example.org'] }, reverse)).toBe(true);
    expect(isTighter({ hosts: ['n1.hpc.example.org'] }, { hosts: ['192.0.2.0/24'] }, reverse)).toBe(true);
    expect(isTighter({ hosts: ['n2.hpc.example.org'] }, { hosts: ['192.0.2.0/24'] }, reverse)).toBe(false);
  });
});

describe('tighten', () => {
  it('lets everything pass when the parent is unrestricted', () => {
    expect(tighten([], [{ exp: 5 }])).toEqual({ restrictions: [{ exp: 5 }], complete: true });
  });

  it('loses a clause which is not tighter', () => {
    const parent = [{ exp: 100 }];
    const wanted = [{ exp: 50 }, { exp: 200 }];
    expect(tighten(parent, wanted)).toEqual({ restrictions: [{ exp: 50 }], complete: false });
  });

  it('gives the parent’s restrictions when all clauses are lost', () => {
    const parent = [{ exp: 100, usages_AT: 3 }];
    expect(tighten(parent, [{ exp: 200 }])).toEqual({ restrictions: parent, complete: false });
    expect(tighten(parent, [])).toEqual({ restrictions: parent, complete: true });
  });

  it('subtracts uses inside one request: 2 + 2 do not fit into 3', () => {
    const result = tighten([{ usages_AT: 3 }], [{ usages_AT: 2 }, { usages_AT: 2 }]);
    expect(result).toEqual({ restrictions: [{ usages_AT: 2 }], complete: false });
  });

  it('takes the first matching clause of the parent, then the next one', () => {
    const parent = [{ usages_AT: 2 }, { usages_AT: 5 }];
    const result = tighten(parent, [{ usages_AT: 2 }, { usages_AT: 4 }]);
    expect(result).toEqual({ restrictions: [{ usages_AT: 2 }, { usages_AT: 4 }], complete: true });
    expect(parent).toEqual([{ usages_AT: 2 }, { usages_AT: 5 }]);
  });

  it('never yields a clause which nothing of the parent covers', () => {
    const clause = fc.record(
      {
        exp: fc.integer({ min: 1, max: 50 }),
        scope: fc.constantFrom('a', 'b', 'a b', 'c'),
        usages_AT: fc.integer({ min: 0, max: 5 }),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(
        fc.array(clause, { minLength: 1, maxLength: 3 }),
        fc.array(clause, { maxLength: 4 }),
        (p, w) => {
          const { restrictions } = tighten(p, w);
          return (
            restrictions.length > 0 && restrictions.every((entry) => p.some((base) => isTighter(entry, base)))
          );
        },
      ),
    );
  });
});
