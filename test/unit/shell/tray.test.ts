import { beforeEach, expect, it, vi } from 'vitest';
import { silentLogger } from '../../../electron/ports/index.ts';
import type { TrayItem } from '../../../electron/tray/menu-model.ts';
import { createTray } from '../../../electron/tray/tray.ts';
import { FakeClock } from '../../support/fake-clock.ts';

const shown = vi.hoisted(() => vi.fn<(menu: unknown) => void>());

vi.mock('electron', () => ({
  Menu: { buildFromTemplate: (template: unknown) => template },
  Tray: class {
    on() {}
    setContextMenu = shown;
    setToolTip() {}
    setImage() {}
    isDestroyed() {
      return false;
    }
    destroy() {}
  },
}));

let items: readonly TrayItem[];
let looks: number;
let clock: FakeClock;

function tray() {
  return createTray({
    icon: () => null as never,
    menu() {
      looks += 1;
      return items;
    },
    tooltip: () => '',
    act: () => undefined,
    onClick: () => undefined,
    clock,
    log: silentLogger,
  });
}

beforeEach(() => {
  [items, looks, clock] = [[{ type: 'text', label: 'ready' }], 0, new FakeClock()];
  shown.mockClear();
});

it('a change is shown at once, the next one within a second', () => {
  const icon = tray();
  clock.advance(5_000);
  items = [{ type: 'text', label: 'locked' }];
  icon.changed();
  clock.advance(0);
  expect(shown).toHaveBeenLastCalledWith([{ label: 'locked', enabled: false }]);
  items = [{ type: 'text', label: 'ready' }];
  icon.changed();
  clock.advance(999);
  expect(shown).toHaveBeenCalledTimes(2);
  clock.advance(1);
  expect(shown).toHaveBeenLastCalledWith([{ label: 'ready', enabled: false }]);
});

it('hundreds of changes a second that leave the menu as it is cost one look and show nothing', () => {
  const icon = tray();
  clock.advance(5_000);
  for (let change = 0; change < 900; change += 1) {
    icon.changed();
    clock.advance(1);
  }
  expect(looks).toBe(2);
  expect(shown).toHaveBeenCalledTimes(1);
});
