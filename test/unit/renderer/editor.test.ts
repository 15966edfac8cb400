import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { asProfile, emptyDraft, type MytokenDraft, withProfile } from '../../../renderer/editor/draft.ts';
import { fromJson, toJson } from '../../../renderer/editor/draft-json.ts';
import { review } from '../../../renderer/editor/review.ts';
import { snippets } from '../../../renderer/main/compose/snippets.ts';
import { expandProfile } from '../../../shared/model/templates.ts';

const texts = fc.array(fc.string({ maxLength: 20 }), { maxLength: 3 });
const drafts: fc.Arbitrary<MytokenDraft> = fc.record({
  name: fc.string({ maxLength: 40 }),
  capabilities: fc.array(fc.string({ minLength: 1, maxLength: 20 }), { maxLength: 3 }),
  restrictions: fc.array(
    fc.record(
      {
        exp: fc.oneof(fc.nat(), fc.string({ maxLength: 20 })),
        scope: fc.string({ maxLength: 20 }),
        audience: texts,
        hosts: texts,
        geoip_allow: texts,
        usages_AT: fc.nat(100),
      },
      { requiredKeys: [] },
    ),
    { maxLength: 3 },
  ),
  rotation: fc.option(
    fc.record(
      { on_AT: fc.boolean(), lifetime: fc.integer({ min: 1, max: 1e6 }) },
      { requiredKeys: ['lifetime'] },
    ),
  ),
  responseType: fc.constantFrom('token', 'short_token', 'transfer_code'),
});

describe('the JSON tab', () => {
  it('reads back every draft it writes', () => {
    fc.assert(
      fc.property(drafts, (draft) => {
        expect(fromJson(toJson(draft))).toEqual({ ok: true, draft });
      }),
      { numRuns: 1_000 },
    );
  });

  it('never fails on anything typed, and every problem has a place in the text', () => {
    const base = toJson(emptyDraft);
    const edits = fc
      .tuple(fc.nat(base.length), fc.nat(12), fc.string({ maxLength: 8 }))
      .map(([at, cut, text]) => base.slice(0, at) + text + base.slice(at + cut));
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json(), edits), (text) => {
        const read = fromJson(text);
        if (read.ok) return;
        expect(read.problems.length).toBeGreaterThan(0);
        for (const { line, column, offset } of read.problems) {
          expect(offset).toBeLessThanOrEqual(text.length);
          expect(line).toBeLessThanOrEqual(text.split('\n').length);
          expect(column).toBeLessThanOrEqual((text.split('\n')[line - 1] ?? '').length + 1);
        }
      }),
      { numRuns: 2_000 },
    );
  });

  it('points at the very place', () => {
    const text =
      '{\n  "capabilities": ["AT"],\n  "restrictions": [{ "ip": ["1.2.3.4"], "usages_AT": -1 }]\n}';
    const read = fromJson(text);
    const places = read.ok ? [] : read.problems.map(({ line, column, kind }) => `${line}:${column} ${kind}`);
    expect(places.sort()).toEqual([
      '3:22 unknown-key',
      `3:${(text.split('\n')[2] ?? '').indexOf('-1') + 1} value`,
    ]);
    expect(fromJson('{\n  "name": }')).toMatchObject({ problems: [{ line: 2, column: 11, kind: 'syntax' }] });
    expect(fromJson('')).toMatchObject({ problems: [{ line: 1, column: 1, kind: 'syntax' }] });
  });
});

describe('profiles and drafts', () => {
  it('a draft saved as a profile fills the form the same way', () => {
    fc.assert(
      fc.property(drafts, (draft) => {
        fc.pre(draft.capabilities.every((capability) => !capability.startsWith('@')));
        const kept = JSON.parse(JSON.stringify(asProfile(draft))) as unknown;
        const back = withProfile(emptyDraft, expandProfile(kept, () => undefined).value);
        expect(back.capabilities).toEqual([...new Set(draft.capabilities)]);
        expect(back.responseType).toBe(draft.responseType);
        expect(back.restrictions).toEqual(
          draft.restrictions.filter((clause) => Object.keys(clause).length > 0),
        );
      }),
    );
  });

  it('a profile from somewhere else cannot put strange types into the form', () => {
    const strange = {
      capabilities: ['AT', 5],
      restrictions: [{ exp: {}, scope: 5, hosts: 'x', audience: ['a', 1], usages_AT: '3', include: 'x' }],
      rotation: { on_AT: 'yes', lifetime: -1 },
    };
    const { value } = expandProfile(
      { ...strange, restrictions: [{ audience: ['a', 1], exp: {} }] },
      () => undefined,
    );
    expect(withProfile(emptyDraft, value)).toMatchObject({
      capabilities: ['AT'],
      restrictions: [{ audience: ['a'] }],
      rotation: null,
    });
  });
});

describe('what is said about a draft', () => {
  const parent = { capabilities: ['AT', 'create_mytoken'], restrictions: [{ exp: 1_000_000, usages_AT: 5 }] };

  it('keeps the findings with their cards when an empty card lies between', () => {
    const found = review(
      {
        ...emptyDraft,
        name: 'x',
        restrictions: [{ exp: 900, usages_AT: 1 }, {}, { exp: 2_000_000, usages_AT: 1 }],
      },
      parent,
      100,
    );
    expect(found.wider.map((keys) => keys.map(({ key }) => key))).toEqual([[], [], ['exp']]);
    expect(found.sendable).toBe(false);
  });

  it('lets through what the server grants as asked', () => {
    const draft = { ...emptyDraft, name: 'x', restrictions: [{ exp: 900, usages_AT: 5 }] };
    expect(review(draft, parent, 100).sendable).toBe(true);
    expect(review({ ...draft, restrictions: [] }, parent, 100).sendable).toBe(true);
    expect(review({ ...draft, capabilities: ['AT', 'settings'] }, parent, 100).sendable).toBe(false);
    expect(review({ ...draft, name: '' }, parent, 100).sendable).toBe(false);
  });
});

describe('ready-made lines', () => {
  it('hold no token, only the variable', () => {
    const minted = {
      ...{ resultId: 'r', name: 'n', momId: null, expiresAtMs: null, capabilities: [], restrictions: [] },
      ...{ rotation: null, differences: [], instanceUrl: 'https://mt.example.org' },
      accessUrl: "https://mt.example.org/api/v0/token/access'; rm -rf ~; '",
      mytokenUrl: 'https://mt.example.org/api/v0/token/my',
    };
    const { curl } = snippets({ ...minted, kind: 'token' });
    expect(curl).toContain('"$MYTOKEN"');
    expect(curl.match(/'/g)).toHaveLength(6); // the address cannot break out of its quotes
    expect(snippets({ ...minted, kind: 'transfer_code' }).curl).toContain('"$MYTOKEN_TC"');
  });
});
