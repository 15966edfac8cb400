import { DomainError } from '../../shared/errors.ts';
import type { AccountRecord, Accounts } from '../accounts/index.ts';
import type { Secret } from '../ports/index.ts';

export interface StoredMytokens {
  /** The mytoken of the account. Throws `accounts/needs-login`, and marks the account so, when there is none. */
  current(record: AccountRecord): Promise<Secret>;
  /** The record as it is now, or null when the account went away or got another mytoken meanwhile. */
  stillCurrent(record: AccountRecord): AccountRecord | null;
  /** Throws what is said of an account whose mytoken must not be presented. */
  refuseUnusable(record: AccountRecord): void;
}

/** What is in the store, as far as it may be used now. */
export function createStoredMytokens({
  accounts,
  nowMs,
  refuseClosed,
}: {
  readonly accounts: Accounts;
  readonly nowMs: () => number;
  readonly refuseClosed: (() => void) | undefined;
}): StoredMytokens {
  return {
    async current(record) {
      refuseClosed?.();
      const mytoken = await accounts.mytoken(record.id);
      if (mytoken) return mytoken;
      accounts.markStatus(record.id, 'login-needed', { code: 'accounts/needs-login', atMs: nowMs() });
      throw new DomainError('accounts/needs-login', 'No mytoken is stored for this account; log in again.', {
        details: { accountId: record.id, account: record.shortname },
      });
    },

    stillCurrent(record) {
      const now = accounts.get(record.id);
      return now?.momId === record.momId ? now : null;
    },

    refuseUnusable(record) {
      const details = { accountId: record.id, account: record.shortname };
      if (record.status === 'uncertain') {
        throw new DomainError(
          'accounts/uncertain',
          'An earlier answer that may have replaced this mytoken was lost. Check the account in the app.',
          { details },
        );
      }
      if (record.status === 'login-needed') {
        throw new DomainError('accounts/needs-login', 'This account needs a new login.', { details });
      }
      if (record.expiresAtMs !== null && record.expiresAtMs <= nowMs()) {
        throw new DomainError(
          'accounts/needs-login',
          'The mytoken of this account has expired; log in again.',
          { details: { ...details, expired: true } },
        );
      }
    },
  };
}
