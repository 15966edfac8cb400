import {
  BrowserWindow,
  type Rectangle as ElectronRectangle,
  screen,
  type Session,
  type WebContents,
} from 'electron';
import type { EventName } from '../../shared/ipc/channels.ts';
import type { NavigationTarget, WindowRole } from '../../shared/ipc/contract.ts';
import type { Clock, Logger } from '../ports/index.ts';
import { displaySetKey, parsePlaces, placeFor } from './bounds.ts';
import { windowOptions } from './options.ts';

export interface MainWindowDeps {
  readonly url: string;
  readonly preloadPath: string;
  readonly iconPath: string | null;
  readonly session: () => Session;
  readonly devTools: boolean;
  readonly title: () => string;
  readonly backgroundColor: () => string;
  readonly places: { load(): unknown; save(places: unknown): void };
  readonly clock: Clock;
  readonly log: Logger;
  /** The user closed the window; false keeps it on the screen. */
  readonly mayClose: () => boolean;
  readonly onVisible: (visible: boolean) => void;
}

/** The main window: made when it is to be seen, destroyed when closed, so that an idle app has none. */
export interface MainWindow {
  show(target?: NavigationTarget): void;
  isOpen(): boolean;
  /** The page has drawn something: now it may be seen. */
  ready(): void;
  send(event: EventName, payload: unknown): void;
  roleOf(contents: WebContents): WindowRole | null;
  /** For dialogs that belong to it. */
  native(): BrowserWindow | null;
  destroy(): void;
}

/** A page that never reports is shown all the same: an empty window can be closed, an invisible one cannot. */
const showAnywayMs = 1_500;
const savePlaceMs = 500;

export function createMainWindow(deps: MainWindowDeps): MainWindow {
  const { clock, log } = deps;
  let window: BrowserWindow | null = null;
  let wanted: NavigationTarget | null = null;
  let pageReady = false;
  let cancelShow: (() => void) | null = null;
  let cancelSave: (() => void) | null = null;
  const places = parsePlaces(deps.places.load());

  const areas = (): ElectronRectangle[] => screen.getAllDisplays().map((display) => display.workArea);

  const rememberPlace = (): void => {
    cancelSave?.();
    cancelSave = clock.after(savePlaceMs, () => {
      if (!window || window.isDestroyed() || window.isMinimized() || window.isFullScreen()) return;
      places.set(displaySetKey(areas()), window.getNormalBounds());
      try {
        deps.places.save(Object.fromEntries(places));
      } catch {
        log.warn('window.place-not-saved');
      }
    });
  };

  /** A display went away: fetch the window back if nobody could reach it any more. */
  const keepReachable = (): void => {
    if (!window || window.isDestroyed()) return;
    if (placeFor(window.getNormalBounds(), areas()) === null) window.center();
  };

  const reveal = (): void => {
    cancelShow?.();
    cancelShow = null;
    if (!window || window.isDestroyed()) return;
    if (window.isMinimized()) window.restore();
    window.show();
    window.focus();
  };

  const navigate = (): void => {
    if (wanted === null || !window || window.isDestroyed()) return;
    window.webContents.send('navigate', wanted);
    wanted = null;
  };

  function open(): void {
    const remembered = places.get(displaySetKey(areas()));
    const made = new BrowserWindow(
      windowOptions({
        title: deps.title(),
        backgroundColor: deps.backgroundColor(),
        iconPath: deps.iconPath,
        place: remembered === undefined ? null : placeFor(remembered, areas()),
        preloadPath: deps.preloadPath,
        session: deps.session(),
        devTools: deps.devTools,
      }),
    );
    window = made;
    pageReady = false;
    made.removeMenu();
    made.on('page-title-updated', (event) => event.preventDefault());
    made.on('close', (event) => {
      if (!deps.mayClose()) event.preventDefault();
    });
    made.on('closed', () => {
      window = null;
      screen.off('display-removed', keepReachable);
      deps.onVisible(false);
    });
    made.on('resize', rememberPlace);
    made.on('move', rememberPlace);
    made.on('restore', keepReachable);
    screen.on('display-removed', keepReachable);
    made.webContents.on('render-process-gone', (_event, details) => {
      log.error('window.page-gone', { reason: details.reason });
      if (details.reason !== 'clean-exit' && !made.isDestroyed()) made.destroy();
    });
    cancelShow = clock.after(showAnywayMs, reveal);
    deps.onVisible(true);
    made.loadURL(deps.url).catch((error: unknown) => {
      log.error('window.load-failed', { error: error instanceof Error ? error.message : 'unknown' });
    });
  }

  return {
    show(target) {
      wanted = target ?? wanted;
      if (!window) {
        open();
        return;
      }
      reveal();
      if (pageReady) navigate();
    },
    isOpen: () => window !== null,
    ready() {
      pageReady = true;
      if (cancelShow) reveal();
      navigate();
    },
    send(event, payload) {
      if (window && !window.isDestroyed()) window.webContents.send(event, payload);
    },
    roleOf: (contents) =>
      window && !window.isDestroyed() && window.webContents === contents ? 'main' : null,
    native: () => window,
    destroy() {
      cancelShow?.();
      cancelSave?.();
      window?.destroy();
    },
  };
}
