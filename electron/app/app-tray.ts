import { join } from 'node:path';
import { app, nativeImage, nativeTheme } from 'electron';
import { DomainError } from '../../shared/errors.ts';
import { isMessageKey } from '../../shared/i18n/catalogue.ts';
import type { NavigationTarget } from '../../shared/ipc/contract.ts';
import type { AccountView } from '../../shared/model/account.ts';
import type { Notifications } from '../notifications/index.ts';
import type { Clock, Logger } from '../ports/index.ts';
import {
  buildTrayMenu,
  createTray,
  statusLine,
  type TrayAction,
  type TrayIcon,
  type TrayModel,
  withDot,
} from '../tray/index.ts';
import { dotColour } from './badge.ts';
import type { Copier } from './copy-token.ts';
import type { Core } from './core.ts';
import type { Language } from './language.ts';

export interface AppTrayDeps {
  readonly core: Core;
  readonly accounts: () => readonly AccountView[];
  readonly copier: Copier;
  readonly notifications: Notifications;
  readonly language: Language;
  readonly show: (target?: NavigationTarget) => void;
  readonly review: () => void;
  readonly appRoot: string;
  readonly clock: Clock;
  readonly log: Logger;
}

/** The tray icon with what it shows and what its entries do. */
export function createAppTray(deps: AppTrayDeps): TrayIcon {
  const { core, copier, notifications, language, show } = deps;
  const { accounts, endpoint, vault, agent } = core;

  const explain = (error: unknown): string => {
    const code = error instanceof DomainError ? error.code : 'app/internal';
    const say = language.t();
    return [`error.${code}.text`, `error.${code}.next`]
      .map((key) => (isMessageKey(key) ? say(key) : ''))
      .join(' ');
  };

  const act = (action: TrayAction): void => {
    switch (action.kind) {
      case 'copy':
        copier.accessToken({ accountId: action.accountId }, 'tray').catch((error: unknown) => {
          const account = accounts.get(action.accountId);
          if (account) notifications.copyFailed(account, explain(error));
        });
        break;
      case 'open-account':
        show({ page: 'account', accountId: action.accountId });
        break;
      case 'review':
        deps.review();
        break;
      case 'lock':
        core.lock.lock('user');
        break;
      case 'unlock':
        // What is in the way is told in the window.
        core.lock.unlock().catch(() => show());
        break;
      case 'pause':
        core.pause.begin(action.minutes);
        break;
      case 'resume':
        core.pause.end();
        break;
      case 'settings':
        show({ page: 'settings' });
        break;
      case 'show':
        show();
        break;
      case 'quit':
        app.quit();
        break;
    }
  };

  const model = (): TrayModel => ({
    accounts: deps.accounts(),
    endpoint: endpoint.state().state,
    storage: vault.state().kind,
    waiting: agent.approvals.count(),
    lock: { locked: core.lock.state(), paused: core.pause.state() },
  });

  return createTray({
    icon() {
      // Named after the panel they are for: `dark` has light lines.
      const locked = core.lock.isLocked();
      const panel = `${locked ? 'locked-' : ''}${nativeTheme.shouldUseDarkColors ? 'dark-22' : 'light-22'}`;
      const template = locked ? 'trayLockedTemplate' : 'trayTemplate';
      const name = process.platform === 'darwin' ? template : panel;
      const plain = nativeImage.createFromPath(join(deps.appRoot, 'out', 'assets', 'tray', `${name}.png`));
      if (agent.approvals.count() === 0) return plain;
      const { width, height } = plain.getSize();
      const mac = process.platform === 'darwin';
      const dotted = withDot({ width, height, data: plain.toBitmap() }, mac ? [0, 0, 0, 255] : dotColour);
      const image = nativeImage.createFromBitmap(Buffer.from(dotted.data), { width, height });
      image.setTemplateImage(mac);
      return image;
    },
    menu: () => buildTrayMenu(model(), language.t()),
    tooltip: () => `${language.t()('app.name')}\n${statusLine(model(), language.t())}`,
    act,
    onClick() {
      if (process.platform !== 'linux') show();
    },
    clock: deps.clock,
    log: deps.log,
  });
}
