/** Inside a desktop session: goes through the screens of the real app and takes a picture of each. */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright';
import { startSandbox } from '../../sandbox/index.ts';
import type { SettingsPatch } from '../../shared/model/settings.ts';
import { type AppHome, launchApp, type RunningApp } from './app-driver.ts';
import { runScript } from './say.ts';
import { addFirstAccount, letProgramAsk } from './walkthrough.ts';

/** What scripts here need of an element; they are checked without the types of pages. */
interface Scrollable {
  scrollIntoView(options: { readonly block: 'start' }): void;
}

type Calls = Record<string, (args: unknown) => Promise<unknown>>;

async function call(window: Page, channel: string, args: unknown): Promise<void> {
  await window.evaluate(
    async ([name, value]) => {
      await (globalThis as unknown as { mytokenBridge: Calls }).mytokenBridge[name]?.(value);
    },
    [channel, args] as const,
  );
}

const setLook = (window: Page, patch: SettingsPatch): Promise<void> => call(window, 'settings:update', patch);

/** Size of the window's inside, pixels. */
async function resize(app: RunningApp, width: number, height: number): Promise<void> {
  await app.electron.evaluate(
    ({ BrowserWindow }, size) => BrowserWindow.getAllWindows()[0]?.setContentSize(size.width, size.height),
    { width, height },
  );
  await app.window.waitForTimeout(300);
}

/** A script that asks with oidc-token, then one that wants a mytoken. */
async function shootApprovals(app: RunningApp, dir: string, pictures: string): Promise<void> {
  const { window, electron } = app;
  await call(window, 'settings:update', { socket: { enabled: true } });
  const socket = join(dir, 'run', 'agent.sock');
  // The door opens on a thread of its own, a moment later.
  for (let round = 0; round < 100 && !existsSync(socket); round += 1) await window.waitForTimeout(100);
  const script = join(dir, 'night-analysis.sh');
  writeFileSync(script, '#!/bin/sh\noidc-token -s openid -s compute.read demo\nexit $?\n', { mode: 0o755 });
  // Perl, which every Debian has: a picture of the tools' own Node would show where somebody's checkout lies.
  const cluster = join(dir, 'cluster-job.pl');
  const wish = JSON.stringify({ request: 'mytoken', account: 'laptop', mytoken_profile: 'web-default' });
  writeFileSync(
    cluster,
    `#!/usr/bin/perl\nuse IO::Socket::UNIX;\nmy $s = IO::Socket::UNIX->new(Peer => '${socket}');\nprint $s '${wish}';\n$s->flush;\nmy $answer = <$s>;\n`,
    { mode: 0o755 },
  );
  const shoot = async (name: string, ask: () => void): Promise<void> => {
    ask();
    // The window may be there already, hidden and empty.
    const isAsking = (each: Page): boolean => each.url().startsWith('app://approval/');
    const page = electron.windows().find(isAsking) ?? (await electron.waitForEvent('window', isAsking));
    await page.getByRole('heading', { level: 1 }).waitFor();
    await page.waitForTimeout(1_500);
    await page.screenshot({ path: join(pictures, `${name}.png`) });
    await page.getByRole('button', { name: 'Deny', exact: true }).click();
    await page.getByRole('heading', { level: 1 }).waitFor({ state: 'detached' });
  };
  await shoot('approval', () => {
    spawn(script, { env: { ...process.env, OIDC_SOCK: socket }, stdio: 'ignore' });
  });
  await setLook(window, { theme: 'dark' });
  await shoot('approval-mytoken-dark', () => {
    spawn(cluster, { stdio: 'ignore' });
  });
  await setLook(window, { theme: 'light' });
}

await runScript(async () => {
  const dir = mkdtempSync(join(tmpdir(), 'shots-'));
  const pictures = join(process.env['MYTOKEN_DESKTOP_RESULTS'] ?? dir, 'pictures');
  mkdirSync(pictures, { recursive: true });
  const home: AppHome = {
    dir,
    env: { ...(process.env as Record<string, string>), MYTOKEN_DESKTOP_RUNTIME_DIR: join(dir, 'run') },
  };
  const sandbox = await startSandbox({ extraProviders: 300 });
  let app: RunningApp | null = null;
  try {
    app = await launchApp(home, {
      args: [`--prefill-instance=${sandbox.mytokenUrl}`, `--user-data-dir=${join(dir, 'profile')}`],
    });
    const { window } = app;
    const showFrom = (heading: string): Promise<unknown> =>
      window
        .getByRole('heading', { name: heading })
        .evaluate((element: unknown) => (element as Scrollable).scrollIntoView({ block: 'start' }));
    const shoot = async (name: string): Promise<void> => {
      await window.waitForTimeout(250);
      await window.screenshot({ path: join(pictures, `${name}.png`) });
    };

    await window.getByRole('radio').first().waitFor();
    await shoot('welcome');
    await addFirstAccount(window, home, sandbox);
    await shoot('ready');
    await letProgramAsk(window, 'Backup script');
    await shoot('programs');

    for (const [name, restrictions, rotation] of [
      [
        'Beamline 42, night shift',
        [{ exp: Math.floor(Date.now() / 1000) + 5 * 86_400, scope: 'openid compute.read' }],
        undefined,
      ],
      ['HPC batch jobs', [{ usages_AT: 20, hosts: ['192.0.2.0/24'] }], undefined],
      ['Laptop', [], { on_AT: true, lifetime: 2_592_000, auto_revoke: true }],
    ] as const) {
      const token = await sandbox.control.issueMytoken({
        user: 'bob',
        name,
        capabilities: ['AT', 'tokeninfo', 'create_mytoken'],
        restrictions: restrictions.map((clause) => ({ ...clause })) as never,
        ...(rotation ? { rotation } : {}),
      });
      await call(window, 'accounts:import', {
        source: { kind: 'paste', text: token.value },
        displayName: name,
        shortname: name.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-'),
      });
    }
    await window.getByRole('button', { name: 'Accounts', exact: true }).click();
    await window.getByRole('button', { name: 'Copy access token' }).first().click();
    await window
      .getByText(/copied, valid until/)
      .first()
      .waitFor();
    await shoot('accounts');
    await setLook(window, { theme: 'dark' });
    await shoot('accounts-dark');
    await resize(app, 480, 640);
    await shoot('accounts-narrow-dark');
    await setLook(window, { theme: 'light', language: 'de' });
    await shoot('accounts-narrow-de');
    await resize(app, 980, 760);
    await window.getByRole('button', { name: 'Beamline 42, night shift', exact: true }).click();
    await shoot('account-de');
    await setLook(window, { language: 'en' });
    await shoot('account');
    await setLook(window, { theme: 'dark' });
    await shoot('account-dark');
    await setLook(window, { theme: 'light' });
    await window.getByRole('button', { name: 'New mytoken from this…' }).click();
    await window.getByRole('combobox', { name: 'Profile' }).fill('single');
    await window.getByRole('option', { name: 'A single access token within a day' }).click();
    await showFrom('Within which limits');
    await shoot('compose-wider');
    await window.getByRole('button', { name: 'Alternative 1: Add a limit' }).click();
    await window.getByRole('menuitem', { name: 'Scopes' }).click();
    await window.getByRole('combobox', { name: 'Scopes' }).fill('openid ');
    await window.keyboard.press('Escape');
    await showFrom('What it may do');
    await shoot('compose');
    await setLook(window, { theme: 'dark', language: 'de' });
    await showFrom('In welchen Grenzen');
    await shoot('compose-dark-de');
    await resize(app, 480, 640);
    await shoot('compose-narrow-de');
    await resize(app, 980, 760);
    await setLook(window, { theme: 'light', language: 'en' });
    await window.getByRole('button', { name: 'JSON', exact: true }).click();
    await window.getByRole('textbox', { name: 'Request as JSON' }).scrollIntoViewIfNeeded();
    await shoot('compose-json');
    await window.getByRole('button', { name: 'Create mytoken' }).click();
    await window.getByRole('heading', { name: 'Your new mytoken' }).waitFor();
    await shoot('result');
    await window.getByRole('button', { name: 'Done' }).click();
    await window.getByRole('button', { name: 'Settings', exact: true }).click();
    await shoot('settings');
    await setLook(window, { theme: 'dark', language: 'de' });
    await shoot('settings-dark-de');
    await setLook(window, { theme: 'light', language: 'en' });
    await shootApprovals(app, dir, pictures);
    await window.getByRole('button', { name: 'Accounts', exact: true }).click();
    await window.getByRole('button', { name: 'Add account' }).click();
    await window.getByRole('radio').first().check();
    await window.getByLabel('Search').fill('two');
    await window.getByRole('radio').first().check();
    await window.getByRole('button', { name: 'Continue in the browser' }).scrollIntoViewIfNeeded();
    await shoot('add-account');
    return 0;
  } finally {
    await app?.kill().catch(() => undefined);
    await sandbox.stop();
    rmSync(dir, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  }
});
