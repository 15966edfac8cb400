import { DomainError } from '../../shared/errors.ts';
import { rotates } from '../../shared/model/mytoken.ts';
import type { Answer, HeldMytoken, MytokenClient } from '../mytoken/index.ts';
import type { Logger } from '../ports/index.ts';
import type { AccountRecord, Accounts } from './types.ts';

export type RemovalMode = 'revoke' | 'local-only';

export interface RemovalDeps {
  readonly accounts: Pick<Accounts, 'require' | 'get' | 'mytoken' | 'removeLocally'>;
  readonly client: Pick<MytokenClient, 'revoke'>;
  /** The broker's: lends the newest mytoken under the account's lock. */
  readonly withMytoken: <T>(
    accountId: string,
    task: (token: HeldMytoken) => Promise<Answer<T>>,
  ) => Promise<T>;
  readonly log: Logger;
}

/** The broker does not lend these, but their mytoken may still be revoked. */
const notLent: ReadonlySet<string> = new Set(['accounts/needs-login', 'accounts/uncertain']);
const isGone: ReadonlySet<string> = new Set(['mytoken/token-unusable', 'mytoken/expired']);

/**
 * Removes an account: first at the server, then here. `revoke` throws what the server or the vault says and leaves
 * the account when it is not known to be revoked; a mytoken that the server does not accept any more counts as revoked.
 * `local-only` never asks the server.
 */
export function createRemoval(deps: RemovalDeps): (accountId: string, mode: RemovalMode) => Promise<void> {
  const { accounts, client, withMytoken, log } = deps;

  async function revoke(account: AccountRecord): Promise<void> {
    try {
      await withMytoken(account.id, (token) => client.revoke(token, {}));
    } catch (error) {
      const code = codeOf(error);
      if (notLent.has(code)) await revokeUnlent(account);
      else if (!isGone.has(code)) throw error;
    }
  }

  async function revokeUnlent(account: AccountRecord): Promise<void> {
    const value = await accounts.mytoken(account.id);
    if (value === null) return;
    try {
      await client.revoke({ instanceUrl: account.instanceUrl, value }, {});
    } catch (error) {
      if (!isGone.has(codeOf(error)) && !isOutdated(error, account)) throw error;
    }
  }

  return async (accountId, mode) => {
    const account = accounts.require(accountId);
    if (mode === 'revoke') {
      await revoke(account);
      log.info('accounts.revoked', { accountId });
    }
    await accounts.removeLocally(accountId);
  };
}

/** Servers answer an outdated string of a rotating mytoken with an internal error (mytoken protocol, "Revocation"). */
function isOutdated(error: unknown, account: AccountRecord): boolean {
  return (
    rotates(account.rotation) &&
    error instanceof DomainError &&
    error.code === 'mytoken/server-error' &&
    error.details['sent'] === 'rejected'
  );
}

function codeOf(error: unknown): string {
  return error instanceof DomainError ? error.code : 'app/internal';
}
