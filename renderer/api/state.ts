import type { AccountView } from '../../shared/model/account.ts';
import type { AppState, StatePatch } from '../../shared/model/state.ts';

/**
 * The state after a patch, or null when a patch is missing in between and everything has to be asked for anew. A patch that is
 * already part of the state changes nothing.
 */
export function applyPatch(state: AppState, patch: StatePatch): AppState | null {
  if (patch.version <= state.version) return state;
  if (patch.version !== state.version + 1) return null;
  const { accounts, version, ...parts } = patch;
  return {
    ...state,
    ...parts,
    version,
    accounts: accounts ? patchAccounts(state.accounts, accounts) : state.accounts,
  };
}

function patchAccounts(
  before: readonly AccountView[],
  patch: NonNullable<StatePatch['accounts']>,
): readonly AccountView[] {
  const byId = new Map(before.map((account) => [account.id, account]));
  for (const account of patch.upsert) byId.set(account.id, account);
  for (const id of patch.removed) byId.delete(id);
  if (patch.order === null) return [...byId.values()];
  const ordered = patch.order.flatMap((id) => byId.get(id) ?? []);
  const named = new Set(patch.order);
  return [...ordered, ...[...byId.values()].filter(({ id }) => !named.has(id))];
}
