import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, type Page, test } from '@playwright/test';
import type { IssueMytokenOptions } from '../../sandbox/index.ts';
import { nextOpenedUrl } from '../support/app-driver.ts';
import { axeFindings } from '../support/axe-findings.ts';
import { useDesk } from '../support/desk.ts';
import { call, importAccount, type Imported, skipWelcome } from '../support/window-calls.ts';

const everything = ['AT', 'tokeninfo', 'create_mytoken', 'manage_mytokens'];

const desk = useDesk();

async function open(): Promise<Page> {
  const app = await desk.launch();
  await skipWelcome(app.window);
  return app.window;
}

/** An account with a mytoken as wanted; its string and mom_id as the server gave them. */
async function addAccount(window: Page, name: string, options: IssueMytokenOptions = {}): Promise<Imported> {
  return importAccount(window, desk.sandbox, name, { capabilities: everything, ...options });
}

async function openTab(window: Page, account: string, tab: string): Promise<void> {
  await window.getByRole('button', { name: 'Accounts', exact: true }).click();
  await window.getByRole('button', { name: account, exact: true }).click();
  await window.getByRole('tab', { name: tab, exact: true }).click();
}

async function post(path: string, body: unknown): Promise<{ status: number; json: Record<string, unknown> }> {
  const answer = await fetch(`${desk.sandbox.mytokenUrl}/api/v0${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  const text = await answer.text();
  return {
    status: answer.status,
    json: text.startsWith('{') ? (JSON.parse(text) as Record<string, unknown>) : {},
  };
}

/** What a program does that holds a mytoken of its own. */
async function makeChild(
  parent: string,
  name: string,
  capabilities = ['AT', 'create_mytoken'],
): Promise<string> {
  const { json } = await post('/token/my', { grant_type: 'mytoken', mytoken: parent, name, capabilities });
  return String(json['mytoken']);
}

const accessStatus = async (mytoken: string): Promise<number> =>
  (await post('/token/access', { grant_type: 'mytoken', mytoken })).status;

const treeRows = (window: Page) => window.getByRole('treeitem');
const activeRow = (window: Page) => window.locator('[role="treeitem"]:focus');

test('10,000 mytokens open, search and scroll by keyboard', async () => {
  test.setTimeout(180_000);
  const window = await open();
  const { momId } = await addAccount(window, 'Alpha');
  desk.sandbox.control.plantTree({ momId, count: 9_999 });
  await openTab(window, 'Alpha', 'Mytokens');
  const tree = window.getByRole('tree');
  await expect(window.getByText('10,000 mytokens', { exact: true })).toBeVisible({ timeout: 60_000 });
  await window.getByRole('button', { name: 'Open all' }).click();
  // Only what is in sight exists.
  expect(await treeRows(window).count()).toBeLessThan(80);

  await tree.getByText('used by this account').waitFor();
  await window.locator('[role="treeitem"][tabindex="0"]').focus();
  await window.keyboard.press('Home');
  await expect(activeRow(window)).toHaveAttribute('aria-level', '1');
  await expect(activeRow(window)).toHaveAttribute('aria-expanded', 'true');
  await window.keyboard.press('ArrowRight');
  await expect(activeRow(window)).toHaveAttribute('aria-level', '2');
  await window.keyboard.press('End');
  await expect(activeRow(window)).toBeInViewport();
  const last = await activeRow(window).textContent();
  await window.keyboard.press('PageUp');
  await expect(activeRow(window)).not.toHaveText(last ?? '');
  await window.keyboard.press('Home');
  await window.keyboard.press('ArrowLeft');
  await expect(activeRow(window)).toHaveAttribute('aria-expanded', 'false');
  await expect(treeRows(window)).toHaveCount(1);
  await window.keyboard.press('ArrowRight');
  await window.keyboard.press('g');
  await expect(activeRow(window)).toHaveText(/^gpu-node/);

  const name = desk.sandbox.control.tokens().at(-1)?.name ?? '';
  expect(name).not.toBe('');
  await window.getByRole('searchbox').fill(name.toUpperCase());
  await expect(window.getByText(/^1 of 10,000 found$/)).toBeVisible();
  await expect(treeRows(window).filter({ hasText: name })).toBeVisible();
  await expect(treeRows(window).first()).toHaveAttribute('aria-level', '1');
  await window.getByRole('searchbox').fill('');

  // For the record, not a limit: the machine may be busy.
  await window.getByRole('tab', { name: 'State' }).click();
  await window.getByText('The server accepts this mytoken').waitFor();
  const timings = await window.evaluate(async () => {
    const painted = (): Promise<void> =>
      new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve, 0)));
    const click = async (role: string, text: string, ready: () => boolean): Promise<number> => {
      const target = [...document.querySelectorAll<HTMLElement>(role)].find((el) => el.textContent === text);
      const startedMs = performance.now();
      target?.click();
      while (!ready()) await painted();
      await painted();
      return Math.round(performance.now() - startedMs);
    };
    const hasTree = (): boolean => document.querySelector('[role="treeitem"]') !== null;
    const openMs = await click('[role="tab"]', 'Mytokens', hasTree);
    const openAllMs = await click('button', 'Open all', hasTree);
    return { openMs, openAllMs };
  });
  test.info().annotations.push({ type: 'measured', description: JSON.stringify(timings) });
  console.log(`10,000 mytokens: ${JSON.stringify(timings)}`);
});

test('a branch is revoked and a child’s access stops, while others go on', async () => {
  test.setTimeout(120_000);
  const window = await open();
  const master = await addAccount(window, 'Alpha');
  const branch = await makeChild(master.value, 'cluster');
  const leaf = await makeChild(branch, 'job 17', ['AT']);
  const other = await makeChild(master.value, 'laptop', ['AT']);
  expect(await accessStatus(leaf)).toBe(200);

  await openTab(window, 'Alpha', 'Mytokens');
  await treeRows(window).filter({ hasText: 'cluster' }).click();
  await window.getByRole('button', { name: 'Revoke with the one made from it…' }).click();
  const dialog = window.getByRole('dialog', { name: 'Revoke “cluster” and everything made from it?' });
  await expect(dialog.getByText('2 mytokens stop working')).toBeVisible();
  await expect(dialog.getByText('job 17')).toBeVisible();
  expect(await axeFindings(window)).toEqual([]);
  await dialog.getByRole('button', { name: 'Revoke', exact: true }).click();
  await expect(dialog.getByText('2 mytokens were revoked.')).toBeVisible();
  await dialog.getByRole('button', { name: 'Close' }).click();

  // The tree is what the server says now.
  await expect(treeRows(window).filter({ hasText: 'laptop' })).toBeVisible();
  await expect(treeRows(window).filter({ hasText: 'cluster' })).toHaveCount(0);
  expect(await accessStatus(leaf)).toBe(401);
  expect(await accessStatus(branch)).toBe(401);
  expect(await accessStatus(other)).toBe(200);
});

test('revoking all spares what this app uses, or says which accounts need a new login', async () => {
  test.setTimeout(120_000);
  const window = await open();
  const master = await addAccount(window, 'Alpha');
  await addAccount(window, 'Beta', { capabilities: ['AT', 'tokeninfo'] });
  const child = await makeChild(master.value, 'job', ['AT']);
  const stray = await desk.sandbox.control.issueMytoken({
    user: 'alice',
    name: 'stray',
    capabilities: ['AT'],
  });
  await openTab(window, 'Alpha', 'Mytokens');

  await window.getByRole('button', { name: 'Revoke all of these…' }).click();
  const dialog = window.getByRole('dialog', { name: 'Revoke all of these mytokens?' });
  const go = dialog.getByRole('button', { name: 'Revoke', exact: true });
  await expect(dialog.getByText('2 mytokens stop working')).toBeVisible();
  await expect(go).toBeDisabled();
  await dialog.getByRole('textbox').fill('revoke');
  await go.click();
  await expect(dialog.getByText('2 mytokens were revoked.')).toBeVisible();
  await dialog.getByRole('button', { name: 'Close' }).click();
  expect(await accessStatus(child)).toBe(401);
  expect(await accessStatus(stray.value)).toBe(401);
  expect(await accessStatus(master.value)).toBe(200);

  await window.getByRole('button', { name: 'Revoke all of these…' }).click();
  await dialog.getByRole('checkbox').uncheck();
  await expect(dialog.getByText(/Alpha and Beta use are among them/)).toBeVisible();
  expect(await axeFindings(window)).toEqual([]);
  await dialog.getByRole('textbox').fill('Revoke');
  await go.click();
  await expect(dialog.getByText('2 mytokens were revoked.')).toBeVisible();
  await dialog.getByRole('button', { name: 'Close' }).click();
  expect(await accessStatus(master.value)).toBe(401);
  await expect(window.getByText('Login needed').first()).toBeVisible();
  await window.getByRole('button', { name: 'Accounts', exact: true }).click();
  await expect(window.getByText('Login needed')).toHaveCount(2);
});

test('the account’s own mytoken goes the way of its account', async () => {
  const window = await open();
  const master = await addAccount(window, 'Alpha');
  const child = await makeChild(master.value, 'job', ['AT']);
  await openTab(window, 'Alpha', 'Mytokens');
  await treeRows(window).filter({ hasText: 'used by this account' }).click();
  await window.getByRole('button', { name: 'Revoke with the one made from it…' }).click();
  const dialog = window.getByRole('dialog', { name: 'Revoke “Alpha” and everything made from it?' });
  await expect(dialog.getByText(/the account is removed from this app/)).toBeVisible();
  await dialog.getByRole('button', { name: 'Revoke', exact: true }).click();
  await expect(window.getByText('No accounts yet')).toBeVisible();
  expect(await accessStatus(child)).toBe(401);
  expect(await accessStatus(master.value)).toBe(401);
});

test('the history shows what was done; filter and export read back', async () => {
  test.setTimeout(120_000);
  const window = await open();
  const master = await addAccount(window, 'Alpha');
  const child = await makeChild(master.value, '=HYPERLINK("x")', ['AT']);
  await post('/token/access', { grant_type: 'mytoken', mytoken: child });
  await call(window, 'tokens:reveal', { accountId: await accountId(window, 'Alpha') });

  await openTab(window, 'Alpha', 'History');
  const table = window.getByRole('table', { name: 'Events' });
  await expect(table.getByText('access token obtained')).toHaveCount(1);
  await expect(table.getByText('further mytoken made from it')).toBeVisible();
  expect(await axeFindings(window)).toEqual([]);

  await window.getByRole('combobox', { name: 'Whose history' }).click();
  await window.getByRole('option', { name: 'This account’s mytoken and those made from it' }).click();
  await expect(table.getByText('access token obtained')).toHaveCount(2);
  await window.getByRole('searchbox', { name: 'Search' }).fill('access token');
  await expect(window.getByText(/^2 of \d+ events$/)).toBeVisible();
  await window.getByRole('switch', { name: 'Times in UTC' }).check();
  await expect(table.getByText(/UTC/).first()).toBeVisible();

  let saves = 0;
  const save = async (format: 'csv' | 'json'): Promise<string> => {
    const path = join(desk.session.dir, `history-${(saves += 1)}.${format}`);
    await desk.app.electron.evaluate(({ dialog }, filePath) => {
      dialog.showSaveDialog = () => Promise.resolve({ canceled: false, filePath });
    }, path);
    await window.getByRole('button', { name: `Save as ${format.toUpperCase()}…` }).click();
    await expect(window.getByText(`Saved: ${path}`).first()).toBeVisible();
    expect(statSync(path).mode & 0o077).toBe(0);
    return readFileSync(path, 'utf8');
  };
  const json = JSON.parse(await save('json')) as Record<string, string>[];
  expect(json.map(({ event }) => event)).toEqual(['AT_created', 'AT_created']);
  expect(new Set(json.map(({ momId }) => momId)).size).toBe(2);
  const csv = (await save('csv')).trimEnd().split('\r\n');
  expect(csv[0]).toBe('"time","event","comment","ip","user_agent","mom_id"');
  expect(csv).toHaveLength(3);

  // What a stranger called a mytoken comes back as text, not as a formula.
  await window.getByRole('searchbox', { name: 'Search' }).fill('hyperlink');
  await expect(window.getByText(/^1 of \d+ events$/)).toBeVisible();
  const hostile = await save('csv');
  expect(hostile).toContain('HYPERLINK');
  for (const cell of hostile.split('"')) expect(cell).not.toMatch(/^[=+\-@]/);
});

test('each action leads to the capability that it lacks', async () => {
  test.setTimeout(180_000);
  const window = await open();
  await addAccount(window, 'Poor', { capabilities: ['AT'] });
  await addAccount(window, 'Rich', { capabilities: ['AT', 'manage_mytokens'] });

  const need = window.getByText('This takes one more capability');
  await openTab(window, 'Poor', 'State');
  await expect(window.getByText(/accepts this mytoken, but tells nothing more/)).toBeVisible();
  await expect(need).toBeVisible();
  await expect(window.getByText('tokeninfo:introspect', { exact: true })).toBeVisible();
  expect(await axeFindings(window)).toEqual([]);

  await openTab(window, 'Poor', 'History');
  await expect(window.getByText('tokeninfo:history', { exact: true })).toBeVisible();
  await openTab(window, 'Poor', 'Mytokens');
  await expect(window.getByText('tokeninfo:subtokens', { exact: true })).toBeVisible();
  await window.getByRole('combobox', { name: 'Show' }).click();
  await window.getByRole('option', { name: 'All of your mytokens at this server' }).click();
  await expect(window.getByText('manage_mytokens:list', { exact: true })).toBeVisible();

  // Another account of the same user can do it.
  await window.getByRole('button', { name: 'Use Rich for this' }).click();
  await expect(window.getByRole('heading', { level: 1 })).toHaveText('Rich');
  await expect(treeRows(window)).toHaveCount(2);

  // Main refuses as well, whoever asks.
  const poor = await accountId(window, 'Poor');
  for (const [channel, args] of [
    ['manage:history', { of: { kind: 'own' } }],
    ['manage:history', { of: { kind: 'one', momId: 'x', derived: false } }],
    ['manage:tree', { scope: 'derived' }],
    ['manage:tree', { scope: 'all' }],
    ['manage:revoke', { derived: false, steps: [], check: [] }],
  ] as const) {
    const reply = await window.evaluate(
      ([name, value]) =>
        (
          globalThis as unknown as { mytokenBridge: Record<string, (args: unknown) => Promise<unknown>> }
        ).mytokenBridge[name]?.(value),
      [channel, { accountId: poor, ...args }] as const,
    );
    expect(reply, channel).toMatchObject({ ok: false, error: { code: 'mytoken/insufficient-capabilities' } });
  }

  // Or the account logs in again with more.
  await openTab(window, 'Poor', 'History');
  await window.getByRole('button', { name: 'Log in again with it…' }).click();
  const dialog = window.getByRole('dialog', { name: 'Log in again with more: Poor' });
  await expect(dialog.getByText(/tell its own history/)).toBeVisible();
  expect(await axeFindings(window)).toEqual([]);
  await dialog.getByRole('button', { name: 'Continue in the browser' }).click();
  await desk.sandbox.control.completeLogin(await nextOpenedUrl(desk.session), { user: 'alice' });
  await expect(window.getByText('created', { exact: true })).toBeVisible({ timeout: 30_000 });
});

test('revoking a stranger’s mytoken takes a capability of its own', async () => {
  const window = await open();
  await addAccount(window, 'Lister', { capabilities: ['AT', 'manage_mytokens:list'] });
  await desk.sandbox.control.issueMytoken({ user: 'alice', name: 'stray' });
  await openTab(window, 'Lister', 'Mytokens');
  await treeRows(window).filter({ hasText: 'stray' }).click();
  await window.getByRole('button', { name: 'Revoke…', exact: true }).click();
  await expect(window.getByText('manage_mytokens:revoke', { exact: true })).toBeVisible();
});

test('a transfer code is made once, counts down and works elsewhere', async () => {
  const window = await open();
  const master = await addAccount(window, 'Alpha');
  await openTab(window, 'Alpha', 'Overview');
  await window.getByRole('button', { name: 'Transfer code…' }).click();
  const dialog = window.getByRole('dialog', { name: 'Transfer code for Alpha' });
  await dialog.getByRole('button', { name: 'Make the code' }).click();
  await expect(dialog.getByText(/^Good for [45]:\d\d$/)).toBeVisible();
  await dialog.getByRole('button', { name: 'Copy' }).click();
  await expect(dialog.getByText('Copied.')).toBeVisible();
  const code = await desk.app.electron.evaluate(({ clipboard }) => clipboard.readText());
  await dialog.getByRole('button', { name: 'Show it once' }).click();
  await expect(dialog.getByRole('textbox', { name: 'Transfer code' })).toHaveValue(code);
  await expect(dialog.getByRole('img', { name: 'QR code of the transfer code' })).toBeVisible();
  expect(await axeFindings(window)).toEqual([]);
  const { json } = await post('/token/my', { grant_type: 'transfer_code', transfer_code: code });
  expect(json['mytoken']).toBe(master.value);
});

test('any mytoken can be looked at without keeping it', async () => {
  const window = await open();
  const { value } = await desk.sandbox.control.issueMytoken({
    user: 'alice',
    name: 'found',
    restrictions: [{ usages_AT: 4, exp: Math.floor(Date.now() / 1000) + 86_400 }],
  });
  expect(await accessStatus(value)).toBe(200);
  await window.getByRole('button', { name: 'Look at a mytoken…' }).click();
  await window.getByLabel('Mytoken', { exact: true }).fill(value);
  await window.getByRole('button', { name: 'Look at it' }).click();
  await expect(window.getByText('The server accepts this mytoken')).toBeVisible();
  await expect(window.getByText('Its signature is valid: it comes from this server.')).toBeVisible();
  await expect(window.getByText('1 of 4 access tokens used')).toBeVisible();
  expect(await axeFindings(window)).toEqual([]);
  expect(JSON.stringify(await call(window, 'state:get', null))).not.toContain('found');

  // One that somebody else wrote.
  const [head, payload = '', signature] = value.split('.');
  const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as object;
  const forged = Buffer.from(JSON.stringify({ ...claims, capabilities: ['settings'] })).toString('base64url');
  const file = join(desk.session.dir, 'forged');
  writeFileSync(file, `${head}.${forged}.${signature}\n`);
  await desk.app.electron.evaluate(({ dialog }, path) => {
    dialog.showOpenDialog = () => Promise.resolve({ canceled: false, filePaths: [path] });
  }, file);
  await window.getByRole('button', { name: 'Choose file…' }).click();
  await expect(window.getByText('This is not a genuine mytoken')).toBeVisible();
  await expect(window.getByRole('button', { name: 'Keep it as an account' })).toHaveCount(0);

  await window.getByLabel('Mytoken', { exact: true }).fill(value);
  await window.getByRole('button', { name: 'Look at it' }).click();
  await window.getByRole('button', { name: 'Keep it as an account' }).click();
  await expect(window.getByRole('tab', { name: 'State' })).toBeVisible();
});

for (const theme of ['light', 'dark'] as const) {
  test(`axe finds nothing on the tabs of an account (${theme})`, async () => {
    test.setTimeout(120_000);
    const window = await open();
    await call(window, 'settings:update', { theme });
    const { value, momId } = await addAccount(window, 'Alpha', {
      restrictions: [{ usages_AT: 10, usages_other: 500 }],
    });
    desk.sandbox.control.plantTree({ momId, count: 30 });
    await makeChild(value, 'job');
    const problems: Record<string, string[]> = {};
    const look = async (screen: string): Promise<void> => {
      await window.waitForTimeout(300); // colours fade in; axe would measure half-way contrast
      const found = await axeFindings(window);
      if (found.length > 0) problems[screen] = found;
    };
    await openTab(window, 'Alpha', 'State');
    await window.getByText('0 of 10 access tokens used').waitFor();
    await look('state');
    // Each look costs one of the uses that are counted: it waits for a click.
    for (const tab of ['Mytokens', 'History']) {
      await window.getByRole('tab', { name: tab, exact: true }).click();
      await look(`${tab}, before`);
      await window.getByRole('button', { name: 'Look anyway' }).click();
      await window.locator('[role="treeitem"], [role="cell"]').first().waitFor();
      await look(tab);
    }
    await window.getByRole('tab', { name: 'Mytokens', exact: true }).click();
    await treeRows(window).filter({ hasText: 'job' }).last().click();
    await look('mytoken');
    await window.getByRole('button', { name: 'Revoke…', exact: true }).click();
    await look('revoke');
    expect(problems).toEqual({});
  });
}

async function accountId(window: Page, name: string): Promise<string> {
  const state = (await call(window, 'state:get', null)) as {
    accounts: { id: string; displayName: string }[];
  };
  return state.accounts.find(({ displayName }) => displayName === name)?.id ?? '';
}
