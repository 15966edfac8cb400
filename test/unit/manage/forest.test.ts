import { describe, expect, it } from 'vitest';
import {
  allClosed,
  buildForest,
  type Forest,
  initiallyClosed,
  search,
  visibleRows,
} from '../../../renderer/main/manage/tree/forest.ts';
import type { TreeNodeView } from '../../../shared/ipc/contract.ts';

const node = (momId: string, depth: number, over: Partial<TreeNodeView> = {}): TreeNodeView => ({
  momId,
  depth,
  name: momId,
  createdAtMs: 0,
  expiresAtMs: null,
  ip: null,
  ...over,
});

/** a(b(c), d), e */
const family = [
  node('a', 0, { createdAtMs: 2 }),
  node('b', 1, { createdAtMs: 4, expiresAtMs: 9 }),
  node('c', 2, { ip: '192.0.2.7' }),
  node('d', 1, { createdAtMs: 3, expiresAtMs: 5 }),
  node('e', 0, { createdAtMs: 1 }),
];
const shown = (forest: Forest, rows: readonly number[]): string =>
  rows.map((row) => forest[row]?.momId).join('');

describe('buildForest', () => {
  it('knows parents, ends and places among siblings', () => {
    const forest = buildForest(family, 'newest');
    expect(
      forest.map(({ momId, parent, end, position, siblings }) => [momId, parent, end, position, siblings]),
    ).toEqual([
      ['a', -1, 4, 1, 2],
      ['b', 0, 3, 1, 2],
      ['c', 1, 3, 1, 1],
      ['d', 0, 4, 2, 2],
      ['e', -1, 5, 2, 2],
    ]);
  });

  it('sorts siblings and takes children along', () => {
    const order = (by: Parameters<typeof buildForest>[1]): string =>
      buildForest(family, by)
        .map(({ momId }) => momId)
        .join('');
    expect(order('created')).toBe('eadbc');
    expect(order('newest')).toBe('abcde');
    expect(order('expires')).toBe('adbce');
    expect(buildForest([node('x10', 0), node('x9', 0)], 'name').map(({ momId }) => momId)).toEqual([
      'x9',
      'x10',
    ]);
  });

  it('stands a chain of 10,000 generations', () => {
    const forest = buildForest(
      Array.from({ length: 10_000 }, (_, depth) => node(`n${depth}`, depth)),
      'name',
    );
    expect(forest[0]?.end).toBe(10_000);
    expect(forest[9_999]?.parent).toBe(9_998);
  });
});

describe('visibleRows', () => {
  const forest = buildForest(family, 'newest');

  it('leaves out what lies below a closed one', () => {
    expect(shown(forest, visibleRows(forest, new Set(), null))).toBe('abcde');
    expect(shown(forest, visibleRows(forest, new Set(['b']), null))).toBe('abde');
    expect(shown(forest, visibleRows(forest, allClosed(forest), null))).toBe('ae');
  });

  it('a search keeps ancestors, opens what is closed and looks at names, ids and addresses', () => {
    const found = search(forest, ' 192.0.2 ');
    expect(found?.matches).toBe(1);
    expect(shown(forest, visibleRows(forest, allClosed(forest), found))).toBe('abc');
    expect(search(forest, '  ')).toBeNull();
    expect(shown(forest, visibleRows(forest, new Set(), search(forest, 'zzz')))).toBe('');
    expect(shown(forest, visibleRows(forest, new Set(), search(forest, 'E')))).toBe('e');
  });

  it('opens small trees, and of big ones the roots and the way to the own mytoken', () => {
    expect(initiallyClosed(forest, 'c').size).toBe(0);
    const big = buildForest(
      [...family, node('f', 0), ...Array.from({ length: 400 }, (_, i) => node(`f${i}`, 1))],
      'created',
    );
    const rows = visibleRows(big, initiallyClosed(big, 'c'), null);
    expect(rows.map((row) => big[row]?.momId).sort()).toEqual(['a', 'b', 'c', 'd', 'e', 'f']);
  });
});
