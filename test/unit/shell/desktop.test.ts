import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createClipboard } from '../../../electron/clipboard/index.ts';
import { Secret, silentLogger } from '../../../electron/ports/index.ts';
import {
  buildTrayMenu,
  statusLine,
  type TrayItem,
  type TrayModel,
} from '../../../electron/tray/menu-model.ts';
import { onWindowClose } from '../../../electron/windows/close-rule.ts';
import { placeFor } from '../../../electron/windows/bounds.ts';
import { createTranslate } from '../../../shared/i18n/catalogue.ts';
import type { AccountView } from '../../../shared/model/account.ts';
import { FakeClock } from '../../support/fake-clock.ts';

const t = createTranslate('en');

function view(id: string, over: Partial<AccountView> = {}): AccountView {
  return {
    id,
    shortname: id,
    displayName: `Account ${id}`,
    instanceUrl: 'https://mt.example.org',
    oidcIssuer: 'https://op.example.org',
    providerName: null,
    tokenName: '',
    momId: '',
    capabilities: [],
    restrictions: [],
    rotation: null,
    defaultScopes: [],
    defaultAudience: [],
    providerScopes: [],
    isDefault: false,
    createdAtMs: 0,
    lastUsedAtMs: null,
    expiresAtMs: null,
    status: 'ok',
    problem: null,
    storage: 'vault',
    ...over,
  };
}

describe('tray menu', () => {
  const model = (accounts: AccountView[]) => ({
    accounts,
    endpoint: 'listening' as const,
    storage: 'ok' as const,
    waiting: 0,
    lock: { locked: null, paused: null },
  });

  it('says in its first line how things stand', () => {
    expect(statusLine(model([view('a'), view('b')]), t)).toBe('2 accounts · endpoint on');
    expect(statusLine({ ...model([]), storage: 'locked' }, t)).toBe('Storage needs attention');
  });

  it('copies the default account’s token with one click', () => {
    const items = buildTrayMenu(model([view('a'), view('b', { isDefault: true })]), t);
    expect(items[2]).toMatchObject({
      label: 'Copy access token: Account b',
      action: { kind: 'copy', accountId: 'b' },
    });
  });

  it('shows eight accounts and then more', () => {
    const accounts = Array.from({ length: 9 }, (_, index) => view(String(index)));
    const items = buildTrayMenu(model(accounts), t);
    expect(items.filter((item) => item.type === 'submenu' && item.label.startsWith('Account'))).toHaveLength(
      8,
    );
    expect(items.some((item) => item.type === 'action' && item.label === 'More…')).toBe(true);
    expect(
      buildTrayMenu(model(accounts.slice(1)), t).some(
        (item) => item.type === 'action' && item.label === 'More…',
      ),
    ).toBe(false);
  });

  it('does not offer what cannot work, and says why in words', () => {
    const [, , copy, submenu] = buildTrayMenu(
      model([view('a', { status: 'login-needed', displayName: 'R&D' })]),
      t,
    );
    expect(copy).toMatchObject({ enabled: false });
    expect(submenu).toMatchObject({ label: 'R&&D — login needed' });
  });
});

describe('lock and pause in the tray', () => {
  const model: TrayModel = {
    accounts: [view('a', { isDefault: true })],
    ...{ endpoint: 'listening', storage: 'ok', waiting: 0 },
    lock: { locked: null, paused: null },
  };
  const labels = (items: readonly TrayItem[]): string[] =>
    items.flatMap((item) => (item.type === 'separator' ? [] : [item.label]));

  it('offers to lock, and to pause for a while', () => {
    const items = buildTrayMenu(model, t);
    expect(labels(items)).toContain('Lock');
    const pause = items.find((item) => item.type === 'submenu' && item.label === 'Pause local access');
    expect(pause).toMatchObject({
      items: [{ action: { minutes: 15 } }, { action: { minutes: 60 } }, { action: { minutes: null } }],
    });
  });

  it('locked: says so first, offers no token of anybody, and the way out', () => {
    const locked: TrayModel = {
      ...model,
      ...{ waiting: 2, storage: 'closed' },
      lock: { locked: { by: 'screen', sinceMs: 0 }, paused: null },
    };
    expect(statusLine(locked, t)).toBe('Locked');
    expect(labels(buildTrayMenu(locked, t))).toEqual([
      ...['Locked', 'Review 2 requests…', 'Pause local access', 'Unlock', 'Open Mytoken Desktop'],
      ...['Settings…', 'Quit'],
    ]);
  });

  it('paused: says so, and offers to go on', () => {
    const paused: TrayModel = { ...model, lock: { locked: null, paused: { untilMs: null } } };
    expect(statusLine(paused, t)).toBe('1 account · endpoint on · local access paused');
    expect(labels(buildTrayMenu(paused, t))).toContain('Resume local access');
  });
});

describe('clipboard (R-70 to R-72)', () => {
  function setUp() {
    const clock = new FakeClock();
    const held = { text: '', stubborn: false };
    const clipboard = createClipboard(
      {
        writeSecret: (text) => {
          held.text = text;
          return Promise.resolve();
        },
        writeText: (text) => {
          held.text = text;
          return Promise.resolve();
        },
        readText: () => Promise.resolve(held.text),
        clear: () => {
          if (!held.stubborn) held.text = '';
          return Promise.resolve();
        },
      },
      clock,
      silentLogger,
    );
    const facts = { accountId: 'a', tokenExpiresAtMs: 1, clearAfterMs: 30_000 };
    return { clock, held, clipboard, facts };
  }
  const settle = async (): Promise<void> => {
    for (let index = 0; index < 10; index += 1) await Promise.resolve();
  };

  it('takes the token out after its time', async () => {
    const { clock, held, clipboard, facts } = setUp();
    const { clearsAtMs } = await clipboard.copySecret(new Secret('token'), facts);
    expect(clearsAtMs).toBe(clock.nowMs() + 30_000);
    clock.advance(29_000);
    await settle();
    expect(held.text).toBe('token');
    clock.advance(2_000);
    await settle();
    expect(held.text).toBe('');
    expect(clipboard.view().clearsAtMs).toBeNull();
  });

  it('leaves alone what the user copied meanwhile', async () => {
    const { clock, held, clipboard, facts } = setUp();
    await clipboard.copySecret(new Secret('token'), facts);
    held.text = 'shopping list';
    clock.advance(31_000);
    await settle();
    expect(held.text).toBe('shopping list');
  });

  it('keeps a text that is no secret, and forgets the token it replaces', async () => {
    const { clock, held, clipboard, facts } = setUp();
    await clipboard.copySecret(new Secret('same'), facts);
    await clipboard.copyText('same');
    expect(clipboard.view().clearsAtMs).toBeNull();
    clock.advance(31_000);
    await settle();
    expect(held.text).toBe('same');
  });

  it('starts the time anew with a second copy', async () => {
    const { clock, held, clipboard, facts } = setUp();
    await clipboard.copySecret(new Secret('one'), facts);
    clock.advance(20_000);
    await clipboard.copySecret(new Secret('two'), facts);
    clock.advance(20_000);
    await settle();
    expect(held.text).toBe('two');
  });

  it('says so when the clipboard does not obey', async () => {
    const { held, clipboard, facts } = setUp();
    held.stubborn = true;
    await clipboard.copySecret(new Secret('token'), facts);
    await clipboard.clearNow();
    expect(clipboard.view().problem).toBe('not-cleared');
  });
});

describe('windows', () => {
  it('never come back where nobody can reach them', () => {
    const area = { x: 0, y: 0, width: 1920, height: 1080 };
    expect(placeFor({ x: 5000, y: 10, width: 900, height: 700 }, [area])).toBeNull();
    expect(placeFor({ x: 100, y: 1070, width: 900, height: 700 }, [area])).toBeNull();
    expect(placeFor({ x: 100, y: 100, width: 4000, height: 3000 }, [area])).toEqual({
      x: 100,
      y: 100,
      width: 1920,
      height: 1080,
    });
    const side = fc.integer({ min: -4000, max: 4000 });
    fc.assert(
      fc.property(
        side,
        side,
        fc.integer({ min: 1, max: 5000 }),
        fc.integer({ min: 1, max: 5000 }),
        (x, y, width, height) => {
          const place = placeFor({ x, y, width, height }, [area]);
          if (place === null) return;
          const overlap = Math.min(place.x + place.width, area.width) - Math.max(place.x, 0);
          expect(overlap).toBeGreaterThanOrEqual(100);
          expect(place.y).toBeGreaterThanOrEqual(0);
        },
      ),
    );
  });

  it('close to where people find them again', () => {
    const facts = { quitting: false, trayShown: true, endpointListening: false };
    expect(onWindowClose(facts)).toBe('hide');
    expect(onWindowClose({ ...facts, trayShown: false })).toBe('quit');
    expect(onWindowClose({ ...facts, trayShown: false, endpointListening: true })).toBe('minimise');
    expect(onWindowClose({ ...facts, trayShown: false, endpointListening: true, quitting: true })).toBe(
      'quit',
    );
  });
});
