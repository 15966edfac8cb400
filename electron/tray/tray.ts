import { Menu, type MenuItemConstructorOptions, type NativeImage, Tray } from 'electron';
import type { Clock, Logger } from '../ports/index.ts';
import type { TrayAction, TrayItem } from './menu-model.ts';

export interface TrayDeps {
  readonly icon: () => NativeImage;
  readonly menu: () => readonly TrayItem[];
  readonly tooltip: () => string;
  readonly act: (action: TrayAction) => void;
  /** A click on the icon itself, where the platform reports one. Nothing depends on it. */
  readonly onClick: () => void;
  readonly clock: Clock;
  readonly log: Logger;
}

export interface TrayIcon {
  /** Something changed; the menu follows within a second, at most once a second. */
  changed(): void;
  stop(): void;
}

const shortestPauseMs = 1_000;

export function createTray(deps: TrayDeps): TrayIcon {
  const { clock } = deps;
  const tray = new Tray(deps.icon());
  let lastMenu = '';
  let lastLookMs = -Infinity;
  let cancel: (() => void) | null = null;

  const template = (items: readonly TrayItem[]): MenuItemConstructorOptions[] =>
    items.map((item) => {
      switch (item.type) {
        case 'separator':
          return { type: 'separator' };
        case 'text':
          return { label: item.label, enabled: false };
        case 'submenu':
          return { label: item.label, submenu: template(item.items) };
        case 'action':
          return { label: item.label, enabled: item.enabled, click: () => deps.act(item.action) };
      }
    });

  const build = (): void => {
    cancel = null;
    lastLookMs = clock.monotonicMs();
    const items = deps.menu();
    const fingerprint = JSON.stringify(items);
    if (fingerprint === lastMenu) return;
    lastMenu = fingerprint;
    // Linux shows changes only after the menu has been set again; the old one must not be edited in place.
    tray.setContextMenu(Menu.buildFromTemplate(template(items)));
    tray.setToolTip(deps.tooltip());
    tray.setImage(deps.icon());
  };

  tray.on('click', deps.onClick);
  build();

  return {
    changed() {
      if (cancel || tray.isDestroyed()) return;
      const waitMs = Math.max(0, lastLookMs + shortestPauseMs - clock.monotonicMs());
      cancel = clock.after(waitMs, build);
    },
    stop() {
      cancel?.();
      tray.destroy();
    },
  };
}
