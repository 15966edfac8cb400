import { execFile, spawn } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from '@playwright/test';
import type { RunningApp } from '../support/app-driver.ts';
import { answer, shownQuestion } from '../support/approval-page.ts';
import { axeFindings } from '../support/axe-findings.ts';
import { useDesk } from '../support/desk.ts';
import type { DesktopBus } from '../support/desktop-bus.ts';
import { ask, call, importAccount, skipWelcome } from '../support/window-calls.ts';

const run = promisify(execFile);

const desk = useDesk();
let desktop: DesktopBus;

test.beforeEach(async () => {
  desktop = await desk.startBus();
});

const environment = (): NodeJS.ProcessEnv => ({
  ...desk.session.env,
  OIDC_SOCK: desk.socketPath,
});

function oidcToken(): Promise<{ stdout: string; stderr: string }> {
  return run('oidc-token', ['alpha'], { env: environment(), timeout: 60_000 });
}

/** The socket stands a moment after it was switched on. */
async function firstToken(): Promise<void> {
  const length = (): Promise<number> =>
    oidcToken().then(
      ({ stdout }) => stdout.length,
      () => 0,
    );
  await expect.poll(length, { timeout: 20_000 }).toBeGreaterThan(20);
}

/** `oidc-add` with a terminal of its own, where somebody types the password each time it asks. */
async function oidcAdd(option: '-x' | '-X', password: string): Promise<string> {
  const child = spawn('script', ['-qec', `oidc-add ${option}`, '/dev/null'], { env: environment() });
  let shown = '';
  let answered = 0;
  child.stdout.on('data', (chunk: Buffer) => {
    shown += chunk.toString('utf8');
    const prompts = shown.match(/password/gi)?.length ?? 0;
    for (; answered < prompts; answered += 1) child.stdin.write(`${password}\n`);
  });
  await new Promise((resolve) => child.once('close', resolve));
  return shown;
}

async function openAgent(): Promise<{ readonly running: RunningApp; readonly accountId: string }> {
  const running = await desk.launch();
  await skipWelcome(running.window);
  const { id } = await importAccount(running.window, desk.sandbox, 'Alpha', {
    capabilities: ['AT', 'tokeninfo'],
  });
  await call(running.window, 'settings:update', { socket: { enabled: true } });
  return { running, accountId: id };
}

test('locked from the tray: scripts are refused, questions wait, and the approval window unlocks', async () => {
  test.setTimeout(180_000);
  const { running, accountId } = await openAgent();
  const { window } = running;
  const tray = await desktop.tray();
  await call(window, 'settings:update', { policies: { [accountId]: 'allow' } });
  await firstToken();

  await expect.poll(async () => (await tray.menu()).map(({ label }) => label)).toContain('Lock');
  await tray.click('Lock');
  await expect(window.getByRole('heading', { name: 'Mytoken Desktop is locked' })).toBeFocused();
  await expect(window.getByText('You locked it.')).toBeVisible();
  await expect.poll(async () => (await tray.menu())[0]?.label).toBe('Locked');
  expect((await tray.menu()).map(({ label }) => label)).not.toContain('Copy access token: Alpha');
  expect(await axeFindings(window)).toEqual([]);
  if (process.env['PICTURES'] !== undefined) {
    await window.screenshot({ path: join(process.env['PICTURES'], 'locked.png') });
  }
  const refused = await oidcToken().catch((error: unknown) => error as { code: number; stderr: string });
  expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining('Agent locked') });
  // Behind the page there is nothing to be had either.
  expect((await ask(window, 'tokens:copy', { accountId }))?.error?.code).toBe('app/locked');

  await window.getByRole('button', { name: 'Unlock' }).click();
  await expect(window.getByRole('heading', { name: 'Accounts' })).toBeVisible();
  expect((await oidcToken()).stdout.length).toBeGreaterThan(20);

  await call(window, 'settings:update', { policies: { [accountId]: 'ask-always' } });
  await window.keyboard.press('Control+l');
  await expect(window.getByRole('heading', { name: 'Mytoken Desktop is locked' })).toBeVisible();
  const asked = oidcToken();
  const page = await shownQuestion(running);
  await expect(page.getByText('The app is locked.')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Allow', exact: true })).toBeDisabled();
  expect(await axeFindings(page)).toEqual([]);
  if (process.env['PICTURES'] !== undefined) {
    await page.screenshot({ path: join(process.env['PICTURES'], 'unlock-first.png') });
  }
  await answer(page, 'Unlock');
  await answer(page, 'Allow');
  expect((await asked).stdout.length).toBeGreaterThan(20);
  await expect(window.getByRole('heading', { name: 'Accounts' })).toBeVisible();

  await tray.click('Pause local access', 'until resumed');
  await expect(window.getByText('Local access is paused.')).toBeVisible();
  const paused = await oidcToken().catch((error: unknown) => error as { stderr: string });
  expect(paused.stderr).toContain('Local access is paused');
  await window.getByRole('button', { name: 'Resume' }).click();
  await expect(window.getByText('Local access is paused.')).toBeHidden();
});

test('oidc-add locks with a password and takes it off again; the window can do without', async () => {
  test.setTimeout(120_000);
  const { running, accountId } = await openAgent();
  await call(running.window, 'settings:update', { policies: { [accountId]: 'allow' } });
  await firstToken();

  expect(await oidcAdd('-x', 'a password')).toContain('Agent locked');
  await expect(running.window.getByText('A program locked it with a password.')).toBeVisible();
  const refused = await oidcToken().catch((error: unknown) => error as { stderr: string });
  expect(refused.stderr).toContain('Agent locked');
  expect(await oidcAdd('-X', 'another')).toContain('wrong password');
  expect(await oidcAdd('-X', 'a password')).toContain('Agent unlocked');
  expect((await oidcToken()).stdout.length).toBeGreaterThan(20);

  await oidcAdd('-x', 'a password');
  await running.window.getByRole('button', { name: 'Unlock' }).click();
  await expect(running.window.getByRole('heading', { name: 'Accounts' })).toBeVisible();
  expect((await oidcToken()).stdout.length).toBeGreaterThan(20);
});
