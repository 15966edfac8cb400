import { BrowserWindow, type Session, type WebContents } from 'electron';
import type { CallResult } from '../../shared/ipc/contract.ts';
import type { ApprovalView } from '../../shared/model/approval.ts';
import type { Clock, Logger } from '../ports/index.ts';
import { type ApprovalPage, createApprovalPresenter } from './approval-presenter.ts';
import { windowOptions } from './options.ts';

export interface ApprovalWindowDeps {
  readonly url: string;
  readonly preloadPath: string;
  readonly iconPath: string | null;
  readonly session: () => Session;
  readonly devTools: boolean;
  readonly title: () => string;
  readonly backgroundColor: () => string;
  readonly clock: Clock;
  readonly log: Logger;
  /** All that the page shows beside the question, so that it needs no second look. */
  readonly platform: () => CallResult<'approval:get'>['platform'];
  /** This question can be read from now on. */
  readonly onShown: (approvalId: string) => void;
  /** The user closed it instead of answering. */
  readonly onClosed: () => void;
}

/** The window for questions: seen while one waits, never takes the focus by itself. */
export interface ApprovalWindow {
  update(approval: ApprovalView | null): void;
  /** The page has drawn this question. */
  painted(approvalId: string): void;
  /** From the tray, a notification or the main window: now it may have the focus. */
  focus(): void;
  /** A question is likely to come soon. */
  warm(): void;
  /** Makes a window without a page and lets it go, if there was none yet: the first one of a process takes several times as long as others. */
  rehearse(): void;
  isMine(contents: WebContents): boolean;
  destroy(): void;
}

const size = { width: 620, height: 680 };

export function createApprovalWindow(deps: ApprovalWindowDeps): ApprovalWindow {
  let window: BrowserWindow | null = null;
  let asking = false;

  const make = (): BrowserWindow =>
    new BrowserWindow(
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

  const open = (): ApprovalPage => {
    const made = make();
    window = made;
    // Or a hidden page would draw nothing, and it is shown only after it has drawn the right thing.
    made.webContents.setBackgroundThrottling(false);
    made.removeMenu();
    made.on('page-title-updated', (event) => event.preventDefault());
    made.on('focus', () => made.flashFrame(false));
    made.on('close', (event) => {
      if (!asking) return;
      event.preventDefault();
      deps.onClosed();
    });
    made.on('closed', () => {
      if (window !== made) return;
      window = null;
      presenter.lost();
      if (asking) deps.onClosed();
    });
    made.webContents.on('render-process-gone', (_event, details) => {
      deps.log.error('approval.page-gone', { reason: details.reason });
      if (!made.isDestroyed()) made.destroy();
    });
    made.loadURL(deps.url).catch((error: unknown) => {
      deps.log.error('approval.load-failed', { error: error instanceof Error ? error.message : 'unknown' });
    });
    return {
      present(approval) {
        made.webContents.send('approval:changed', { approval, platform: deps.platform() });
      },
      visible(approvalId) {
        made.webContents.send('approval:shown', approvalId);
      },
      over(approvalId) {
        made.webContents.send('approval:over', approvalId);
      },
      hasFocus: () => made.isFocused(),
      show(focused) {
        made.setTitle(deps.title());
        if (focused) {
          made.show();
          made.focus();
          return;
        }
        made.showInactive();
        made.flashFrame(true);
      },
      hide() {
        made.flashFrame(false);
        made.hide();
      },
      focus() {
        if (made.isMinimized()) made.restore();
        made.show();
        made.focus();
      },
      destroy() {
        if (window === made) window = null;
        made.destroy();
      },
    };
  };

  const presenter = createApprovalPresenter({
    open,
    clock: deps.clock,
    log: deps.log,
    onShown: deps.onShown,
  });

  return {
    update(approval) {
      asking = approval !== null;
      presenter.update(approval);
    },
    painted: (approvalId) => presenter.painted(approvalId),
    focus: () => presenter.focus(),
    warm: () => presenter.warm(),
    rehearse() {
      if (window === null) make().destroy();
    },
    isMine: (contents) => window !== null && !window.isDestroyed() && window.webContents === contents,
    destroy() {
      asking = false;
      presenter.destroy();
    },
  };
}
