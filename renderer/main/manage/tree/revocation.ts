import type { Forest, ForestNode } from './forest.ts';

/** What somebody wants to end: one mytoken, one with all made from it, or a whole list. */
export type RevocationTarget =
  | { readonly kind: 'one'; readonly index: number }
  | { readonly kind: 'branch'; readonly index: number }
  | { readonly kind: 'all'; readonly roots: readonly number[] };

export interface Step {
  readonly momId: string;
  readonly recursive: boolean;
}

export interface RevocationPlan {
  /** In the order in which they have to be done. */
  readonly steps: readonly Step[];
  /** Indexes of all mytokens that stop working. */
  readonly ended: readonly number[];
  /** Mytokens that go on working, but lose the parent they were made from. */
  readonly orphaned: number;
}

/**
 * The calls that end what is wanted and spare `keep` (mom_ids). A mytoken with somebody to spare below it is revoked alone, after what
 * is to go below it: servers make roots of its children then (mytoken protocol, "Revocation"). What contains `authority`, the mytoken
 * that does the revoking, comes last.
 */
export function planRevocation(
  forest: Forest,
  target: RevocationTarget,
  keep: ReadonlySet<string>,
  authority: string,
): RevocationPlan {
  if (target.kind === 'one') {
    const node = forest[target.index];
    if (!node) return nothing;
    const orphaned = childrenOf(forest, target.index).length;
    return { steps: [{ momId: node.momId, recursive: false }], ended: [target.index], orphaned };
  }
  const roots = target.kind === 'branch' ? [target.index] : target.roots;
  const spared = withAncestors(forest, keep);
  const steps: (Step & { readonly last: boolean })[] = [];
  const ended: number[] = [];
  let orphaned = 0;

  /** Children first; no recursion, for trees may be deep. */
  const waiting: { readonly index: number; readonly entered: boolean }[] = [];
  const push = (indexes: readonly number[]): void => {
    for (const index of [...indexes].reverse()) waiting.push({ index, entered: false });
  };
  push(roots);
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { index } = next;
    const node = forest[index];
    if (!node) continue;
    if (!spared.has(index)) {
      for (let at = index; at < node.end; at += 1) ended.push(at);
      steps.push({ momId: node.momId, recursive: true, last: contains(forest, node, index, authority) });
    } else if (next.entered) {
      ended.push(index);
      orphaned += childrenOf(forest, index).filter((child) => spared.has(child)).length;
      steps.push({ momId: node.momId, recursive: false, last: node.momId === authority });
    } else {
      if (!keep.has(node.momId)) waiting.push({ index, entered: true });
      push(childrenOf(forest, index));
    }
  }
  const ordered = [...steps.filter(({ last }) => !last), ...steps.filter(({ last }) => last)];
  return { steps: ordered.map(({ momId, recursive }) => ({ momId, recursive })), ended, orphaned };
}

const nothing: RevocationPlan = { steps: [], ended: [], orphaned: 0 };

export function childrenOf(forest: Forest, index: number): readonly number[] {
  const children: number[] = [];
  const end = forest[index]?.end ?? 0;
  for (let at = index + 1; at < end; at = forest[at]?.end ?? end) children.push(at);
  return children;
}

function contains(forest: Forest, node: ForestNode, index: number, momId: string): boolean {
  for (let at = index; at < node.end; at += 1) if (forest[at]?.momId === momId) return true;
  return false;
}

/** Indexes of what is kept and of everything above. */
function withAncestors(forest: Forest, keep: ReadonlySet<string>): ReadonlySet<number> {
  const found = new Set<number>();
  if (keep.size === 0) return found;
  forest.forEach((node, index) => {
    if (!keep.has(node.momId)) return;
    for (let at = index; at >= 0 && !found.has(at); at = forest[at]?.parent ?? -1) found.add(at);
  });
  return found;
}

/** True when `index` is the node of `momId` or lies below it. */
export function isWithin(forest: Forest, index: number, momId: string): boolean {
  for (let at = index; at >= 0; at = forest[at]?.parent ?? -1) if (forest[at]?.momId === momId) return true;
  return false;
}
