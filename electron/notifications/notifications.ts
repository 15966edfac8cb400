import type { Translate } from '../../shared/i18n/catalogue.ts';
import type { NavigationTarget } from '../../shared/ipc/contract.ts';
import type { Settings } from '../../shared/model/settings.ts';

/** What the platform shows. `click` leads to the place the notification is about. Returns how to take it back. */
export interface NotificationPort {
  show(notification: {
    readonly title: string;
    readonly body: string;
    readonly urgent: boolean;
    readonly click: () => void;
  }): () => void;
}

export interface NotificationDeps {
  readonly port: NotificationPort;
  readonly t: () => Translate;
  readonly settings: () => Settings['notifications'];
  readonly navigate: (target: NavigationTarget) => void;
}

export interface ApprovalFacts {
  /** Empty when nobody knows. */
  readonly program: string;
  /** The account it is about, or what stands for one that is not there yet. */
  readonly subject: string;
  /** All that wait, identical ones included. */
  readonly requests: number;
  readonly sameProgram: boolean;
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
  /** Programs wait for an answer. Always shown: without it nobody would know. Returns how to take it back. */
  approvalNeeded(facts: ApprovalFacts, click: () => void): () => void;
  /** A remembered answer let a program through. */
  grantUsed(use: { readonly program: string; readonly accountName: string; readonly count: number }): void;
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
    approvalNeeded({ program: name, subject, requests, sameProgram }, click) {
      const say = t();
      const program = name === '' ? say('approval.unknown-program') : name;
      const title =
        requests === 1
          ? say('notify.approval.title', { program, subject })
          : sameProgram
            ? say('notify.approval.burst', { program, count: requests })
            : say('notify.approval.several', { count: requests });
      return port.show({ title, body: say('notify.approval.body'), urgent: true, click });
    },
    grantUsed({ program, accountName, count }) {
      if (!settings().grantUse) return;
      const say = t();
      port.show({
        title: say('notify.grant-used.title', { program, account: accountName }),
        body: say('notify.grant-used.body', { count }),
        urgent: false,
        click: () => navigate({ page: 'programs' }),
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
