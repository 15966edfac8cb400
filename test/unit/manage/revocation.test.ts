import { describe, expect, it } from 'vitest';
import { buildForest, type Forest } from '../../../renderer/main/manage/tree/forest.ts';
import {
  isWithin,
  planRevocation,
  type RevocationPlan,
} from '../../../renderer/main/manage/tree/revocation.ts';

/** a(b(c(d)), e), f(g) */
const forest: Forest = buildForest(
  [
    ['a', 0],
    ['b', 1],
    ['c', 2],
    ['d', 3],
    ['e', 1],
    ['f', 0],
    ['g', 1],
  ].map(([momId, depth]) => ({
    momId: String(momId),
    depth: Number(depth),
    name: '',
    createdAtMs: 0,
    expiresAtMs: null,
    ip: null,
  })),
  'created',
);
const at = (momId: string): number => forest.findIndex((node) => node.momId === momId);
const all = { kind: 'all' as const, roots: [at('a'), at('f')] };
const words = (plan: RevocationPlan): string =>
  plan.steps.map(({ momId, recursive }) => `${momId}${recursive ? '*' : ''}`).join(' ');
const ended = (plan: RevocationPlan): string =>
  plan.ended
    .map((index) => forest[index]?.momId)
    .sort()
    .join('');

describe('planRevocation', () => {
  it('one: its children go on working as roots', () => {
    const plan = planRevocation(forest, { kind: 'one', index: at('b') }, new Set(), 'a');
    expect([words(plan), ended(plan), plan.orphaned]).toEqual(['b', 'b', 1]);
  });

  it('a branch is one call', () => {
    const plan = planRevocation(forest, { kind: 'branch', index: at('b') }, new Set(), 'a');
    expect([words(plan), ended(plan), plan.orphaned]).toEqual(['b*', 'bcd', 0]);
  });

  it('all: the family of the mytoken that does it comes last', () => {
    const plan = planRevocation(forest, all, new Set(), 'c');
    expect([words(plan), ended(plan)]).toEqual(['f* a*', 'abcdefg']);
  });

  it('all but some: what is above them goes alone, after what is below, and never the kept ones', () => {
    const plan = planRevocation(forest, all, new Set(['c']), 'c');
    expect([words(plan), ended(plan), plan.orphaned]).toEqual(['d* b e* a f*', 'abdefg', 2]);
  });

  it('all but a root: only what was made from it', () => {
    const plan = planRevocation(forest, all, new Set(['a', 'g']), 'a');
    expect([words(plan), ended(plan), plan.orphaned]).toEqual(['b* e* f', 'bcdef', 1]);
  });

  it('stands a chain of 10,000 generations', () => {
    const chain = buildForest(
      Array.from({ length: 10_000 }, (_, depth) => ({
        ...{ momId: `n${depth}`, depth, name: '', createdAtMs: 0, expiresAtMs: null, ip: null },
      })),
      'created',
    );
    const plan = planRevocation(chain, { kind: 'all', roots: [0] }, new Set(['n9999']), 'n9999');
    expect(plan.steps).toHaveLength(9_999);
    expect(plan.steps[0]).toEqual({ momId: 'n9998', recursive: false });
  });
});

it('isWithin', () => {
  expect(isWithin(forest, at('d'), 'b')).toBe(true);
  expect(isWithin(forest, at('b'), 'b')).toBe(true);
  expect(isWithin(forest, at('e'), 'b')).toBe(false);
});
