import { nativeTheme } from 'electron';
import type { Clipboard } from '../clipboard/index.ts';
import type { Notifications } from '../notifications/index.ts';
import type { Clock } from '../ports/index.ts';
import type { AppWindows } from './app-windows.ts';
import { runApprovalDesk } from './approval-desk.ts';
import { showBadge } from './badge.ts';
import type { Core } from './core.ts';
import { watchGrantUse } from './grant-digest.ts';
import type { Language } from './language.ts';
import { announceLostLogins } from './lost-logins.ts';
import type { SettingsService } from './settings.ts';
import type { StateHub } from './state-hub.ts';

export interface FollowCoreDeps {
  readonly core: Core;
  readonly settings: SettingsService;
  readonly hub: StateHub;
  readonly windows: AppWindows;
  readonly trayChanged: () => void;
  readonly clipboard: Clipboard;
  readonly notifications: Notifications;
  readonly language: Language;
  readonly clock: Clock;
}

/** Each source of change tells windows, tray, notifications and clipboard. */
export function followCore(deps: FollowCoreDeps): void {
  const { core, settings, hub, windows, trayChanged, clipboard, notifications, language, clock } = deps;
  const { accounts, activity, agent, endpoint, keys, lock, logins, pause, vault } = core;

  accounts.onChange(() => {
    hub.changed('accounts');
    trayChanged();
  });
  vault.onState(() => {
    hub.changed('storage');
    hub.changed('accounts');
    trayChanged();
  });
  endpoint.onState(() => {
    hub.changed('endpoint');
    trayChanged();
    windows.doorMoved();
  });
  keys.onChange(() => hub.changed('clients'));
  const agentChanged = (): void => hub.changed('agent');
  agent.socket.onState(() => {
    agentChanged();
    windows.doorMoved();
  });
  const lockChanged = (): void => {
    hub.changed('lock');
    trayChanged();
  };
  lock.onChange(lockChanged);
  lock.onChange(() => {
    // What is in the clipboard can be used by whoever sits down next.
    if (lock.isLocked()) void clipboard.clearNow();
  });
  pause.onChange(lockChanged);
  activity.onChange(() => {
    hub.changed('activity');
    agentChanged(); // a remembered answer may have been used once more
  });
  runApprovalDesk({
    approvals: agent.approvals,
    window: windows.approval,
    notifications,
    clock,
    badge: (count) => showBadge(count, windows.main.native(), language.t()('agent.waiting', { count })),
    changed() {
      agentChanged();
      trayChanged();
    },
  });
  watchGrantUse({
    activity,
    clock,
    used(use) {
      notifications.grantUsed(use);
      windows.approval.warm(); // such an answer runs out, and a question comes
    },
  });
  core.handover.onChange(() => hub.changed('handover'));
  core.inPlace.onChange(() => hub.changed('inPlace'));
  logins.onChange(() => hub.changed('login'));
  clipboard.onChange(() => hub.changed('clipboard'));
  settings.onChange((now) => {
    nativeTheme.themeSource = now.theme;
    hub.changed('settings');
    hub.changed('platform');
    trayChanged();
  });
  nativeTheme.on('updated', () => hub.changed('platform'));
  hub.onPatch((patch) => windows.main.send('state:changed', patch));
  announceLostLogins(accounts, notifications);
  windows.doorMoved(); // one may be open already
}
