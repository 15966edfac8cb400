import type { TreeNodeView } from '../../shared/ipc/contract.ts';
import type { TokenTree } from '../mytoken/index.ts';

/** Trees as one list, parents before their children: what a window can show without walking anything. */
export function flattenTrees(trees: readonly TokenTree[]): readonly TreeNodeView[] {
  const flat: TreeNodeView[] = [];
  const walk = (tree: TokenTree, depth: number): void => {
    const { children, ...node } = tree;
    flat.push({ ...node, depth });
    for (const child of children) walk(child, depth + 1);
  };
  for (const tree of trees) walk(tree, 0);
  return flat;
}

/** All mytokens of a tree. */
export function momIdsOf(tree: TokenTree): readonly string[] {
  return flattenTrees([tree]).map(({ momId }) => momId);
}
