import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { app, nativeTheme, type Session, session } from 'electron';
import type { WindowRole } from '../../shared/ipc/contract.ts';
import type { DrawnPage } from '../../shared/ipc/drawn-page.ts';
import type { Logger } from '../ports/index.ts';
import { appPages, appScheme } from '../security/index.ts';
import { once } from './once.ts';

/** What every window is made with. */
export interface WindowFrame {
  readonly url: string;
  readonly preloadPath: string;
  readonly iconPath: string | null;
  readonly session: () => Session;
  readonly devTools: boolean;
  readonly backgroundColor: () => string;
  /** Serves the page to nobody, which makes serving it quick. */
  readonly rehearse: () => Promise<void>;
  readonly log: Logger;
}

/** A window has its own origin, its own session and its own bridge. The session is made with the first window that needs it. */
export function windowFrame(
  role: WindowRole,
  appRoot: string,
  log: Logger,
  draw: () => Promise<DrawnPage | null> = () => Promise.resolve(null),
): WindowFrame {
  const url = `${appScheme}://${role}/${role}/index.html`;
  const pages = appPages(join(appRoot, 'out', 'renderer'), role, draw);
  const icon = join(appRoot, 'out', 'assets', 'icons', '256x256.png');
  return {
    url,
    preloadPath: join(appRoot, 'out', 'preload', `${role}.cjs`),
    iconPath: existsSync(icon) ? icon : null,
    session: once(() => {
      const made = session.fromPartition(role, { cache: false });
      // On this session alone: the default one would not reach it.
      made.protocol.handle(appScheme, pages);
      return made;
    }),
    devTools: !app.isPackaged,
    async rehearse() {
      await (await pages({ method: 'GET', url })).text();
    },
    backgroundColor: () => (nativeTheme.shouldUseDarkColors ? '#14171c' : '#f6f7f9'),
    log,
  };
}
