import type { Translate } from '../../shared/i18n/catalogue.ts';
import type { NavigationTarget } from '../../shared/ipc/contract.ts';
import type { Settings } from '../../shared/model/settings.ts';

/** What the platform shows. `click` leads to the place the notification is about. */
export interface NotificationPort {
  show(notification: {
    readonly title: string;
    readonly body: string;
    readonly urgent: boolean;
    readonly click: () => void;
  }): void;
}

export interface NotificationDeps {
  readonly port: NotificationPort;
  readonly t: () => Translate;
  readonly settings: () => Settings['notifications'];
  readonly navigate: (target: NavigationTarget) => void;
}

/** Names accounts and actions, never tokens or scopes. */
export interface Notifications {
  copied(facts: {
    readonly account: { readonly id: string; readonly displayName: string };
    readonly tokenExpiresAtMs: number;
    readonly clearsAtMs: number;
  }): void;
  /** A copy asked for in the tray did not work. */
  copyFailed(account: { readonly id: string; readonly displayName: string }, reason: string): void;
  loginNeeded(account: { readonly id: string; readonly displayName: string }): void;
  /** A program waits for an answer. Always shown: without it nobody would know. */
  approvalNeeded(account: { readonly displayName: string }, click: () => void): void;
}

export function createNotifications({ port, t, settings, navigate }: NotificationDeps): Notifications {
  const show = (title: string, body: string, accountId: string, urgent: boolean): void => {
    port.show({ title, body, urgent, click: () => navigate({ page: 'account', accountId }) });
  };
  return {
    copied({ account, tokenExpiresAtMs, clearsAtMs }) {
      if (!settings().copied) return;
      const say = t();
      show(
        say('notify.copied.title', { account: account.displayName }),
        say('notify.copied.body', { until: new Date(tokenExpiresAtMs), cleared: new Date(clearsAtMs) }),
        account.id,
        false,
      );
    },
    copyFailed(account, reason) {
      // The tray has no other way to answer, so this one is shown whatever the settings say.
      show(t()('notify.copy-failed.title', { account: account.displayName }), reason, account.id, true);
    },
    approvalNeeded(account, click) {
      const say = t();
      port.show({
        title: say('notify.approval.title', { account: account.displayName }),
        body: say('notify.approval.body'),
        urgent: true,
        click,
      });
    },
    loginNeeded(account) {
      if (!settings().problems) return;
      const say = t();
      show(
        say('notify.login-needed.title', { account: account.displayName }),
        say('notify.login-needed.body'),
        account.id,
        false,
      );
    },
  };
}
