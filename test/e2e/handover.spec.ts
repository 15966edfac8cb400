import { execFile } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, type Page, test } from '@playwright/test';
import { type Sandbox, startSandbox } from '../../sandbox/index.ts';
import { launchApp, type RunningApp } from '../support/app-driver.ts';
import { axeFindings } from '../support/axe-findings.ts';
import { type PrivateSession, startPrivateSession } from '../support/desktop-session.ts';
import { userinfo } from '../support/userinfo.ts';
import { call, importAccount, skipWelcome } from '../support/window-calls.ts';

const run = promisify(execFile);

let sandbox: Sandbox;
let session: PrivateSession;
let app: RunningApp | null = null;

async function start(options: Parameters<typeof startSandbox>[0] = {}, env = {}): Promise<Page> {
  sandbox = await startSandbox(options);
  session = await startPrivateSession({ keyring: 'unlocked', env });
  app = await launchApp(session);
  await skipWelcome(app.window);
  await importAccount(app.window, sandbox, 'Alpha');
  return app.window;
}

test.afterEach(async () => {
  await app?.kill().catch(() => undefined);
  app = null;
  await session.stop();
  await sandbox.stop();
});

const discovery = (): string => join(session.env['XDG_RUNTIME_DIR'] ?? '', `bt_u${process.getuid?.() ?? 0}`);
const inFile = (path = discovery()): string | null =>
  existsSync(path) ? readFileSync(path, 'utf8').trim() : null;

async function openHandover(window: Page): Promise<void> {
  await window
    .getByRole('button', { name: 'Alpha', exact: true })

    .click();
  await window.getByRole('tab', { name: 'Other tools' }).click();
  await window.getByRole('group', { name: 'Access token in a file' }).waitFor();
}

test('the token file stays fresh through three lifetimes and is gone after quitting', async () => {
  const window = await start({ accessTokenSeconds: 8 });
  await openHandover(window);
  await window.getByRole('button', { name: 'Keep a token file' }).click();
  await window.getByRole('button', { name: 'Keep a token file' }).click();
  await expect.poll(() => inFile()).not.toBeNull();
  expect(statSync(discovery()).mode & 0o777).toBe(0o600);
  await expect(
    window.getByRole('group', { name: 'Access token in a file' }).getByText('fresh', { exact: true }),
  ).toBeVisible();

  const seen = new Set<string>();
  const untilMs = Date.now() + 26_000; // three lifetimes and a little
  while (Date.now() < untilMs) {
    const token = inFile();
    expect(token).not.toBeNull();
    seen.add(token ?? '');
    expect(await userinfo(sandbox, token ?? '')).toMatchObject({ status: 200 });
    await window.waitForTimeout(1_000);
  }
  expect(seen.size).toBeGreaterThanOrEqual(4);

  await app?.close();
  await expect.poll(() => inFile()).toBeNull();
});

test('a terminal finds the account through its environment, without a token in it', async () => {
  const window = await start();
  // Stands for the user's terminal: writes down what it was started with.
  const bin = join(session.dir, 'terminals');
  const seen = join(session.dir, 'terminal.txt');
  mkdirSync(bin);
  const program = join(bin, 'a-terminal');
  writeFileSync(
    program,
    `#!/bin/sh\n{ echo "args=$#"; env; echo "token=$(cat "$BEARER_TOKEN_FILE" | cut -c1-3)"; } > ${seen}.part && mv ${seen}.part ${seen}\n`,
  );
  chmodSync(program, 0o755);
  await app?.electron.evaluate((_electron, path) => {
    process.env['TERMINAL'] = path;
  }, program);
  await openHandover(window);
  await window.getByRole('button', { name: 'Open a terminal' }).click();
  await expect.poll(() => existsSync(seen), { timeout: 15_000 }).toBe(true);
  const output = readFileSync(seen, 'utf8');
  expect(output).toContain('args=0');
  expect(output).toContain(`MYTOKEN_URL=${sandbox.mytokenUrl}`);
  expect(output).toContain('MYTOKEN_DESKTOP_ACCOUNT=alpha');
  expect(output).toMatch(/^BEARER_TOKEN_FILE=.*\/bearer\//m);
  expect(output).toContain('token=eyJ');
  expect(output.replace(/token=eyJ/, '')).not.toContain('eyJ');
  expect(output).not.toMatch(/^ELECTRON_/m);
});

test('the mytoken itself is shared with another program and survives its rotations, after the name was typed', async () => {
  const window = await start();
  const token = await sandbox.control.issueMytoken({
    user: 'alice',
    name: 'Shared',
    capabilities: ['AT', 'tokeninfo'],
    rotation: { on_AT: true, on_other: true, lifetime: 86_400 },
  });
  await call(window, 'accounts:import', {
    source: { kind: 'paste', text: token.value },
    displayName: 'Shared',
    shortname: 'shared',
  });
  const path = join(session.dir, 'shared.mytoken');
  await app?.electron.evaluate(({ dialog }, filePath) => {
    dialog.showSaveDialog = () => Promise.resolve({ canceled: false, filePath });
  }, path);
  await window
    .getByRole('button', { name: 'Shared', exact: true })

    .click();
  await window.getByRole('tab', { name: 'Other tools' }).click();
  await window.getByRole('button', { name: 'Share it in a file…' }).click();
  const choose = window.getByRole('button', { name: 'Choose the file' });
  await expect(choose).toBeDisabled();
  await window.getByLabel('Type shared to confirm').fill('shared');
  await choose.click();
  await expect.poll(() => inFile(path)).not.toBeNull();
  expect(statSync(path).mode & 0o777).toBe(0o600);

  const client = join(import.meta.dirname, '../integration/handover/mytoken-client.mjs');
  const copy = async (): Promise<unknown> =>
    call(window, 'tokens:copy', { accountId: await idOf(window, 'shared'), fresh: true });
  for (let round = 0; round < 3; round += 1) {
    await run(process.execPath, [client, path, '2', '0'], { timeout: 20_000 });
    await copy();
    await expect.poll(() => inFile(path)).not.toBe(token.value);
  }
  await run(process.execPath, [client, path, '1', '0'], { timeout: 20_000 });
  await expect(window.getByText('in step with the app')).toBeVisible();
  await window.getByRole('button', { name: 'Stop and remove the file' }).click();
  await expect.poll(() => inFile(path)).toBeNull();
  await copy();
});

test('what is there to hand over can be read by everybody, in every language, light and dark', async () => {
  const window = await start();
  await openHandover(window);
  await window.getByRole('button', { name: 'Keep a token file' }).click();
  const results = process.env['MYTOKEN_DESKTOP_RESULTS'] ?? session.dir;
  for (const theme of ['light', 'dark'] as const) {
    await call(window, 'settings:update', { theme });
    await expect.poll(() => axeFindings(window)).toEqual([]);
  }
  await window.screenshot({ path: join(results, 'handover-dark-form.png'), fullPage: true });
  await window.getByRole('button', { name: 'Keep a token file' }).click();
  await window.getByText('fresh', { exact: true }).waitFor();
  await call(window, 'settings:update', { theme: 'light', language: 'de' });
  await window.getByText('frisch', { exact: true }).waitFor();
  await window.screenshot({ path: join(results, 'handover-de.png'), fullPage: true });
  expect(await axeFindings(window)).toEqual([]);
});

async function idOf(window: Page, shortname: string): Promise<string> {
  const state = (await call(window, 'state:get', null)) as { accounts: { id: string; shortname: string }[] };
  return state.accounts.find((account) => account.shortname === shortname)?.id ?? '';
}
