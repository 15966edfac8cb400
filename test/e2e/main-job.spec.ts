import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from '@playwright/test';
import { logInThroughBrowser, nextOpenedUrl, openBrowser, type RunningApp } from '../support/app-driver.ts';
import { useDesk } from '../support/desk.ts';
import type { DesktopBus } from '../support/desktop-bus.ts';
import { userinfo } from '../support/userinfo.ts';

const run = promisify(execFile);

const desk = useDesk();
let desktop: DesktopBus;

test.beforeEach(async () => {
  desktop = await desk.startBus();
});

/** From the first start to an account, as a person does it. */
async function onboard(running: RunningApp): Promise<void> {
  const { window } = running;
  await expect(window.getByRole('heading', { level: 1 })).toHaveText('Welcome to Mytoken Desktop');
  await window.getByRole('radio').first().check();
  await window.getByRole('button', { name: 'Continue in the browser' }).click();
  await expect(window.getByText('Look at your browser')).toBeVisible();
  const consentUrl = await nextOpenedUrl(desk.session);
  const browser = await openBrowser();
  try {
    const [alice] = desk.sandbox.users;
    if (!alice) throw new Error('the sandbox has no user');
    await logInThroughBrowser(browser, consentUrl, alice);
  } finally {
    await browser.close();
  }
  await expect(window.getByRole('heading', { level: 1 })).toHaveText('You are set up', { timeout: 20_000 });
}

test('first run, login in a real browser, token from tray and endpoint, kill -9, restart', async () => {
  test.setTimeout(180_000);
  let app = await desk.launch({ args: [`--prefill-instance=${desk.sandbox.mytokenUrl}`] });
  await onboard(app);
  const { window } = app;

  await window.getByLabel('Let local programs ask').click();
  await window.getByRole('button', { name: 'Create a key for a program' }).click();
  await expect(window.getByRole('heading', { level: 1 })).toHaveText('Programs');
  await window.getByRole('button', { name: 'New key' }).click();
  await window.getByRole('textbox', { name: 'Program' }).fill('curl');
  await window.getByRole('button', { name: 'Create key' }).click();
  const curlLine = await window.getByLabel('Try it in a terminal').inputValue();
  const key = await window.getByRole('textbox', { name: 'Client key' }).inputValue();
  await window.getByRole('button', { name: 'I have stored it' }).click();

  // The tray entry, clicked over D-Bus as a panel does.
  const tray = await desktop.tray();
  const menu = await tray.menu();
  const copyEntry = menu.find((entry) => entry.label.startsWith('Copy access token:'));
  expect(copyEntry, JSON.stringify(menu)).toBeDefined();
  await tray.click(copyEntry?.label ?? '');
  await expect.poll(() => readClipboard(), { timeout: 15_000 }).not.toBe('');
  const copied = await readClipboard();
  expect(await userinfo(desk.sandbox, copied)).toMatchObject({
    status: 200,
    sub: desk.sandbox.users[0]?.sub,
  });
  await expect
    .poll(() =>
      desktop
        .notifications()
        .map((notification) => notification.title)
        .join(),
    )
    .toContain('Access token copied');
  expect(JSON.stringify(desktop.notifications())).not.toContain(copied.slice(0, 20));

  // The very line the window shows, run by a shell.
  const { stdout } = await run('sh', ['-c', curlLine], { env: desk.session.env });
  const answer = JSON.parse(stdout) as { access_token: string; expires_in: number };
  expect((await userinfo(desk.sandbox, answer.access_token)).status).toBe(200);

  // A crash, then nothing readable on disk, then everything still there.
  const mytokens = desk.sandbox.control.tokens().length;
  await app.kill();
  const found = await run('sh', ['-c', `grep -rlE 'eyJ[A-Za-z0-9_-]{20}' "$XDG_CONFIG_HOME" || true`], {
    env: desk.session.env,
  });
  expect(found.stdout).toBe('');
  const keyOnDisk = await run(
    'sh',
    ['-c', `grep -rlF '${key}' "$XDG_CONFIG_HOME" "$XDG_RUNTIME_DIR" || true`],
    { env: desk.session.env },
  );
  expect(keyOnDisk.stdout).toBe('');

  app = await desk.launch();
  await expect(app.window.getByRole('heading', { level: 1 })).toHaveText('Accounts');
  await app.window.getByRole('button', { name: 'Copy access token' }).click();
  await expect(app.window.getByText(/Access token for .* copied/).first()).toBeVisible({ timeout: 15_000 });
  expect((await userinfo(desk.sandbox, await readClipboard())).status).toBe(200);
  expect(desk.sandbox.control.tokens()).toHaveLength(mytokens); // no new login

  async function readClipboard(): Promise<string> {
    return desk.app.electron.evaluate(({ clipboard }) => clipboard.readText());
  }
});
