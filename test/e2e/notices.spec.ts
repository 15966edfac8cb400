import { expect, type Page, test } from '@playwright/test';
import type { IssueMytokenOptions } from '../../sandbox/index.ts';
import { axeFindings } from '../support/axe-findings.ts';
import { useDesk } from '../support/desk.ts';
import { ask, call, importAccount, type Imported, skipWelcome } from '../support/window-calls.ts';

const desk = useDesk();

test.beforeEach(() => {
  desk.sandbox.control.setEmail({ address: 'alice@example.org', verified: true });
});

async function open(): Promise<Page> {
  const app = await desk.launch();
  await skipWelcome(app.window);
  return app.window;
}

const tomorrow = (): number => Math.floor(desk.sandbox.control.nowMs() / 1000) + 86_400;

/** An account with a mytoken as wanted; its string and mom_id as the server gave them. */
async function addAccount(window: Page, name: string, options: IssueMytokenOptions = {}): Promise<Imported> {
  return importAccount(window, desk.sandbox, name, {
    capabilities: ['AT', 'tokeninfo', 'create_mytoken', 'manage_mytokens', 'settings'],
    restrictions: [{ exp: tomorrow() }],
    ...options,
  });
}

async function openReminders(window: Page, account: string): Promise<void> {
  await window.getByRole('button', { name: 'Accounts', exact: true }).click();
  await window.getByRole('button', { name: account, exact: true }).click();
  await window.getByRole('tab', { name: 'Reminders', exact: true }).click();
}

interface ServerSide {
  readonly notifications: readonly {
    readonly notification_classes: readonly string[];
    readonly user_wide: boolean;
    readonly subscribed_tokens?: readonly string[];
  }[];
  readonly calendars: readonly {
    readonly name?: string;
    readonly description?: string;
    readonly ics_path: string;
    readonly subscribed_tokens?: readonly string[];
  }[];
}

/** What the server says, asked with a mytoken that the app does not hold. */
async function atServer(): Promise<ServerSide> {
  const { value } = await desk.sandbox.control.issueMytoken({
    user: 'alice',
    capabilities: ['manage_mytokens'],
  });
  const get = async (path: string): Promise<Record<string, unknown>> => {
    const answer = await fetch(`${desk.sandbox.mytokenUrl}/api/v0/notifications${path}`, {
      headers: { authorization: `Bearer ${value}` },
    });
    return (await answer.json()) as Record<string, unknown>;
  };
  const { notifications } = await get('');
  const { calendars } = await get('/calendars');
  return { notifications: notifications ?? [], calendars: calendars ?? [] } as ServerSide;
}

async function picture(window: Page, name: string): Promise<void> {
  await window.screenshot({ path: test.info().outputPath(`${name}.png`) });
}

test('mails are set up, changed and stopped, and the server sends them', async () => {
  test.setTimeout(180_000);
  const window = await open();
  const { value, momId } = await addAccount(window, 'Alpha');
  const other = await desk.sandbox.control.issueMytoken({
    user: 'alice',
    name: 'cluster job',
    restrictions: [{ exp: tomorrow() }],
  });
  await openReminders(window, 'Alpha');
  await expect(window.getByText('Mails go to alice@example.org.')).toBeVisible();
  await expect(window.getByText('No mails are set up.')).toBeVisible();

  await window.getByRole('button', { name: 'Set up mails…' }).click();
  const dialog = window.getByRole('dialog', { name: 'Set up mails' });
  await expect(dialog.getByRole('checkbox', { name: /use from a new address/ })).toBeChecked();
  await dialog.getByRole('checkbox', { name: /use of a revoked mytoken/ }).uncheck();
  await dialog.getByRole('checkbox', { name: /every new access token/ }).check();
  await picture(window, 'mail-dialog');
  expect(await axeFindings(window)).toEqual([]);
  await dialog.getByRole('button', { name: 'Create' }).click();
  const mails = window.getByRole('list', { name: 'Mails' });
  await expect(mails.getByRole('listitem')).toHaveCount(1);
  expect((await atServer()).notifications).toMatchObject([
    {
      notification_classes: ['expiration', 'security:ips', 'security:blocked_usages', 'AT_creations'],
      subscribed_tokens: [momId],
    },
  ]);
  await fetch(`${desk.sandbox.mytokenUrl}/api/v0/token/access`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ grant_type: 'mytoken', mytoken: value }),
  });
  expect(desk.sandbox.control.mails()).toMatchObject([{ notificationClass: 'AT_creations', momId }]);

  await mails.getByRole('button', { name: 'Edit…' }).click();
  const edit = window.getByRole('dialog', { name: 'Change mails' });
  await edit.getByRole('checkbox', { name: /every new access token/ }).uncheck();
  await edit.getByRole('checkbox', { name: /cluster job/ }).check();
  await edit.getByRole('checkbox', { name: /this account/ }).uncheck();
  await edit.getByRole('button', { name: 'Save' }).click();
  await expect(mails.getByRole('heading', { name: 'cluster job' })).toBeVisible();
  expect((await atServer()).notifications).toMatchObject([
    {
      notification_classes: ['expiration', 'security:ips', 'security:blocked_usages'],
      subscribed_tokens: [other.mom_id],
    },
  ]);

  await window.getByRole('button', { name: 'Set up mails…' }).click();
  await dialog.getByRole('radio', { name: 'All of my mytokens, also future ones' }).check();
  await dialog.getByRole('button', { name: 'Create' }).click();
  await expect(mails.getByRole('listitem')).toHaveCount(2);
  expect((await atServer()).notifications.map((entry) => entry.user_wide)).toEqual([false, true]);
  await picture(window, 'mails');
  expect(await axeFindings(window)).toEqual([]);

  await mails
    .getByRole('listitem')
    .filter({ hasText: 'cluster job' })
    .getByRole('button', { name: 'Delete…' })
    .click();
  const stop = window.getByRole('dialog', { name: 'Stop these mails?' });
  await expect(stop.getByText(/cluster job/)).toBeVisible();
  await stop.getByRole('button', { name: 'Delete' }).click();
  await expect(mails.getByRole('listitem')).toHaveCount(1);
  expect((await atServer()).notifications.map((entry) => entry.user_wide)).toEqual([true]);

  desk.sandbox.control.clearMails();
  await window.getByRole('button', { name: 'Mail one calendar event…' }).click();
  const invite = window.getByRole('dialog', { name: 'Mail one calendar event' });
  await invite.getByRole('button', { name: 'Send' }).click();
  await expect(invite).toBeHidden();
  expect(desk.sandbox.control.mails()).toMatchObject([{ kind: 'ics_invite', momId }]);
});

for (const version of ['0.10.2', '0.11.0']) {
  const newer = version === '0.11.0';
  test(`a calendar of a server ${version} is made, filled, read by its link and deleted`, async () => {
    test.setTimeout(180_000);
    desk.sandbox.control.setServer({ version });
    const window = await open();
    // Each call replaces the mytoken, so a lost one would end this test.
    const { momId } = await addAccount(window, 'Alpha', { rotation: { on_other: true } });
    await openReminders(window, 'Alpha');
    await window.getByRole('button', { name: 'New calendar…' }).click();
    const made = window.getByRole('dialog', { name: 'New calendar' });
    await made.getByRole('textbox', { name: 'Name' }).fill('Work + home');
    await made.getByRole('button', { name: 'Create' }).click();
    const card = window.getByRole('listitem', { name: 'Work + home' });
    await card.getByRole('button', { name: 'Add a mytoken…' }).click();
    const add = window.getByRole('dialog', { name: 'Add a mytoken to “Work + home”' });
    await add.getByRole('textbox', { name: 'Comment (optional)' }).fill('renew in time');
    await add.getByRole('button', { name: 'Add', exact: true }).click();
    await expect(card.getByText('Alpha (this account)')).toBeVisible();
    expect(await axeFindings(window)).toEqual([]);
    await picture(window, `calendar-${version}`);

    await card.getByRole('button', { name: 'Copy link' }).click();
    await expect(card.getByText('The link is in the clipboard for a while.')).toBeVisible();
    const link = await desk.app.electron.evaluate(({ clipboard }) => clipboard.readText());
    expect(await (await fetch(link)).text()).toContain('renew in time');
    // The window itself never has it.
    expect(await window.content()).not.toContain(new URL(link).pathname.split('/').at(-1));

    if (newer) {
      await card.getByRole('button', { name: 'Rename…' }).click();
      const rename = window.getByRole('dialog', { name: 'Rename the calendar' });
      await rename.getByRole('textbox', { name: 'Name' }).fill('Jobs');
      await rename.getByRole('button', { name: 'Save' }).click();
      const renamed = window.getByRole('listitem', { name: 'Jobs' });
      await renamed.getByRole('button', { name: /^Take out/ }).focus();
      await window.keyboard.press('Delete');
      await expect(renamed.getByText('No mytoken is in it.')).toBeVisible();
      const { calendars } = await atServer();
      expect(calendars).toMatchObject([{ description: 'Jobs' }]);
      expect(calendars[0]?.subscribed_tokens).toBeUndefined();
    } else {
      await expect(card.getByRole('button', { name: 'Rename…' })).toHaveCount(0);
      await expect(card.getByText(/cannot take out single mytokens/)).toBeVisible();
      expect((await atServer()).calendars).toMatchObject([
        { name: 'Work + home', subscribed_tokens: [momId] },
      ]);
    }
    await window.getByRole('list', { name: 'Calendars' }).getByRole('button', { name: 'Delete…' }).click();
    const gone = window.getByRole('dialog', { name: /^Delete the calendar/ });
    await expect(gone.getByText(/Its link stops working/)).toBeVisible();
    await gone.getByRole('button', { name: 'Delete' }).click();
    await expect(window.getByText('There are no calendars.')).toBeVisible();
    expect((await atServer()).calendars).toEqual([]);
    expect((await fetch(link)).status).toBe(404);
    await window.getByRole('button', { name: 'Ask again' }).click();
    await expect(window.getByText('There are no calendars.')).toBeVisible();
  });
}

test('each action leads to the capability that it lacks, and main refuses it as well', async () => {
  test.setTimeout(180_000);
  const window = await open();
  const poor = await addAccount(window, 'Poor', { capabilities: ['AT'] });
  await addAccount(window, 'Own', { capabilities: ['AT', 'tokeninfo:notify'] });
  const looker = await addAccount(window, 'Looker', { capabilities: ['AT', 'read@manage_mytokens:notify'] });
  await addAccount(window, 'Rich');

  await openReminders(window, 'Poor');
  const need = 'This takes one more capability';
  await expect(window.getByText(need)).toBeVisible();
  await expect(window.getByText('tokeninfo:notify', { exact: true })).toBeVisible();
  await window.getByRole('combobox', { name: 'Show' }).click();
  await window.getByRole('option', { name: 'All of your reminders at this server' }).click();
  await expect(window.getByText('read@manage_mytokens:notify', { exact: true })).toBeVisible();
  await window.getByRole('button', { name: 'Use Rich for this' }).click();
  await expect(window.getByRole('heading', { level: 1 })).toHaveText('Rich');
  await expect(window.getByText('There are no calendars.')).toBeVisible();

  await openReminders(window, 'Own');
  await window.getByRole('button', { name: 'Set up mails…' }).click();
  const mail = window.getByRole('dialog', { name: 'Set up mails' });
  await mail.getByRole('radio', { name: 'mytokens that I choose' }).check();
  await expect(mail.getByText(need)).toBeVisible();
  await expect(mail.getByText('manage_mytokens:notify', { exact: true })).toBeVisible();
  await expect(mail.getByRole('button', { name: 'Create' })).toBeDisabled();
  expect(await axeFindings(window)).toEqual([]);
  await mail.getByRole('radio', { name: 'the mytoken of this account' }).check();
  await mail.getByRole('button', { name: 'Create' }).click();
  await expect(window.getByRole('list', { name: 'Mails' }).getByRole('listitem')).toHaveCount(1);
  await window.getByRole('button', { name: 'New calendar…' }).click();
  const calendar = window.getByRole('dialog', { name: 'New calendar' });
  await expect(calendar.getByText(need)).toBeVisible();
  await expect(calendar.getByText('manage_mytokens:notify', { exact: true })).toBeVisible();
  await calendar.getByRole('button', { name: 'Cancel' }).click();

  await openReminders(window, 'Looker');
  await expect(window.getByRole('list', { name: 'Mails' }).getByRole('listitem')).toHaveCount(1);
  await window.getByRole('button', { name: 'Set up mails…' }).click();
  await expect(mail.getByText(need)).toBeVisible();
  await expect(mail.getByText('tokeninfo:notify', { exact: true })).toBeVisible();

  for (const [accountId, channel, args] of [
    [poor.id, 'notices:list', { scope: 'own' }],
    [poor.id, 'notices:list', { scope: 'all' }],
    [poor.id, 'notices:create', { target: { kind: 'user-wide' }, classes: ['expiration'] }],
    [poor.id, 'notices:invite', { momId: looker.momId, derived: true, comment: '' }],
    [
      looker.id,
      'notices:create',
      { target: { kind: 'some', momIds: ['x'], includeChildren: false }, classes: [] },
    ],
    [looker.id, 'notices:invite', { momId: 'x', derived: false, comment: '' }],
    [looker.id, 'notices:create-calendar', { title: 'x' }],
    [looker.id, 'notices:rename-calendar', { calendarId: 'x', title: 'y' }],
    [looker.id, 'notices:remove-calendar', { calendarId: 'x' }],
    [looker.id, 'notices:add-to-calendar', { calendarId: 'x', momId: 'x', derived: false, comment: '' }],
    [looker.id, 'notices:remove-from-calendar', { calendarId: 'x', momId: 'x', derived: false }],
  ] as const) {
    expect(await ask(window, channel, { accountId, ...args }), channel).toMatchObject({
      ok: false,
      error: { code: 'mytoken/insufficient-capabilities' },
    });
  }
});

test('without a confirmed address the way to it is shown; without reminders a plain sentence', async () => {
  test.setTimeout(180_000);
  desk.sandbox.control.setEmail({ address: 'alice@example.org', verified: false });
  const window = await open();
  await addAccount(window, 'Alpha');
  // May not see the address, so only trying tells.
  await addAccount(window, 'Blind', { capabilities: ['AT', 'tokeninfo'] });
  await openReminders(window, 'Blind');
  await window.getByRole('button', { name: 'Set up mails…' }).click();
  const dialog = window.getByRole('dialog', { name: 'Set up mails' });
  await dialog.getByRole('button', { name: 'Create' }).click();
  await expect(dialog.getByText(/no confirmed mail address/)).toBeVisible();
  expect(await axeFindings(window)).toEqual([]);
  await dialog.getByRole('button', { name: 'Cancel' }).click();

  await openReminders(window, 'Alpha');
  await expect(window.getByText(/alice@example.org is not confirmed yet/)).toBeVisible();
  await picture(window, 'unconfirmed');
  await window.getByRole('button', { name: 'Mail address', exact: true }).click();
  await expect(window.getByRole('tab', { selected: true })).toHaveText('Server settings');
  expect((await atServer()).notifications).toEqual([]);

  desk.sandbox.control.setServer({ features: { mail: false, calendars: false } });
  await window.getByRole('tab', { name: 'Reminders', exact: true }).click();
  await window.getByRole('button', { name: 'Ask again' }).click();
  await expect(window.getByText(/This mytoken server sends no reminders/)).toBeVisible();
});

test('in German, dark and narrow it reads as well', async () => {
  test.setTimeout(180_000);
  desk.sandbox.control.setServer({ version: '0.11.0' });
  const window = await open();
  const { id } = await addAccount(window, 'Alpha');
  await call(window, 'notices:create', {
    accountId: id,
    target: { kind: 'user-wide' },
    classes: ['expiration', 'security'],
  });
  const { calendarId } = (await call(window, 'notices:create-calendar', {
    accountId: id,
    title: 'Arbeit',
  })) as {
    calendarId: string;
  };
  expect(calendarId).not.toBe('');
  await call(window, 'settings:update', { language: 'de', theme: 'dark' });
  await window.getByRole('button', { name: 'Konten', exact: true }).click();
  await window.getByRole('button', { name: 'Alpha', exact: true }).click();
  await window.getByRole('tab', { name: 'Erinnerungen', exact: true }).click();
  await expect(window.getByRole('listitem', { name: 'Arbeit' })).toBeVisible();
  expect(await axeFindings(window)).toEqual([]);
  await picture(window, 'german-dark');
  await window.setViewportSize({ width: 400, height: 900 });
  await picture(window, 'german-dark-narrow');
  await window.getByRole('button', { name: 'Mails einrichten …' }).click();
  await expect(window.getByRole('dialog', { name: 'Mails einrichten' })).toBeVisible();
  await picture(window, 'german-dark-narrow-dialog');
  expect(
    await window.evaluate(() => document.documentElement.scrollWidth <= document.documentElement.clientWidth),
  ).toBe(true);
});
