import { describe, expect, it } from 'vitest';
import { STANDARD_TEMPLATES } from '../../../sandbox/rules/standard-templates.ts';
import { mergeValues, TemplateExpander } from '../../../sandbox/rules/templates.ts';

const own: Record<string, Record<string, unknown>> = {
  'physics profiles': {
    short: { restrictions: 'physics/tight', name: 'from profile', rotation: { on_AT: true } },
  },
  'physics restrictions': { tight: { exp: '+1h' } },
  '_ profiles': { one: { restrictions: { exp: '+1d', usages_AT: 3 } }, loop: { include: 'loop' } },
};
const expander = new TemplateExpander((kind, group, name) => {
  const shipped = group === '_' ? STANDARD_TEMPLATES[kind][name] : undefined;
  return shipped ?? own[`${group} ${kind}`]?.[name];
});

describe('merging', () => {
  it.each([
    ['own scalar wins', false, true, false],
    ['objects key by key', { a: 1, b: { c: 1 } }, { a: 2, b: { d: 2 } }, { a: 1, b: { c: 1, d: 2 } }],
    ['arrays are united without duplicates', ['a', 'b'], ['b', 'c'], ['a', 'b', 'c']],
    ['a non-array is wrapped', [{ exp: 1 }], { exp: 2 }, [{ exp: 1 }, { exp: 2 }]],
    ['absent takes the included', undefined, [1], [1]],
  ])('%s', (_name, mine, included, expected) => {
    expect(mergeValues(mine, included)).toEqual(expected);
  });

  it('refuses to merge an object with an array', () => {
    expect(() => mergeValues({ exp: 1 }, [{ exp: 2 }])).toThrow(/cannot merge/);
    expect(() => mergeValues({ exp: 1 }, 'web-default')).toThrow(/cannot merge/);
  });
});

describe('expansion', () => {
  it('capabilities: @name in arrays, bare names as a string', () => {
    expect(expander.capabilities(['@default', 'create_mytoken'])).toEqual([
      'AT',
      'tokeninfo',
      'create_mytoken',
    ]);
    expect(expander.capabilities('default+MT')).toEqual(['AT', 'tokeninfo', 'create_mytoken']);
    expect(expander.capabilities(['default'])).toEqual(['default']);
  });

  it('restrictions: a name, several names, include inside a clause', () => {
    expect(expander.restrictions('1d')).toEqual([{ exp: '+1d' }]);
    expect(expander.restrictions('1d ip-this')).toEqual([{ exp: '+1d' }, { hosts: ['this'] }]);
    expect(expander.restrictions('web-default')).toEqual([{ exp: '+12h', hosts: ['this'], usages_AT: 15 }]);
    expect(expander.restrictions([{ include: '1w', usages_AT: 2 }])).toEqual([{ exp: '+1w', usages_AT: 2 }]);
    expect(expander.restrictions([{ include: '1w', exp: 5 }])).toEqual([{ exp: 5 }]);
  });

  it('drops empty clauses, so [{}] means unrestricted', () => {
    expect(expander.restrictions([{}])).toEqual([]);
  });

  it('rotation: includes, own explicit false wins', () => {
    expect(expander.rotation('at-other-auto-revoke')).toEqual({
      on_AT: true,
      on_other: true,
      auto_revoke: true,
    });
    expect(expander.rotation({ include: ['at-other-auto-revoke'], on_AT: false })).toEqual({
      on_AT: false,
      on_other: true,
      auto_revoke: true,
    });
  });

  it('groups and profiles', () => {
    expect(
      expander.profile({ include: '@physics/short', name: 'mine', restrictions: [{ exp: 7 }] }),
    ).toMatchObject({
      name: 'mine',
      rotation: { on_AT: true },
    });
    expect(expander.profile({ include: 'physics/short' })['restrictions']).toEqual([{ exp: '+1h' }]);
    // Without a group a name belongs to `_`, wherever it is written.
    expect(() => expander.restrictions('tight')).toThrow("unknown include name: 'tight'");
  });

  it('a profile’s clause widens an own array and merges into an own object', () => {
    expect(expander.profile({ include: 'one', restrictions: [{ scope: 'a' }] })['restrictions']).toEqual([
      { scope: 'a' },
      { exp: '+1d', usages_AT: 3 },
    ]);
    expect(expander.profile({ include: 'one', restrictions: { usages_AT: 1 } })['restrictions']).toEqual([
      { usages_AT: 1, exp: '+1d' },
    ]);
  });

  it('refuses unknown names and loops', () => {
    expect(() => expander.restrictions('nope')).toThrow("unknown include name: 'nope'");
    expect(() => expander.profile({ include: 'loop' })).toThrow("unknown include name: 'loop'");
  });
});
