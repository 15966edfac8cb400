import { expect, it } from 'vitest';
import type { TreeNodeView } from '../../../shared/ipc/contract.ts';
import { choices, searchChoices } from '../../../renderer/main/notices/tokens.ts';

const nowMs = 1_000_000;
const node = (momId: string, depth: number, expiresAtMs: number | null = null): TreeNodeView => ({
  momId,
  name: `name of ${momId}`,
  createdAtMs: 0,
  expiresAtMs,
  ip: null,
  depth,
});
const own = { momId: 'own', tokenName: 'mine', expiresAtMs: nowMs + 1 };

it('the own mytoken comes first, and those below it are told apart from its siblings', () => {
  const found = choices(
    [
      node('root', 0),
      node('own', 1, nowMs + 5),
      node('child', 2),
      node('grandchild', 3),
      node('sibling', 1),
      node('nephew', 2),
      node('other', 0),
    ],
    own,
    nowMs,
  );
  expect(found.map(({ momId, derived }) => [momId, derived])).toEqual([
    ['own', true],
    ['root', false],
    ['child', true],
    ['grandchild', true],
    ['sibling', false],
    ['nephew', false],
    ['other', false],
  ]);
  expect(found[0]).toMatchObject({ name: 'name of own', expiresAtMs: nowMs + 5 });
});

it('is there without any list, and leaves out what has expired', () => {
  expect(choices([], own, nowMs)).toMatchObject([{ momId: 'own', name: 'mine', derived: true }]);
  const found = choices([node('old', 0, nowMs), node('new', 0, nowMs + 1)], own, nowMs);
  expect(found.map(({ momId }) => momId)).toEqual(['own', 'new']);
});

it('is found by name and id in any case', () => {
  const all = choices([node('AbC', 0)], own, nowMs);
  expect(searchChoices(all, ' abc ').map(({ momId }) => momId)).toEqual(['AbC']);
  expect(searchChoices(all, '')).toBe(all);
});
