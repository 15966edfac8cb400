import { execFile } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from '@playwright/test';
import { electronArgs } from '../support/desktop-session.ts';
import { askEncrypted } from '../support/agent-client.ts';
import type { RunningApp } from '../support/app-driver.ts';
import { answer, shownQuestion } from '../support/approval-page.ts';
import { useDesk } from '../support/desk.ts';
import { askForToken, ended, makeServingProfile } from '../support/serving-profile.ts';
import { call, importAccount, skipWelcome } from '../support/window-calls.ts';

const run = promisify(execFile);
const root = join(import.meta.dirname, '..', '..');

const desk = useDesk();

/** The app's program once more, as a second click on its icon starts it; resolves when that has ended. */
async function startAgain(...flags: string[]): Promise<void> {
  const electron = join(process.env['ELECTRON_OVERRIDE_DIST_PATH'] ?? '', 'electron');
  const noSandbox = process.env['MYTOKEN_DESKTOP_CHROMIUM_SANDBOX'] === '0' ? ['--no-sandbox'] : [];
  await run(electron, [...noSandbox, ...electronArgs(root, ...flags)], {
    env: desk.session.env,
    timeout: 30_000,
  });
}

function clipboardText(running: RunningApp): Promise<string> {
  return running.electron.evaluate(({ clipboard }) => clipboard.readText());
}

function windowCount(running: RunningApp): Promise<number> {
  return running.electron.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length);
}

test('a copied token leaves the clipboard after its time, and not when something else was copied', async () => {
  const app = await desk.launch();
  const { window, electron } = app;
  await skipWelcome(window);
  await importAccount(window, desk.sandbox, 'Alpha');
  await call(window, 'settings:update', { clipboardClearSeconds: 10 });
  const copy = window.getByRole('button', { name: 'Copy access token' });

  await copy.click();
  await expect.poll(() => clipboardText(app)).toMatch(/^eyJ/);
  await expect.poll(() => clipboardText(app), { timeout: 20_000 }).toBe('');

  await copy.click();
  await expect.poll(() => clipboardText(app)).toMatch(/^eyJ/);
  await electron.evaluate(({ clipboard }) => clipboard.writeText('a shopping list'));
  await window.waitForTimeout(12_000); // longer than the token would have stayed
  expect(await clipboardText(app)).toBe('a shopping list');
});

test('with a tray the closed window waits there; a second start brings it back, --quit ends it', async () => {
  const desktop = await desk.startBus();
  const app = await desk.launch();
  await skipWelcome(app.window);
  const tray = await desktop.tray();
  await app.electron.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.close());
  await expect.poll(() => windowCount(app)).toBe(0);

  const again = app.electron.waitForEvent('window');
  await startAgain();
  await (await again).getByRole('heading', { level: 1 }).waitFor();
  await app.electron.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.close());
  await expect.poll(() => windowCount(app)).toBe(0);

  const fromTray = app.electron.waitForEvent('window');
  await tray.click('Open Mytoken Desktop');
  await (await fromTray).getByRole('heading', { level: 1 }).waitFor();

  const end = ended(app);
  await startAgain('--quit');
  await end;
});

test('without a tray the closed window ends the app, unless it serves programs: then it stays in the taskbar', async () => {
  const app = await desk.launch();
  await skipWelcome(app.window);
  await expect(app.window.getByText('No tray icons here', { exact: false })).toBeVisible();
  await call(app.window, 'settings:update', {
    endpoint: { enabled: true, port: 0, allowLocalhostName: false },
  });
  const announced = join(desk.session.env['XDG_RUNTIME_DIR'] ?? '', 'mytoken-desktop', 'endpoint.json');
  await expect.poll(() => existsSync(announced)).toBe(true);
  await app.electron.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.close());
  await app.window.waitForTimeout(500);
  expect(await windowCount(app)).toBe(1);

  await call(app.window, 'settings:update', {
    endpoint: { enabled: false, port: 0, allowLocalhostName: false },
  });
  await expect.poll(() => existsSync(announced)).toBe(false);
  const end = ended(app);
  await app.electron
    .evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.close())
    .catch(() => undefined); // it may be gone before it can answer
  await end;
});

test('locked keyring: programs are told to come back, nothing is lost, and unlocking it is enough', async () => {
  test.setTimeout(90_000);
  const key = await makeServingProfile(desk.session, desk.sandbox);
  await desk.session.lockKeyring();
  const app = await desk.launch();
  await expect(app.window.getByRole('heading', { level: 1 })).toHaveText('The store of mytokens is locked');
  const refused = await askForToken(desk.session, key);
  expect(refused.status).toBe(503);
  expect(refused.headers.get('retry-after')).not.toBeNull();
  expect(await refused.json()).toMatchObject({ code: 'vault/locked', retryable: true });

  // What somebody has to be asked about waits until there is something to give.
  const socket = desk.socketPath;
  const asked = askEncrypted(socket, { request: 'access_token', account: 'alpha' });
  const early = await Promise.race([asked, app.window.waitForTimeout(1_000)]);
  expect(early).toBeUndefined();

  await app.window.getByRole('button', { name: 'Try again' }).click(); // a dismissed prompt spoils nothing
  await expect(app.window.getByRole('heading', { level: 1 })).toHaveText('The store of mytokens is locked');
  await desk.session.unlockKeyring();
  // Nobody has to say so: the app looks again by itself.
  await expect(app.window.getByRole('heading', { level: 1 })).toHaveText('Accounts', { timeout: 20_000 });
  expect((await askForToken(desk.session, key)).status).toBe(200);
  await answer(await shownQuestion(app), 'Deny');
  expect(await asked).toMatchObject({ error: 'operation forbidden' });
});

test('another key store than before is named, nothing is overwritten, and going back is enough', async () => {
  test.setTimeout(90_000);
  const key = await makeServingProfile(desk.session, desk.sandbox);
  let app = await desk.launch({ args: ['--password-store=basic'] });
  await expect(app.window.getByRole('heading', { level: 1 })).toHaveText('Another keyring than before');
  expect((await askForToken(desk.session, key)).status).toBe(503);
  await app.kill();

  app = await desk.launch();
  await expect(app.window.getByRole('heading', { level: 1 })).toHaveText('Accounts');
  expect((await askForToken(desk.session, key)).status).toBe(200);
});

test('a long list of accounts opens, filters and scrolls with few rows in the page', async () => {
  const app = await desk.launch();
  const { window } = app;
  await skipWelcome(window);
  for (let number = 0; number < 60; number += 1)
    await importAccount(window, desk.sandbox, `Account-${number}`);
  await window.getByRole('button', { name: 'Account-0', exact: true }).waitFor();
  const rows = window.getByRole('button', { name: /^Copy access token/ });
  expect(await rows.count()).toBeLessThan(40);
  await window.getByRole('button', { name: 'Account-0', exact: true }).hover();
  await expect(async () => {
    await window.mouse.wheel(0, 4_000);
    await expect(window.getByRole('button', { name: 'Account-59', exact: true })).toBeVisible({
      timeout: 500,
    });
  }).toPass({ timeout: 20_000 });
  await window.keyboard.press('Control+f');
  await window.keyboard.type('account-31');
  await expect(rows).toHaveCount(1);
});

test('no session of the app goes anywhere, whoever makes it (R-5)', async () => {
  const app = await desk.launch();
  const tried = await app.electron.evaluate(async ({ session }, url) => {
    const sessions = ['main', 'approval', 'made later'].map((name) => session.fromPartition(name));
    const answers = [session.defaultSession, ...sessions].map((each) =>
      each.fetch(url).then(
        () => 'answered',
        (error: unknown) => String(error),
      ),
    );
    return Promise.all(answers);
  }, desk.sandbox.mytokenUrl);
  expect(tried).toHaveLength(4);
  for (const answer of tried) expect(answer).toContain('ERR_BLOCKED_BY_CLIENT');
});

test.describe('on Linux', () => {
  test.skip(process.platform !== 'linux', 'elsewhere Chromium keeps its processes');

  test('no process for the network, and no window but the one that is seen', async () => {
    const app = await desk.launch();
    const found = await app.electron.evaluate(({ app: running, BrowserWindow }) => ({
      services: running.getAppMetrics().map(({ type, serviceName }) => serviceName ?? type),
      windows: BrowserWindow.getAllWindows().length,
    }));
    expect(found.services).not.toContain('network.mojom.NetworkService');
    expect(found.windows).toBe(1);
  });

  test('pages collect their garbage alone, and other flags for them stay', async () => {
    const app = await desk.launch({ args: ['--js-flags=--no-lazy'] });
    const pages = await app.electron.evaluate(({ BrowserWindow }) =>
      BrowserWindow.getAllWindows().map(({ webContents }) => webContents.getOSProcessId()),
    );
    expect(pages).toHaveLength(1);
    const words = readFileSync(`/proc/${pages[0] ?? 0}/cmdline`, 'utf8').split('\0');
    expect(words.join(' ')).toContain('--js-flags=--no-lazy --single-threaded-gc');
  });
});

test('scripts of the main process keep one byte for each character in memory', () => {
  // V8 decides by the whole file; the build escapes what lies beyond Latin-1.
  const folder = join(root, 'out', 'main');
  const scripts = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
    /\.js$/.test(name),
  );
  expect(scripts).toContain('main.js');
  const wide = scripts.filter((name) => /[^\0-\xff]/.test(readFileSync(join(folder, name), 'utf8')));
  expect(wide).toEqual([]);
});
