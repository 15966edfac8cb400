import type { TreeNodeView } from '../../../shared/ipc/contract.ts';

/** A mytoken that can be chosen. */
export interface Choice {
  readonly momId: string;
  readonly name: string;
  readonly createdAtMs: number;
  readonly expiresAtMs: number | null;
  /** The account's own mytoken, or made from it: fewer capabilities are needed for those. */
  readonly derived: boolean;
}

/** The mytokens of trees (parents before their children) which still work, the account's own first. */
export function choices(
  nodes: readonly TreeNodeView[],
  own: { readonly momId: string; readonly tokenName: string; readonly expiresAtMs: number | null },
  nowMs: number,
): readonly Choice[] {
  const found: Choice[] = [];
  let ownDepth: number | null = null;
  let ownChoice: Choice = {
    momId: own.momId,
    name: own.tokenName,
    createdAtMs: 0,
    expiresAtMs: own.expiresAtMs,
    derived: true,
  };
  for (const { momId, name, depth, createdAtMs, expiresAtMs } of nodes) {
    if (ownDepth !== null && depth <= ownDepth) ownDepth = null;
    if (momId === own.momId) {
      ownDepth = depth;
      ownChoice = { ...ownChoice, name, createdAtMs, expiresAtMs };
    } else if (expiresAtMs === null || expiresAtMs > nowMs) {
      found.push({ momId, name, createdAtMs, expiresAtMs, derived: ownDepth !== null });
    }
  }
  return [ownChoice, ...found];
}

/** Those whose name or id contains what was typed. */
export function searchChoices(all: readonly Choice[], query: string): readonly Choice[] {
  const wanted = query.trim().toLowerCase();
  if (wanted === '') return all;
  return all.filter(
    ({ name, momId }) => name.toLowerCase().includes(wanted) || momId.toLowerCase().includes(wanted),
  );
}
