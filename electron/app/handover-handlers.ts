import type { KeptPlace } from '../../shared/model/handover.ts';
import { DomainError } from '../../shared/errors.ts';
import type { Accounts } from '../accounts/index.ts';
import type { Handlers } from '../ipc/index.ts';
import type { Handover } from './handover-parts.ts';

export interface HandoverHandlerDeps {
  readonly accounts: Accounts;
  readonly handover: Handover;
  /** Shows the system's save dialog; null when it was closed. */
  readonly pickSavePath: (suggestedName: string) => Promise<string | null>;
  readonly openTerminal: (variables: Readonly<Record<string, string>>) => Promise<void>;
}

type HandoverChannel = Extract<keyof Handlers, `handover:${string}`>;

/** Tokens for other tools. Paths are chosen in main's own dialog: a window cannot make the app write anywhere. */
export function handoverHandlers(deps: HandoverHandlerDeps): Pick<Handlers, HandoverChannel> {
  const { accounts, handover } = deps;
  return {
    async 'handover:keep-bearer'({ accountId, place, scope, audience }) {
      const account = accounts.require(accountId);
      let where: KeptPlace;
      if (place === 'chosen') {
        const path = await deps.pickSavePath(`${account.shortname}.token`);
        if (path === null) return null;
        where = { kind: 'chosen', path };
      } else where = { kind: place };
      handover.bearerFiles.keep({ accountId, place: where, scope, audience });
      return { path: handover.bearerFiles.list().find((file) => file.accountId === accountId)?.path ?? '' };
    },

    async 'handover:stop-bearer'({ accountId }) {
      await handover.bearerFiles.stopKeeping(accountId);
      return null;
    },

    async 'handover:share-mytoken'({ accountId, typedShortname }) {
      const account = accounts.require(accountId);
      if (typedShortname !== account.shortname) {
        throw new DomainError('ipc/invalid-argument', 'The short name that was typed is not the account’s.');
      }
      const path = await deps.pickSavePath(`${account.shortname}.mytoken`);
      if (path === null) return null;
      await handover.mytokenFiles.share({ accountId, path });
      return { path };
    },

    async 'handover:stop-sharing'({ accountId }) {
      await handover.mytokenFiles.stopSharing(accountId);
      return null;
    },

    async 'handover:open-terminal'({ accountId }) {
      await deps.openTerminal(await handover.terminalVariables(accountId));
      return null;
    },
  };
}
