import { DomainError } from '../../shared/errors.ts';
import { missingCapability, type Operation } from '../../shared/model/operations.ts';
import type { Accounts } from '../accounts/index.ts';

/**
 * Refuses what an account's mytoken may not do, before its server is asked: throws `mytoken/insufficient-capabilities` with details
 * `capability` and `operation`.
 */
export function operationCheck(
  accounts: Pick<Accounts, 'require'>,
): (accountId: string, operation: Operation) => void {
  return (accountId, operation) => {
    const capability = missingCapability(accounts.require(accountId).capabilities, operation);
    if (capability === null) return;
    throw new DomainError(
      'mytoken/insufficient-capabilities',
      'This mytoken lacks the capability for that.',
      {
        details: { capability, operation },
      },
    );
  };
}
