import type { Accounts, Imports, Logins } from '../accounts/index.ts';
import { writePrivateFile } from '../files/index.ts';
import type { Handlers } from '../ipc/index.ts';
import { historyFile, type Inspector, type Manager } from '../manage/index.ts';

export interface ManageHandlerDeps {
  readonly manager: Manager;
  readonly inspector: Inspector;
  readonly imports: Pick<Imports, 'fromText'>;
  readonly accounts: Pick<Accounts, 'require'>;
  readonly logins: Pick<Logins, 'start'>;
  /** Shows the system's file dialog; null when it was closed. */
  readonly pickFile: (purpose: 'mytoken') => Promise<string | null>;
  /** Shows the system's save dialog; null when it was closed. */
  readonly pickSavePath: (suggestedName: string, what: 'history') => Promise<string | null>;
}

type ManageChannel = Extract<keyof Handlers, `manage:${string}`>;

/** Looking at mytokens and ending them. */
export function manageHandlers({
  manager,
  inspector,
  imports,
  pickFile,
  accounts,
  logins,
  pickSavePath,
}: ManageHandlerDeps): Pick<Handlers, ManageChannel> {
  return {
    'manage:inspect': ({ accountId }) => manager.inspect(accountId),
    'manage:history': ({ accountId, of }) => manager.history(accountId, of),
    'manage:tree': ({ accountId, scope }) => manager.tree(accountId, scope),
    'manage:revoke': ({ accountId, derived, steps, check }) =>
      manager.revoke(accountId, derived, steps, check),
    async 'manage:export-history'({ format, events }) {
      const path = await pickSavePath(`mytoken-history.${format}`, 'history');
      if (path === null) return null;
      await writePrivateFile(path, historyFile(events, format));
      return { path };
    },
    'manage:transfer-code': ({ accountId }) => manager.transferCode(accountId),
    'manage:inspect-text': ({ text, instanceUrl }) => inspector.fromText(text, instanceUrl),
    async 'manage:inspect-file'({ instanceUrl }) {
      const path = await pickFile('mytoken');
      return path === null ? null : inspector.fromFile(path, instanceUrl);
    },
    'manage:inspect-ask': ({ inspectId }) => inspector.ask(inspectId),
    async 'manage:inspect-import'({ inspectId }) {
      const { value, instanceUrl } = inspector.take(inspectId);
      const account = await imports.fromText(value.reveal(), { instanceUrl: instanceUrl ?? undefined });
      inspector.forget();
      return { accountId: account.id, warnings: account.warnings };
    },
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
