import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  capabilityTree,
  childCapabilities,
  dangerOf,
  hasCapability,
  knownCapabilities,
  levelOf,
  normaliseCapabilities,
  withLevel,
} from '../../../shared/model/capabilities.ts';
import { cautionsFor, fieldProblems, predictChild } from '../../../shared/model/sub-mytoken.ts';
import { expandProfile, type TemplateLookup, TemplateProblem } from '../../../shared/model/templates.ts';
import { STANDARD_TEMPLATES } from '../../../sandbox/rules/standard-templates.ts';
import { TemplateExpander } from '../../../sandbox/rules/templates.ts';

const set = fc.uniqueArray(
  fc.constantFrom(
    ...knownCapabilities,
    'read@settings',
    'read@settings:email',
    'read@manage_mytokens:notify',
  ),
  { maxLength: 6 },
);

describe('capabilities', () => {
  it('a set put at a level is at that level, and gains nothing else', () => {
    fc.assert(
      fc.property(
        set,
        fc.constantFrom(...knownCapabilities),
        fc.constantFrom('none', 'read', 'write'),
        (owned, capability, level) => {
          const after = withLevel(owned, capability, level);
          expect(levelOf(after, capability)).toBe(level);
          for (const other of knownCapabilities) {
            const related = other.startsWith(capability) || capability.startsWith(other);
            if (!related) expect(levelOf(after, other)).toBe(levelOf(owned, other));
            if (level === 'none')
              expect(!hasCapability(after, other) || hasCapability(owned, other)).toBe(true);
          }
        },
      ),
      { numRuns: 3_000 },
    );
  });

  it('taking one part of a whole away leaves the other parts', () => {
    expect(withLevel(['settings'], 'settings:grants:ssh', 'none')).toEqual(['settings:email']);
    expect(withLevel(['tokeninfo'], 'tokeninfo:history', 'none')).toEqual([
      'tokeninfo:introspect',
      'tokeninfo:subtokens',
      'tokeninfo:notify',
    ]);
  });

  it('normalising changes nothing that a set allows', () => {
    fc.assert(
      fc.property(set, (owned) => {
        const normal = normaliseCapabilities(owned);
        for (const capability of knownCapabilities)
          expect(levelOf(normal, capability)).toBe(levelOf(owned, capability));
        expect(normaliseCapabilities(normal)).toEqual(normal);
      }),
    );
  });

  it('a child never has what its parent has not', () => {
    fc.assert(
      fc.property(set, set, (parent, wanted) => {
        for (const capability of childCapabilities(parent, wanted))
          expect(hasCapability(parent, capability)).toBe(true);
      }),
    );
  });

  it('shows unknown capabilities rather than hiding them', () => {
    expect(capabilityTree(['AT', 'read@new:thing']).at(-1)).toMatchObject({
      capability: 'new:thing',
      hasReadOnlyForm: true,
    });
    expect(dangerOf('new:thing')).toBe('warning');
    expect(dangerOf('settings')).toBe('danger');
    expect(dangerOf('tokeninfo:history')).toBe('normal');
  });
});

describe('a wish for a sub-mytoken', () => {
  const wish = { name: 'job', capabilities: ['AT'], restrictions: [], rotation: null };

  it('names each mistake with its clause and entry', () => {
    expect(
      fieldProblems(
        {
          name: ' ',
          capabilities: [],
          rotation: { lifetime: 0 },
          restrictions: [
            {
              exp: '2026-03-01',
              hosts: ['192.0.2.7/24', '???'],
              geoip_allow: ['de'],
              usages_AT: -1,
              scope: 'a "b"',
            },
            { exp: 50 },
            { nbf: 300, exp: 200 },
          ],
        },
        100,
      ),
    ).toEqual([
      { field: 'name', clause: null, problem: 'empty', value: '' },
      { field: 'capabilities', clause: null, problem: 'empty', value: '' },
      { field: 'rotation', clause: null, problem: 'not-a-count', value: '0' },
      { field: 'exp', clause: 0, problem: 'server-local', value: '2026-03-01' },
      { field: 'scope', clause: 0, problem: 'not-a-scope', value: '"b"' },
      { field: 'hosts', clause: 0, problem: 'host-bits', value: '192.0.2.0/24' },
      { field: 'hosts', clause: 0, problem: 'not-a-host', value: '???' },
      { field: 'geoip_allow', clause: 0, problem: 'not-a-country', value: 'de' },
      { field: 'usages_AT', clause: 0, problem: 'not-a-count', value: '-1' },
      { field: 'exp', clause: 1, problem: 'past', value: '' },
      { field: 'exp', clause: 2, problem: 'ends-before-it-begins', value: '' },
    ]);
    expect(fieldProblems(wish, 100)).toEqual([]);
  });

  it('is refused where a server refuses', () => {
    const parent = { capabilities: ['create_mytoken', 'AT'], restrictions: [] };
    expect(predictChild(parent, { ...wish, capabilities: ['settings'] }, 100).refused).toBe(
      'no-capabilities',
    );
    expect(predictChild(parent, { ...wish, restrictions: [{ exp: 50 }] }, 100).refused).toBe('expired');
    expect(predictChild(parent, { ...wish, capabilities: ['AT', 'settings'] }, 100)).toMatchObject({
      refused: null,
      droppedCapabilities: ['settings'],
    });
  });

  it('gives a second look to what is dangerous', () => {
    const isDangerous = (capability: string): boolean => dangerOf(capability) === 'danger';
    expect(cautionsFor(['settings'], [], 0, isDangerous).map(({ kind }) => kind)).toEqual([
      'unrestricted',
      'dangerous-capability',
    ]);
    expect(cautionsFor(['AT'], [{ usages_other: 2 }], 0, isDangerous).map(({ kind }) => kind)).toEqual([
      'no-expiry',
      'other-uses-without-AT-limit',
    ]);
    expect(cautionsFor(['AT'], [{ exp: 100 * 86_400 }], 0, isDangerous)).toEqual([
      { kind: 'long-lived', expSeconds: 100 * 86_400 },
    ]);
    expect(cautionsFor(['AT'], [{ exp: 86_400 }], 0, isDangerous)).toEqual([]);
  });
});

describe('profiles with includes', () => {
  const templates: Record<string, Record<string, unknown>> = {
    ...STANDARD_TEMPLATES,
    profiles: {
      ...STANDARD_TEMPLATES.profiles,
      mine: { include: 'web-default', name: 'mine', rotation: 'at' },
    },
    restrictions: { ...STANDARD_TEMPLATES.restrictions, loop: { include: 'loop' } },
  };
  const lookup: TemplateLookup = (kind, group, name) => (group === '_' ? templates[kind]?.[name] : undefined);

  it('expands as the reference says', () => {
    const { value, included } = expandProfile({ include: ['mine'], capabilities: ['@default+MT'] }, lookup);
    expect(value).toEqual({
      name: 'mine',
      capabilities: ['AT', 'tokeninfo', 'create_mytoken'],
      restrictions: [{ exp: '+12h', hosts: ['this'], usages_AT: 15 }],
      rotation: { on_AT: true },
    });
    expect(included.map(({ reference }) => reference)).toContain('web-default');
  });

  it('tells what is unknown, circular or cannot be merged', () => {
    const reason = (raw: unknown): string => {
      try {
        expandProfile(raw, lookup);
        return 'none';
      } catch (error) {
        return error instanceof TemplateProblem ? `${error.reason} ${error.reference}` : 'other';
      }
    };
    expect(reason({ include: 'nowhere' })).toBe('unknown nowhere');
    expect(reason({ restrictions: 'loop' })).toBe('circular loop');
    expect(reason({ include: 'web-default', restrictions: { exp: '+1d' } })).toBe(
      'not-mergeable web-default',
    );
  });

  it('agrees with a server on random requests', () => {
    const server = new TemplateExpander(lookup);
    const name = fc.constantFrom(...Object.keys(STANDARD_TEMPLATES.restrictions), 'nowhere');
    const clause = fc.record(
      { include: fc.oneof(name, fc.array(name, { maxLength: 2 })), usages_AT: fc.nat(3), exp: fc.nat(9) },
      { requiredKeys: [] },
    );
    const request = fc.record(
      {
        include: fc.constantFrom('agent', 'web-default', 'agent web-default', 'mine', 'nowhere'),
        capabilities: fc.constantFrom('all', ['@default', 'settings'], ['AT'], []),
        restrictions: fc.oneof(name, clause, fc.array(fc.oneof(clause, name), { maxLength: 3 })),
        rotation: fc.oneof(
          fc.constantFrom(...Object.keys(STANDARD_TEMPLATES.rotation)),
          fc.record(
            { include: fc.constantFrom('at', 'daily at'), on_AT: fc.boolean() },
            { requiredKeys: [] },
          ),
        ),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(request, (raw) => {
        let expected: unknown;
        try {
          expected = server.profile(structuredClone(raw));
        } catch {
          expected = 'refused';
        }
        let ours: unknown;
        try {
          ours = expandProfile(raw, lookup).value;
        } catch (error) {
          if (!(error instanceof TemplateProblem)) throw error;
          ours = 'refused';
        }
        expect(ours).toEqual(expected);
      }),
      { numRuns: 3_000 },
    );
  });
});
