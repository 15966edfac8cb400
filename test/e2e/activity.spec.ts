import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, type Page, test } from '@playwright/test';
import { askEncrypted } from '../support/agent-client.ts';
import { axeFindings } from '../support/axe-findings.ts';
import { useDesk } from '../support/desk.ts';
import { call, importAccount, skipWelcome } from '../support/window-calls.ts';

const desk = useDesk();

/** One account that serves access tokens unasked, with the socket on. */
async function openServing(): Promise<{ window: Page; master: string }> {
  const app = await desk.launch();
  const { window } = app;
  await skipWelcome(window);
  const { id, value } = await importAccount(window, desk.sandbox, 'Alpha', {
    capabilities: ['AT', 'tokeninfo', 'create_mytoken', 'revoke_any_token'],
  });
  await call(window, 'settings:update', { policies: { [id]: 'allow' }, socket: { enabled: true } });
  await expect
    .poll(() => askEncrypted(desk.socketPath, { request: 'check' }).catch(() => null))
    .toMatchObject({ status: 'success' });
  return { window, master: value };
}

const openPage = (window: Page): Promise<void> =>
  window.getByRole('button', { name: 'Activity', exact: true }).click();

test('what a program got is listed at once, searched, filtered, exported, and there after a restart', async () => {
  test.setTimeout(240_000);
  const { window, master } = await openServing();
  await openPage(window);
  await expect(window.getByText('Nothing has happened yet')).toBeVisible();
  expect(await axeFindings(window)).toEqual([]);

  const answer = (await askEncrypted(desk.socketPath, {
    ...{ request: 'access_token', account: 'alpha', scope: 'openid profile' },
  })) as { access_token: string };
  const got = window.getByRole('option', { name: /got an access token of Alpha.*account’s setting/ });
  await expect(got).toBeVisible();
  await askEncrypted(desk.socketPath, { request: 'access_token', account: 'alpha', scope: 'openid profile' });
  await expect(window.getByRole('option', { name: /2 times/ })).toBeVisible();
  await call(window, 'tokens:copy', { accountId: await accountId(window) });
  await expect(window.getByRole('option', { name: /An access token of Alpha was copied/ })).toBeVisible();

  await window.keyboard.press('Control+f');
  await expect(window.getByRole('searchbox', { name: 'Search in the activity' })).toBeFocused();
  await window.keyboard.type('no such thing');
  await expect(window.getByText('Nothing fits')).toBeVisible();
  await window.getByRole('button', { name: 'Show everything' }).click();
  await expect(window.getByRole('option')).toHaveCount(2);
  await window.getByRole('combobox', { name: 'What it was about' }).click();
  await window.getByRole('option', { name: 'Access token', exact: true }).click();
  await expect(window.getByRole('option')).toHaveCount(1);

  await window.getByRole('listbox', { name: 'Entries, the newest first' }).focus();
  await window.keyboard.press('ArrowDown');
  await expect(window.getByRole('option', { selected: true })).toHaveCount(1);
  await window.keyboard.press('Enter');
  await expect(window.getByText('openid profile')).toBeVisible();
  await expect(window.getByText('oidc-agent socket')).toBeVisible();
  expect(await axeFindings(window)).toEqual([]);

  for (const [format, name] of [
    ['csv', 'As a table (CSV)'],
    ['json', 'As JSON'],
  ] as const) {
    const path = join(desk.session.dir, `log.${format}`);
    await desk.app.electron.evaluate(({ dialog }, filePath) => {
      dialog.showSaveDialog = () => Promise.resolve({ canceled: false, filePath });
    }, path);
    await window.getByRole('button', { name: 'Export' }).click();
    await window.getByRole('menuitem', { name }).click();
    await expect(
      window.getByText(new RegExp(`1 entry was written to .*log.${format}`)).first(),
    ).toBeVisible();
    expect(statSync(path).mode & 0o777).toBe(0o600);
  }
  const csv = readFileSync(join(desk.session.dir, 'log.csv'), 'utf8').split('\r\n');
  expect(csv).toHaveLength(3);
  expect(csv[1]).toContain('"access-token","allowed","policy"');
  const json = JSON.parse(readFileSync(join(desk.session.dir, 'log.json'), 'utf8')) as unknown[];
  expect(json).toMatchObject([{ summary: 'openid profile', count: 2, accountName: 'Alpha' }]);

  await desk.app.electron.evaluate(({ app: electronApp }) => electronApp.quit()).catch(() => undefined);
  await desk.app.kill().catch(() => undefined);
  const app = await desk.launch();
  await openPage(app.window);
  await expect(app.window.getByRole('option')).toHaveCount(2);
  const file = await app.electron.evaluate(({ app: electronApp }) => electronApp.getPath('userData'));
  const log = readFileSync(join(file, 'activity.jsonl'), 'utf8');
  expect(statSync(join(file, 'activity.jsonl')).mode & 0o777).toBe(0o600);
  for (const secret of [answer.access_token, master, master.slice(0, 40)]) expect(log).not.toContain(secret);
});

test('a mytoken that was given out is revoked from its entry, and is dead at the server', async () => {
  test.setTimeout(180_000);
  const { window } = await openServing();
  const issued = (await call(window, 'compose:issue', {
    accountId: await accountId(window),
    wish: {
      ...{ name: 'night job', capabilities: ['AT'], restrictions: [], rotation: null, responseType: 'token' },
    },
  })) as { momId: string };
  const isAlive = (): boolean => desk.sandbox.control.tokens().some(({ momId }) => momId === issued.momId);
  expect(isAlive()).toBe(true);

  await openPage(window);
  await window.getByRole('option', { name: /A mytoken was made from Alpha/ }).click();
  await window.getByRole('button', { name: 'Revoke this mytoken' }).click();
  const dialog = window.getByRole('dialog', { name: 'Revoke the mytoken “night job”?' });
  await expect(dialog).toContainText('so does every mytoken made from it');
  await dialog.getByRole('button', { name: 'Revoke this mytoken' }).click();
  await expect(window.getByRole('alert').getByText('The mytoken was revoked.')).toBeVisible();
  expect(isAlive()).toBe(false);
  await expect(window.getByRole('option', { name: /night job|Revoked/ })).toBeVisible();
});

test('looks right in both themes, in German and where there is little room', async () => {
  test.setTimeout(180_000);
  const { window } = await openServing();
  for (const scope of ['openid', 'profile', 'email']) {
    await askEncrypted(desk.socketPath, { request: 'access_token', account: 'alpha', scope });
  }
  await askEncrypted(desk.socketPath, { request: 'access_token', account: 'nobody' });
  await call(window, 'tokens:copy', { accountId: await accountId(window) });
  await openPage(window);
  await window.getByRole('option').nth(1).click();
  for (const theme of ['light', 'dark'] as const) {
    await call(window, 'settings:update', { theme, language: theme === 'dark' ? 'de' : 'en' });
    await expect(window.getByRole('heading', { level: 1 })).toHaveText(
      theme === 'dark' ? 'Aktivität' : 'Activity',
    );
    expect(await axeFindings(window)).toEqual([]);
    await window.screenshot({ path: test.info().outputPath(`activity-${theme}.png`) });
  }
  await desk.app.electron.evaluate(({ BrowserWindow }) =>
    BrowserWindow.getAllWindows()[0]?.setSize(400, 760),
  );
  await expect.poll(() => window.evaluate(() => globalThis.innerWidth)).toBeLessThan(600);
  await window.screenshot({ path: test.info().outputPath('activity-narrow.png') });
  await window.getByRole('option').first().scrollIntoViewIfNeeded({ timeout: 5_000 });
  await window.getByRole('option').first().click();
  await expect(window.getByRole('dialog')).toBeVisible();
  expect(await axeFindings(window)).toEqual([]);
  await window.screenshot({ path: test.info().outputPath('activity-narrow-details.png') });
});

async function accountId(window: Page): Promise<string> {
  const { accounts } = (await call(window, 'state:get', null)) as { accounts: { id: string }[] };
  return accounts[0]?.id ?? '';
}
