import type { Activity } from '../activity/index.ts';
import type { Accounts, Logins } from '../accounts/index.ts';
import type { Clipboard } from '../clipboard/index.ts';
import type { Notifications } from '../notifications/index.ts';
import type { AccessTokenWish, TokenBroker } from '../tokens/index.ts';
import type { Secret } from '../ports/index.ts';
import { recordedBroker } from './activity-sources.ts';
import type { SettingsService } from './settings.ts';

export interface CopyDeps {
  readonly activity: Activity;
  readonly accounts: Accounts;
  readonly broker: TokenBroker;
  readonly clipboard: Clipboard;
  readonly notifications: Notifications;
  readonly logins: Logins;
  readonly settings: SettingsService;
}

export interface Copier {
  /** From the window or the tray: the same steps, the same notification. */
  accessToken(
    wish: AccessTokenWish,
    from: 'window' | 'tray',
  ): Promise<{ readonly tokenExpiresAtMs: number; readonly clearsAtMs: number }>;
  loginLink(flowId: string): Promise<void>;
  /** A new mytoken, or a line that sets it. */
  minted(accountId: string, text: Secret): Promise<{ readonly clearsAtMs: number }>;
}

/** Secrets on their way to the clipboard; they never pass a window. */
export function createCopier(deps: CopyDeps): Copier {
  const { accounts, broker, clipboard, notifications, logins, settings } = deps;
  return {
    async accessToken(wish, from) {
      const copied = recordedBroker(broker, { kind: 'copy-access-token', door: from, by: 'user' }, deps);
      const grant = await copied.accessToken({ ...wish, comment: 'Mytoken Desktop: copied by the user' });
      const clearAfterMs = settings.get().clipboardClearSeconds * 1000;
      const { clearsAtMs } = await clipboard.copySecret(grant.accessToken, {
        accountId: wish.accountId,
        tokenExpiresAtMs: grant.expiresAtMs,
        clearAfterMs,
      });
      notifications.copied({
        account: accounts.require(wish.accountId),
        tokenExpiresAtMs: grant.expiresAtMs,
        clearsAtMs,
      });
      return { tokenExpiresAtMs: grant.expiresAtMs, clearsAtMs };
    },

    minted: (accountId, text) =>
      clipboard.copySecret(text, {
        accountId,
        tokenExpiresAtMs: null,
        clearAfterMs: settings.get().clipboardClearSeconds * 1000,
      }),

    async loginLink(flowId) {
      await clipboard.copySecret(logins.link(flowId), {
        accountId: null,
        tokenExpiresAtMs: null,
        clearAfterMs: settings.get().clipboardClearSeconds * 1000,
      });
    },
  };
}
