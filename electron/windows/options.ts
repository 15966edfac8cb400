import type { BrowserWindowConstructorOptions, Session } from 'electron';
import { defaultSize, minimumSize, type Rectangle } from './bounds.ts';

export interface WindowLook {
  readonly title: string;
  readonly backgroundColor: string;
  readonly iconPath: string | null;
  readonly place: Rectangle | null;
  /** A window of this size that cannot be resized; null: as large as its user likes. */
  readonly fixedSize?: { readonly width: number; readonly height: number };
  readonly preloadPath: string;
  readonly session: Session;
  readonly devTools: boolean;
}

/** The only maker of window options. Its input has no field that could weaken a window. */
export function windowOptions(look: WindowLook): BrowserWindowConstructorOptions {
  return {
    show: false,
    title: look.title,
    backgroundColor: look.backgroundColor,
    width: look.fixedSize?.width ?? look.place?.width ?? defaultSize.width,
    height: look.fixedSize?.height ?? look.place?.height ?? defaultSize.height,
    ...(look.place === null ? {} : { x: look.place.x, y: look.place.y }),
    ...(look.fixedSize === undefined
      ? { minWidth: minimumSize.width, minHeight: minimumSize.height }
      : { resizable: false, maximizable: false, fullscreenable: false }),
    autoHideMenuBar: true,
    ...(look.iconPath === null ? {} : { icon: look.iconPath }),
    webPreferences: {
      preload: look.preloadPath,
      session: look.session,
      contextIsolation: true,
      sandbox: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webviewTag: false,
      devTools: look.devTools,
      spellcheck: false,
      safeDialogs: true,
      disableBlinkFeatures: 'Auxclick',
    },
  };
}
