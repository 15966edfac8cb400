import { execFile, spawn } from 'node:child_process';
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, type Page, test } from '@playwright/test';
import { askEncrypted } from '../support/agent-client.ts';
import type { RunningApp } from '../support/app-driver.ts';
import { answer, noQuestion, question, shownQuestion } from '../support/approval-page.ts';
import { axeFindings } from '../support/axe-findings.ts';
import { useDesk } from '../support/desk.ts';
import type { DesktopBus } from '../support/desktop-bus.ts';
import { userinfo } from '../support/userinfo.ts';
import { call, importAccount, skipWelcome } from '../support/window-calls.ts';

const run = promisify(execFile);

const desk = useDesk();
let desktop: DesktopBus;

test.beforeEach(async () => {
  desktop = await desk.startBus();
});

/** One account that may make mytokens, and the socket switched on in the window. */
async function openAgent(): Promise<RunningApp> {
  const app = await desk.launch();
  const { window } = app;
  await skipWelcome(window);
  await importAccount(window, desk.sandbox, 'Alpha', {
    capabilities: ['AT', 'tokeninfo', 'create_mytoken'],
  });
  await window.getByRole('button', { name: 'Programs', exact: true }).click();
  await window.getByLabel('Answer programs of oidc-agent').click();
  await expect(window.getByRole('textbox', { name: 'Line for the shell' })).toHaveValue(
    `export OIDC_SOCK='${desk.socketPath}'`,
  );
  return app;
}

/** A job of the user's: a script that asks with Debian's own oidc-token. */
function job(...args: string[]): Promise<{ stdout: string; stderr: string }> {
  const script = join(desk.session.dir, 'night-job.sh');
  writeFileSync(script, '#!/bin/sh\nexec_token() { oidc-token "$@"; }\nexec_token "$@"\nexit $?\n');
  chmodSync(script, 0o755);
  return run(script, args, { env: { ...desk.session.env, OIDC_SOCK: desk.socketPath }, timeout: 60_000 });
}

test('oidc-token works unchanged: the user is asked once, told who asks, and asked no more for a while', async () => {
  test.setTimeout(120_000);
  const running = await openAgent();
  const { page, asked } = await question(running, () => job('alpha'));
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('night-job.sh wants an access token');
  await expect(page.getByText('It calls itself “oidc-token”')).toBeVisible();
  await expect
    .poll(() => desktop.notifications().map(({ title }) => title))
    .toContain('night-job.sh asks for Alpha');
  const tray = await desktop.tray();
  await expect.poll(async () => (await tray.menu()).map(({ label }) => label)).toContain('Review 1 request…');

  await page.keyboard.press('Enter'); // approves nothing
  await page.getByRole('checkbox', { name: 'If I allow it, do not ask again' }).check();
  await answer(page, 'Allow'); // waits until it is armed
  const { stdout } = (await asked) as { stdout: string };
  expect(await userinfo(desk.sandbox, stdout.trim())).toMatchObject({ status: 200 });

  const again = await job('alpha');
  expect(await userinfo(desk.sandbox, again.stdout.trim())).toMatchObject({ status: 200 });
  await running.window.getByRole('tab', { name: 'What they may do' }).click();
  await running.window.getByRole('button', { name: 'Forget: night-job.sh' }).click();
  const third = await question(running, () => job('alpha'));
  await third.page.keyboard.press('Escape').catch(() => undefined);
  const refused = await third.asked.catch((error: unknown) => error as { code: number; stderr: string });
  expect(refused).toMatchObject({ code: 1 });
  expect((refused as { stderr: string }).stderr).toContain('operation forbidden');
});

test('a mytoken is always asked for; the user gives less, and that is what the program gets', async () => {
  test.setTimeout(120_000);
  const running = await openAgent();
  await call(running.window, 'settings:update', {
    policies: {
      [(await accountId(running.window)) ?? '']: 'allow',
    },
  });
  // The policy lets access tokens through without a question…
  expect(await askEncrypted(desk.socketPath, { request: 'access_token', account: 'alpha' })).toHaveProperty(
    'access_token',
  );
  // …and a mytoken never.
  const request = {
    request: 'mytoken',
    account: 'alpha',
    mytoken_profile: { capabilities: ['AT', 'tokeninfo', 'settings'], restrictions: [{ exp: '+7d' }] },
    application_hint: 'cluster login',
  };
  const { page, asked } = await question(running, () => askEncrypted(desk.socketPath, request));
  await expect(page.getByRole('heading', { level: 1 })).toContainText('wants a mytoken');
  await expect(page.getByText(/For 7 days\./)).toBeVisible();
  await page.getByRole('button', { name: 'Give less…' }).click();
  await page.getByRole('checkbox', { name: /look at itself/ }).uncheck();
  await page.getByRole('spinbutton', { name: 'Until: amount' }).fill('60');
  await expect(page.getByRole('button', { name: 'Allow' })).toBeDisabled(); // more than was asked for
  await page.getByRole('spinbutton', { name: 'Until: amount' }).fill('1');
  await answer(page, 'Allow');
  const granted = (await asked) as Record<string, unknown>;
  expect(granted).toMatchObject({ status: 'success', capabilities: ['AT'], token_type: 'token' });
  const [clause] = granted['restrictions'] as { exp: number }[];
  expect(clause?.exp).toBeLessThan(Date.now() / 1000 + 2 * 86_400);

  const denied = await question(running, () =>
    askEncrypted(desk.socketPath, { ...request, mytoken_profile: 'web-default' }),
  );
  await answer(denied.page, 'Deny');
  expect(await denied.asked).toMatchObject({ error: 'operation forbidden' });
});

test('a program that goes takes its question along, and closing the window is no', async () => {
  const running = await openAgent();
  const child = spawn('oidc-token', ['alpha'], {
    env: { ...desk.session.env, OIDC_SOCK: desk.socketPath },
    stdio: 'ignore',
  });
  await shownQuestion(running);
  child.kill('SIGKILL');
  await noQuestion(running);

  const { asked } = await question(running, () => job('alpha'));
  await running.electron.evaluate(({ BrowserWindow }) => {
    BrowserWindow.getAllWindows()
      .find((window) => window.webContents.getURL().startsWith('app://approval/'))
      ?.close();
  });
  expect(await asked.catch((error: unknown) => error as { code: number })).toMatchObject({ code: 1 });
});

test('quitting with questions waiting ends the app and tells the programs', async () => {
  const running = await openAgent();
  const ask = (scope: string): Promise<unknown> =>
    askEncrypted(desk.socketPath, { request: 'access_token', account: 'alpha', scope });
  const { asked } = await question(running, () => ask('openid'));
  const others = [ask('email'), ask('profile')];
  for (const other of others) other.catch(() => undefined);
  await expect(running.window.getByText('3 requests wait for your answer.')).toBeVisible();
  const ended = new Promise<void>((resolve) => running.electron.process().once('exit', () => resolve()));
  await running.electron.evaluate(({ app: electron }) => electron.quit());
  await ended;
  for (const one of [asked, ...others])
    expect(await one).toMatchObject({ error: 'Mytoken Desktop is quitting.' });
});

test('an account’s own limits are shown when a program asks for none', async () => {
  const running = await openAgent();
  const token = await desk.sandbox.control.issueMytoken({
    user: 'alice',
    capabilities: ['AT', 'create_mytoken'],
    restrictions: [{ exp: Math.floor(Date.now() / 1000) + 86_400 }],
  });
  await call(running.window, 'accounts:import', {
    source: { kind: 'paste', text: token.value },
    displayName: 'Beta',
    shortname: 'beta',
  });
  const request = { request: 'mytoken', account: 'beta', mytoken_profile: { capabilities: ['AT'] } };
  const { page, asked } = await question(running, () => askEncrypted(desk.socketPath, request));
  await expect(page.getByText(/With the limits of your account\. Until/)).toBeVisible();
  await expect(page.getByText('Without any limit')).toHaveCount(0);
  await answer(page, 'Allow');
  expect(await asked).toMatchObject({ restrictions: [{ exp: expect.any(Number) as unknown }] });
});

test('oidc-add lists, pauses and locks; the window undoes it', async () => {
  const running = await openAgent();
  const { window } = running;
  const env = { ...desk.session.env, OIDC_SOCK: desk.socketPath };
  expect((await run('oidc-add', ['-a'], { env })).stdout).toContain('alpha');
  expect(await askEncrypted(desk.socketPath, { request: 'lock', password: 'p' })).toMatchObject({
    info: 'Agent locked',
  });
  expect(await askEncrypted(desk.socketPath, { request: 'loaded_accounts' })).toMatchObject({
    error: 'Agent locked',
  });
  expect(await askEncrypted(desk.socketPath, { request: 'unlock', password: 'q' })).toMatchObject({
    error: 'wrong password',
  });
  await window.getByRole('button', { name: 'Unlock' }).click();
  await expect(window.getByRole('button', { name: 'Unlock' })).toHaveCount(0);
  expect(await askEncrypted(desk.socketPath, { request: 'unlock', password: 'p' })).toMatchObject({
    error: 'Agent not locked',
  });
  expect(await askEncrypted(desk.socketPath, { request: 'remove_all' })).toMatchObject({ status: 'success' });
  expect(await askEncrypted(desk.socketPath, { request: 'access_token', account: 'alpha' })).toMatchObject({
    error: 'operation forbidden',
  });
  await window.getByRole('tab', { name: 'What they may do' }).click();
  await expect(window.getByRole('combobox', { name: 'Alpha' })).toHaveText('Never');
});

for (const theme of ['light', 'dark'] as const) {
  test(`axe finds nothing in the approval window (${theme})`, async () => {
    const running = await openAgent();
    await call(running.window, 'settings:update', { theme });
    const problems: Record<string, string[]> = {};
    const look = async (page: Page, screen: string): Promise<void> => {
      await page.waitForTimeout(1_500); // armed, colours settled
      const found = await axeFindings(page);
      if (found.length > 0) problems[screen] = found;
      await page.screenshot({
        path: join(
          process.env['MYTOKEN_DESKTOP_RESULTS'] ?? desk.session.dir,
          `approval-${screen.replaceAll(' ', '-')}-${theme}.png`,
        ),
      });
    };
    const { page, asked } = await question(running, () =>
      askEncrypted(desk.socketPath, { request: 'access_token', account: 'alpha' }),
    );
    await page.getByRole('button', { name: 'Details' }).click();
    await look(page, 'access token');
    await answer(page, 'Deny');
    await asked;
    const mytoken = await question(running, () =>
      askEncrypted(desk.socketPath, { request: 'mytoken', account: 'alpha' }),
    );
    await look(mytoken.page, 'mytoken');
    await mytoken.page.getByRole('button', { name: 'Give less…' }).click();
    await look(mytoken.page, 'give less');
    await look(running.window, 'programs');
    expect(problems).toEqual({});
  });
}

async function accountId(window: Page): Promise<string | undefined> {
  const state = (await call(window, 'state:get', null)) as { accounts: { id: string }[] };
  return state.accounts[0]?.id;
}
