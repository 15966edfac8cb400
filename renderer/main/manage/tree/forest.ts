import type { TreeNodeView } from '../../../../shared/ipc/contract.ts';

/** A node with what a tree view has to know of its place; nodes are kept in the order in which they are shown. */
export interface ForestNode extends TreeNodeView {
  /** Index of the parent, -1 for roots. */
  readonly parent: number;
  /** Index behind the last descendant. */
  readonly end: number;
  readonly position: number;
  readonly siblings: number;
  /** What a search looks at, in small letters. */
  readonly text: string;
}

export type Forest = readonly ForestNode[];

export const treeOrders = ['created', 'newest', 'name', 'expires'] as const;
export type TreeOrder = (typeof treeOrders)[number];

type Compare = (one: TreeNodeView, other: TreeNodeView) => number;

const names = new Intl.Collator(undefined, { numeric: true, sensitivity: 'base' });
const forever = Number.MAX_SAFE_INTEGER;

const compares: Readonly<Record<TreeOrder, Compare>> = {
  created: (one, other) => one.createdAtMs - other.createdAtMs,
  newest: (one, other) => other.createdAtMs - one.createdAtMs,
  name: (one, other) => names.compare(one.name, other.name),
  expires: (one, other) => (one.expiresAtMs ?? forever) - (other.expiresAtMs ?? forever),
};

/**
 * Builds the forest from nodes in any order of siblings, parents before children. Done once per answer and per order, never per
 * keystroke. Linear but for sorting siblings; no recursion, so that no depth is too deep.
 */
export function buildForest(nodes: readonly TreeNodeView[], order: TreeOrder): Forest {
  const { roots, children } = kinship(nodes);
  const compare = compares[order];
  const sorted = (indexes: readonly number[]): number[] =>
    [...indexes].sort((a, b) => {
      const [one, other] = [nodes[a], nodes[b]];
      return one && other ? compare(one, other) || a - b : 0;
    });

  const shown: (ForestNode & { end: number })[] = [];
  /** What is still to be shown, the next one last. */
  const waiting: {
    readonly source: number;
    readonly parent: number;
    readonly position: number;
    readonly siblings: number;
  }[] = [];
  const push = (indexes: readonly number[], parent: number): void => {
    const group = sorted(indexes);
    for (let at = group.length - 1; at >= 0; at -= 1) {
      const source = group[at];
      if (source !== undefined) waiting.push({ source, parent, position: at + 1, siblings: group.length });
    }
  };
  push(roots, -1);
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { source, parent, position, siblings } = next;
    const node = nodes[source];
    if (!node) continue;
    const index = shown.length;
    const text = `${node.name}\n${node.momId}\n${node.ip ?? ''}`.toLowerCase();
    shown.push({ ...node, parent, end: index + 1, position, siblings, text });
    push(children[source] ?? [], index);
  }
  for (let index = shown.length - 1; index >= 0; index -= 1) {
    const node = shown[index];
    const parent = node && shown[node.parent];
    if (node && parent) parent.end = Math.max(parent.end, node.end);
  }
  return shown;
}

/** Who is whose child, told from depths in an order where parents come first. */
function kinship(nodes: readonly TreeNodeView[]): {
  readonly roots: readonly number[];
  readonly children: readonly (readonly number[])[];
} {
  const roots: number[] = [];
  const children: number[][] = nodes.map(() => []);
  const path: number[] = [];
  nodes.forEach(({ depth }, index) => {
    const parent = depth > 0 ? path[depth - 1] : undefined;
    if (parent === undefined) roots.push(index);
    else children[parent]?.push(index);
    path.length = depth;
    path[depth] = index;
  });
  return { roots, children };
}

export function hasChildren(node: ForestNode, index: number): boolean {
  return node.end > index + 1;
}

/** Which nodes a search shows: those that match and all their ancestors; null for no search. One pass, without building anything. */
export interface Found {
  readonly shown: Uint8Array;
  readonly matches: number;
}

export function search(forest: Forest, query: string): Found | null {
  const wanted = query.trim().toLowerCase();
  if (wanted === '') return null;
  const shown = new Uint8Array(forest.length);
  let matches = 0;
  for (let index = forest.length - 1; index >= 0; index -= 1) {
    const node = forest[index];
    if (!node) continue;
    if (node.text.includes(wanted)) {
      matches += 1;
      shown[index] = 1;
    }
    if (shown[index] === 1 && node.parent >= 0) shown[node.parent] = 1;
  }
  return { shown, matches };
}

/** Indexes of the rows that are to be seen. A search opens what it finds. */
export function visibleRows(
  forest: Forest,
  closed: ReadonlySet<string>,
  found: Found | null,
): readonly number[] {
  const rows: number[] = [];
  for (let index = 0; index < forest.length;) {
    const node = forest[index];
    if (!node) break;
    if (found !== null && found.shown[index] !== 1) {
      index = node.end;
      continue;
    }
    rows.push(index);
    index = found === null && closed.has(node.momId) ? node.end : index + 1;
  }
  return rows;
}

/** What is closed when a tree is shown first: everything below the roots in a big one, save the way to `momId`. */
export function initiallyClosed(forest: Forest, momId: string): ReadonlySet<string> {
  if (forest.length <= 300) return new Set();
  const open = new Set<number>();
  for (let at = forest.findIndex((node) => node.momId === momId); at >= 0; at = forest[at]?.parent ?? -1)
    open.add(at);
  return closedExcept(forest, open);
}

function closedExcept(forest: Forest, open: ReadonlySet<number>): ReadonlySet<string> {
  return new Set(
    forest.filter((node, index) => hasChildren(node, index) && !open.has(index)).map(({ momId }) => momId),
  );
}

export function allClosed(forest: Forest): ReadonlySet<string> {
  return closedExcept(forest, new Set());
}
