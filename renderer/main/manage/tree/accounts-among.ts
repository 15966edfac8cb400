import type { AccountView } from '../../../../shared/model/account.ts';
import { sameIssuer } from '../../../../shared/model/issuers.ts';
import type { Forest } from './forest.ts';

/** Accounts of this app whose own mytokens are among some nodes of a tree which `asker`'s server told. */
export function accountsAmong(
  accounts: readonly AccountView[],
  asker: AccountView,
  forest: Forest,
  indexes: readonly number[],
): readonly AccountView[] {
  const momIds = new Set(indexes.map((index) => forest[index]?.momId));
  return accounts.filter(
    ({ momId, instanceUrl }) => momIds.has(momId) && sameIssuer(instanceUrl, asker.instanceUrl),
  );
}
