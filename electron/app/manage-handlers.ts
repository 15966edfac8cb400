import type { Accounts, Logins } from '../accounts/index.ts';
import type { Handlers } from '../ipc/index.ts';
import type { Manager } from '../manage/index.ts';

export interface ManageHandlerDeps {
  readonly manager: Manager;
  readonly accounts: Pick<Accounts, 'require'>;
  readonly logins: Pick<Logins, 'start'>;
}

type ManageChannel = Extract<keyof Handlers, `manage:${string}`>;

/** Looking at mytokens and ending them. */
export function manageHandlers({
  manager,
  accounts,
  logins,
}: ManageHandlerDeps): Pick<Handlers, ManageChannel> {
  return {
    'manage:inspect': ({ accountId }) => manager.inspect(accountId),
    'manage:history': ({ accountId, of }) => manager.history(accountId, of),
    'manage:tree': ({ accountId, scope }) => manager.tree(accountId, scope),
    'manage:revoke': ({ accountId, derived, steps, check }) =>
      manager.revoke(accountId, derived, steps, check),
    'manage:transfer-code': ({ accountId }) => manager.transferCode(accountId),
    'manage:wider-wish': ({ accountId, capability }) =>
      Promise.resolve(manager.widerWish(accountId, capability)),
    'manage:widen'({ accountId, capability }) {
      const { instanceUrl, oidcIssuer } = accounts.require(accountId);
      const wish = manager.widerWish(accountId, capability);
      return logins.start({ instanceUrl, oidcIssuer, wish, renewsAccountId: accountId });
    },
    'manage:stand-ins': ({ accountId, operation }) => Promise.resolve(manager.standIns(accountId, operation)),
  };
}
