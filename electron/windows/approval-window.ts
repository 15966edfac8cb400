import { BrowserWindow, type Session, type WebContents } from 'electron';
import type { ApprovalView } from '../../shared/model/approval.ts';
import type { Logger } from '../ports/index.ts';
import { windowOptions } from './options.ts';

export interface ApprovalWindowDeps {
  readonly url: string;
  readonly preloadPath: string;
  readonly iconPath: string | null;
  readonly session: () => Session;
  readonly devTools: boolean;
  readonly title: () => string;
  readonly backgroundColor: () => string;
  readonly log: Logger;
  /** The user closed it instead of answering. */
  readonly onClosed: () => void;
}

/** The window for questions: there while one waits, never takes the focus by itself. */
export interface ApprovalWindow {
  update(approval: ApprovalView | null): void;
  /** From the tray, a notification or the main window: now it may have the focus. */
  focus(): void;
  isMine(contents: WebContents): boolean;
  destroy(): void;
}

const size = { width: 620, height: 680 };

export function createApprovalWindow(deps: ApprovalWindowDeps): ApprovalWindow {
  let window: BrowserWindow | null = null;
  let done = true;

  const open = (): void => {
    const made = new BrowserWindow(
      windowOptions({
        title: deps.title(),
        backgroundColor: deps.backgroundColor(),
        iconPath: deps.iconPath,
        place: null,
        fixedSize: size,
        preloadPath: deps.preloadPath,
        session: deps.session(),
        devTools: deps.devTools,
      }),
    );
    window = made;
    made.removeMenu();
    made.on('page-title-updated', (event) => event.preventDefault());
    made.once('ready-to-show', () => {
      if (made.isDestroyed()) return;
      made.showInactive();
      made.flashFrame(true);
    });
    made.on('focus', () => made.flashFrame(false));
    made.on('closed', () => {
      window = null;
      if (!done) deps.onClosed();
    });
    made.webContents.on('render-process-gone', (_event, details) => {
      deps.log.error('approval.page-gone', { reason: details.reason });
      if (!made.isDestroyed()) made.destroy();
    });
    made.loadURL(deps.url).catch((error: unknown) => {
      deps.log.error('approval.load-failed', { error: error instanceof Error ? error.message : 'unknown' });
    });
  };

  const close = (): void => {
    done = true;
    window?.destroy();
  };

  return {
    update(approval) {
      if (approval === null) {
        close();
        return;
      }
      done = false;
      if (window === null) open();
      else window.webContents.send('approval:changed', approval);
    },
    focus() {
      window?.show();
      window?.focus();
    },
    isMine: (contents) => window !== null && !window.isDestroyed() && window.webContents === contents,
    destroy: close,
  };
}
