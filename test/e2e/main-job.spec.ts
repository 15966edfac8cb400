import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from '@playwright/test';
import { type Sandbox, startSandbox } from '../../sandbox/index.ts';
import {
  launchApp,
  logInThroughBrowser,
  nextOpenedUrl,
  openBrowser,
  type RunningApp,
} from '../support/app-driver.ts';
import { type DesktopBus, startDesktopBus } from '../support/desktop-bus.ts';
import { type PrivateSession, startPrivateSession } from '../support/desktop-session.ts';

const run = promisify(execFile);

let sandbox: Sandbox;
let session: PrivateSession;
let desktop: DesktopBus;
let app: RunningApp | null = null;

test.beforeEach(async () => {
  sandbox = await startSandbox();
  session = await startPrivateSession({ keyring: 'unlocked' });
  desktop = await startDesktopBus({ busAddress: session.env['DBUS_SESSION_BUS_ADDRESS'] ?? '' });
});

test.afterEach(async () => {
  await app?.kill().catch(() => undefined);
  app = null;
  desktop.stop();
  await session.stop();
  await sandbox.stop();
});

async function userinfo(accessToken: string): Promise<{ status: number; sub: unknown }> {
  const discovery = await fetch(`${sandbox.providers[0]?.issuer ?? ''}/.well-known/openid-configuration`);
  const { userinfo_endpoint: endpoint } = (await discovery.json()) as { userinfo_endpoint: string };
  const answer = await fetch(endpoint, { headers: { Authorization: `Bearer ${accessToken}` } });
  const body = answer.ok ? ((await answer.json()) as { sub: unknown }) : { sub: null };
  return { status: answer.status, sub: body.sub };
}

/** From the first start to an account, as a person does it. */
async function onboard(running: RunningApp): Promise<void> {
  const { window } = running;
  await expect(window.getByRole('heading', { level: 1 })).toHaveText('Welcome to Mytoken Desktop');
  await window.getByRole('radio').first().check();
  await window.getByRole('button', { name: 'Continue in the browser' }).click();
  await expect(window.getByText('Look at your browser')).toBeVisible();
  const consentUrl = await nextOpenedUrl(session);
  const browser = await openBrowser();
  try {
    const [alice] = sandbox.users;
    if (!alice) throw new Error('the sandbox has no user');
    await logInThroughBrowser(browser, consentUrl, alice);
  } finally {
    await browser.close();
  }
  await expect(window.getByRole('heading', { level: 1 })).toHaveText('You are set up', { timeout: 20_000 });
}

test('first run, login in a real browser, token from tray and endpoint, kill -9, restart', async () => {
  test.setTimeout(180_000);
  app = await launchApp(session, { args: [`--prefill-instance=${sandbox.mytokenUrl}`] });
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
  expect(await userinfo(copied)).toMatchObject({ status: 200, sub: sandbox.users[0]?.sub });
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
  const { stdout } = await run('sh', ['-c', curlLine], { env: session.env });
  const answer = JSON.parse(stdout) as { access_token: string; expires_in: number };
  expect((await userinfo(answer.access_token)).status).toBe(200);

  // A crash, then nothing readable on disk, then everything still there.
  const mytokens = sandbox.control.tokens().length;
  await app.kill();
  const found = await run('sh', ['-c', `grep -rlE 'eyJ[A-Za-z0-9_-]{20}' "$XDG_CONFIG_HOME" || true`], {
    env: session.env,
  });
  expect(found.stdout).toBe('');
  const keyOnDisk = await run(
    'sh',
    ['-c', `grep -rlF '${key}' "$XDG_CONFIG_HOME" "$XDG_RUNTIME_DIR" || true`],
    { env: session.env },
  );
  expect(keyOnDisk.stdout).toBe('');

  app = await launchApp(session);
  await expect(app.window.getByRole('heading', { level: 1 })).toHaveText('Accounts');
  await app.window.getByRole('button', { name: 'Copy access token' }).click();
  await expect(app.window.getByText(/Access token for .* copied/).first()).toBeVisible({ timeout: 15_000 });
  expect((await userinfo(await readClipboard())).status).toBe(200);
  expect(sandbox.control.tokens()).toHaveLength(mytokens); // no new login

  async function readClipboard(): Promise<string> {
    return app ? app.electron.evaluate(({ clipboard }) => clipboard.readText()) : '';
  }
});
