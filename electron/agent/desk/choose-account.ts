import { DomainError } from '../../../shared/errors.ts';
import { sameIssuer } from '../../../shared/model/issuers.ts';
import type { AccountRecord, Accounts } from '../../accounts/index.ts';
import type { AccountChoice } from './types.ts';

type Directory = Pick<Accounts, 'all' | 'find' | 'defaultAccountId'>;

export function mayUse(accountIds: readonly string[] | null, accountId: string): boolean {
  return accountIds === null || accountIds.includes(accountId);
}

/** The accounts that exist for a key, in the user's order. */
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

export interface ChoiceContext {
  /** The accounts that exist for whoever asks; null: all. */
  readonly accountIds: readonly string[] | null;
  /** False for accounts that serve nobody now: where there is a choice, they are not it. */
  readonly serves: (accountId: string) => boolean;
}

/** The account a request means, and, where it names an issuer, the others that its user may choose instead, in his order. */
export type FittingAccounts = readonly [AccountRecord, ...AccountRecord[]];

/**
 * The accounts that a request fits. A limited key lives in a world in which only its accounts exist: among them names, issuers and
 * the default are looked up. Of several accounts for one issuer the default account is meant, else the one that was used last, else
 * the first in the user's order. Naming nothing, a limited key gets the default account if that is one of its own, or its only one.
 * Throws `accounts/not-found`, `accounts/none`, `agent/account-not-allowed`.
 */
export function fittingAccounts(
  accounts: Directory,
  { accountIds, serves }: ChoiceContext,
  { account, issuer }: AccountChoice,
): FittingAccounts {
  if (account !== null) {
    const found = findByName(accounts, account);
    const fits = issuer === null || (found !== null && sameIssuer(found.oidcIssuer, issuer));
    if (found === null || !mayUse(accountIds, found.id) || !fits) throw notFound();
    return [found];
  }
  const visible = visibleAccounts(accounts, accountIds);
  const defaultId = accounts.defaultAccountId();
  if (issuer !== null) {
    const ofIssuer = visible.filter(({ oidcIssuer }) => sameIssuer(oidcIssuer, issuer));
    const serving = ofIssuer.filter(({ id }) => serves(id));
    const candidates = serving.length > 0 ? serving : ofIssuer;
    const found = candidates.find(({ id }) => id === defaultId) ?? lastUsed(candidates);
    if (found === null) throw notFound();
    return [found, ...candidates.filter(({ id }) => id !== found.id)];
  }
  if (accountIds === null) return [accounts.find(null)];
  const [first] = visible;
  const preferred = visible.find(({ id }) => id === defaultId) ?? (visible.length === 1 ? first : undefined);
  if (preferred !== undefined) return [preferred];
  throw new DomainError(
    'agent/account-not-allowed',
    first === undefined
      ? 'This key may not use any account that exists.'
      : 'This key may not use the default account; name one of its own.',
  );
}

function lastUsed(candidates: readonly AccountRecord[]): AccountRecord | null {
  let latest: AccountRecord | null = null;
  for (const record of candidates) {
    if (latest === null || (record.lastUsedAtMs ?? 0) > (latest.lastUsedAtMs ?? 0)) latest = record;
  }
  return latest;
}

function findByName(accounts: Directory, name: string): AccountRecord | null {
  try {
    return accounts.find(name);
  } catch (error) {
    if (error instanceof DomainError && error.code.startsWith('accounts/')) return null;
    throw error;
  }
}
