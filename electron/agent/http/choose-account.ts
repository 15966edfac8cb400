import { DomainError } from '../../../shared/errors.ts';
import { sameIssuer } from '../../../shared/model/issuers.ts';
import type { AccountRecord, Accounts } from '../../accounts/index.ts';
import type { VaultStateKind } from '../../vault/index.ts';

type Directory = Pick<Accounts, 'all' | 'find' | 'defaultAccountId'>;

export function mayUse(accountIds: readonly string[] | null, accountId: string): boolean {
  return accountIds === null || accountIds.includes(accountId);
}

/** The accounts a key may see, in the user's order. */
export function visibleAccounts(
  accounts: Directory,
  accountIds: readonly string[] | null,
): readonly AccountRecord[] {
  return accounts.all().filter(({ id }) => mayUse(accountIds, id));
}

/** One answer for "not there" and "not yours", by the letter, so that a limited key cannot find out names. */
function notFound(): DomainError {
  return new DomainError('accounts/not-found', 'This key can use no account of that name or issuer.');
}

/**
 * The account a request means. A limited key lives in a world in which only its accounts exist: among them names, issuers and
 * the default are looked up. Naming nothing, it gets the default account if that is one of its own, or its only one.
 * Throws `accounts/not-found`, `accounts/none`, `agent/account-not-allowed`.
 */
export function chooseAccount(
  accounts: Directory,
  accountIds: readonly string[] | null,
  wish: { readonly account?: string | undefined; readonly issuer?: string | undefined },
): AccountRecord {
  const { account, issuer } = wish;
  if (account !== undefined) {
    const found = findByName(accounts, account);
    const fits = issuer === undefined || (found !== null && sameIssuer(found.oidcIssuer, issuer));
    if (found === null || !mayUse(accountIds, found.id) || !fits) throw notFound();
    return found;
  }
  if (accountIds === null && issuer === undefined) return accounts.find(null);
  const visible = visibleAccounts(accounts, accountIds);
  const candidates = issuer === undefined ? visible : visible.filter((a) => sameIssuer(a.oidcIssuer, issuer));
  const defaultId = accounts.defaultAccountId();
  const preferred = candidates.find(({ id }) => id === defaultId);
  if (preferred !== undefined) return preferred;
  const [first] = candidates;
  if (issuer !== undefined) {
    if (first === undefined) throw notFound();
    return first;
  }
  if (first !== undefined && candidates.length === 1) return first;
  throw new DomainError(
    'agent/account-not-allowed',
    first === undefined
      ? 'This key may not use any account that exists.'
      : 'This key may not use the default account; name one of its own.',
  );
}

function findByName(accounts: Directory, name: string): AccountRecord | null {
  try {
    return accounts.find(name);
  } catch (error) {
    if (error instanceof DomainError && error.code.startsWith('accounts/')) return null;
    throw error;
  }
}

export type StorageSummary = 'ok' | 'locked' | 'unavailable';

/** The vault's state in the words of the API: it works, it will after unlocking, or somebody has to look at it. */
export function storageSummary(kind: VaultStateKind): StorageSummary {
  if (kind === 'ok' || kind === 'session') return 'ok';
  return kind === 'locked' || kind === 'closed' ? 'locked' : 'unavailable';
}
