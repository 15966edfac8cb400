import { execFile } from 'node:child_process';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, type Page, test } from '@playwright/test';
import { axeFindings } from '../support/axe-findings.ts';
import { useDesk } from '../support/desk.ts';
import { call, importAccount, skipWelcome } from '../support/window-calls.ts';

const run = promisify(execFile);
const day = 86_400;

const desk = useDesk();

/** The app with one account whose mytoken is limited in each way there is, on the page that composes from it. */
async function openCompose(): Promise<Page> {
  const app = await desk.launch();
  const { window } = app;
  await skipWelcome(window);
  await importAccount(window, desk.sandbox, 'Alpha', {
    capabilities: ['AT', 'tokeninfo', 'create_mytoken', 'read@settings'],
    restrictions: [
      {
        nbf: 1_000,
        exp: Math.floor(Date.now() / 1000) + 10 * day,
        scope: 'openid profile email',
        audience: ['https://a.example.org', 'https://b.example.org'],
        hosts: ['127.0.0.0/8'],
        geoip_allow: ['DE', 'FR'],
        geoip_disallow: ['US'],
        usages_AT: 10,
        usages_other: 50,
      },
    ],
  });
  await window.getByRole('button', { name: 'Alpha', exact: true }).click();
  await window.getByRole('button', { name: 'New mytoken from this…' }).click();
  await expect(window.getByRole('heading', { level: 1 })).toHaveText('New mytoken from Alpha');
  return window;
}

/** Within each limit of the parent. */
const within = {
  exp: '+1d',
  scope: 'openid',
  audience: ['https://a.example.org'],
  hosts: ['127.0.0.1'],
  geoip_allow: ['DE'],
  geoip_disallow: ['US', 'CN'],
  nbf: 2_000,
  usages_AT: 2,
  usages_other: 5,
};

async function typeJson(window: Page, request: unknown): Promise<void> {
  await window.getByRole('button', { name: 'JSON', exact: true }).click();
  await window.getByRole('textbox', { name: 'Request as JSON' }).fill(JSON.stringify(request, null, 2));
}

const create = (window: Page) => window.getByRole('button', { name: 'Create mytoken' });

async function clipboardText(): Promise<string> {
  return desk.app.electron.evaluate(({ clipboard }) => clipboard.readText());
}

/** What a person does with the result: the copied line and the shown line, in a shell of their own. */
async function redeemInShell(window: Page): Promise<string> {
  await window.getByRole('button', { name: 'Copy as a line for the shell' }).click();
  await expect(window.getByRole('alert').getByText('Copied.', { exact: true })).toBeVisible();
  const setIt = await clipboardText();
  const useIt = await window.getByRole('textbox', { name: 'With curl' }).inputValue();
  const { stdout } = await run('sh', ['-c', `${setIt}\n${useIt}`], { env: desk.session.env });
  return stdout.trim();
}

test('each limit of the parent holds: what is within is granted, what is wider is shown and blocked', async () => {
  test.setTimeout(120_000);
  const window = await openCompose();
  await typeJson(window, { name: 'within', capabilities: ['AT'], restrictions: [within] });
  await expect(create(window)).toBeEnabled();

  const wider: Record<string, unknown> = {
    nbf: 500,
    exp: '+20d',
    scope: 'openid storage.write',
    audience: ['https://c.example.org'],
    hosts: ['10.0.0.1'],
    geoip_allow: ['IT'],
    geoip_disallow: ['CN'],
    usages_AT: 11,
    usages_other: 51,
  };
  const words: Record<string, RegExp> = {
    nbf: /Begins earlier/,
    exp: /Lasts longer/,
    scope: /Needs scopes/,
    audience: /Needs audiences/,
    hosts: /Needs hosts/,
    geoip_allow: /Needs countries/,
    geoip_disallow: /Has to exclude/,
    usages_AT: /more access tokens/,
    usages_other: /more other uses/,
  };
  for (const [key, value] of Object.entries(wider)) {
    await typeJson(window, {
      name: 'wider',
      capabilities: ['AT'],
      restrictions: [{ ...within, [key]: value }],
    });
    await expect(create(window), key).toBeDisabled();
    await window.getByRole('button', { name: 'Form', exact: true }).click();
    await expect(window.getByText(words[key] ?? /never/).first(), key).toBeVisible();
    await window.getByRole('button', { name: 'Make it fit' }).click();
    await expect(create(window), `${key} made to fit`).toBeEnabled();
    // Leaving the limit away is wider too.
    const { [key as 'exp']: _left, ...without } = within;
    await typeJson(window, { name: 'without', capabilities: ['AT'], restrictions: [without] });
    await expect(create(window), `without ${key}`).toBeDisabled();
  }

  await typeJson(window, { name: 'too much', capabilities: ['AT', 'settings'], restrictions: [within] });
  await expect(window.getByText(/Not the account’s to give: settings/)).toBeVisible();
  await expect(create(window)).toBeDisabled();

  await typeJson(window, { name: 'within', capabilities: ['AT'], restrictions: [within] });
  await create(window).click();
  await expect(window.getByRole('heading', { level: 1 })).toHaveText('Your new mytoken');
  await expect(window.getByText('Granted as asked.')).toBeVisible();
  const child = desk.sandbox.control.tokens().find(({ name }) => name === 'within');
  expect(child?.capabilities).toEqual(['AT']);
});

test('each kind of result is good in somebody else’s hands: curl redeems it', async () => {
  test.setTimeout(120_000);
  const window = await openCompose();
  for (const kind of ['token', 'short_token', 'transfer_code']) {
    await typeJson(window, {
      name: `as ${kind}`,
      capabilities: ['AT'],
      restrictions: [within],
      response_type: kind,
    });
    await create(window).click();
    await expect(window.getByRole('heading', { level: 1 })).toHaveText('Your new mytoken');
    const redeemed = await redeemInShell(window);
    expect(redeemed, kind).toMatch(/^eyJ/);
    if (kind === 'transfer_code') {
      await window.getByRole('button', { name: 'Show it once' }).click();
      await expect(window.getByRole('img', { name: 'QR code of the transfer code' })).toBeVisible();
    }
    await window.getByRole('button', { name: 'Make another one' }).click();
  }
});

test('a result is shown once, saved for its owner alone, can be revoked, and is gone afterwards', async () => {
  const window = await openCompose();
  await typeJson(window, { name: 'once', capabilities: ['AT'], restrictions: [within] });
  await create(window).click();
  await window.getByRole('button', { name: 'Show it once' }).click();
  const value = await window.getByRole('textbox', { name: 'New mytoken' }).inputValue();
  expect(value).toMatch(/^eyJ/);
  await window.getByRole('button', { name: 'Hide it' }).click();
  await expect(window.getByRole('textbox', { name: 'New mytoken' })).toHaveCount(0);
  await expect(window.getByRole('button', { name: 'Show it once' })).toHaveCount(0);

  const path = join(desk.session.dir, 'my token.txt');
  await desk.app.electron.evaluate(({ dialog }, filePath) => {
    dialog.showSaveDialog = () => Promise.resolve({ canceled: false, filePath });
  }, path);
  await window.getByRole('button', { name: 'Save to a file…' }).click();
  await expect(window.getByRole('alert').getByText(/only you can read it/)).toBeVisible();
  expect(statSync(path).mode & 0o777).toBe(0o600);
  const { stdout } = await run('head', ['-1', path]);
  expect(stdout.trim()).toBe(value);

  const before = desk.sandbox.control.tokens().length;
  await window.getByRole('button', { name: 'Revoke it' }).click();
  const sure = window.getByRole('dialog', { name: /^Revoke the mytoken “/ });
  await sure.getByRole('button', { name: 'Cancel' }).click();
  await expect(sure).toHaveCount(0);
  expect(desk.sandbox.control.tokens()).toHaveLength(before);
  await window.getByRole('button', { name: 'Revoke it' }).click();
  await sure.getByRole('button', { name: 'Revoke it' }).click();
  await expect(window.getByRole('alert').getByText('It was revoked.')).toBeVisible();
  expect(desk.sandbox.control.tokens()).toHaveLength(before - 1);
  await window.getByRole('button', { name: 'Done' }).click();
  await expect(window.getByRole('heading', { level: 1 })).toHaveText('Alpha');
});

test('a profile with includes fills the form, and says what it includes', async () => {
  const window = await openCompose();
  await call(window, 'profiles:save', {
    name: 'night',
    payload: { include: 'web-default', name: 'Night job' },
  });
  await window.getByRole('button', { name: 'Back to Alpha' }).click();
  await window.getByRole('button', { name: 'New mytoken from this…' }).click();
  await window.getByRole('combobox', { name: 'Profile' }).fill('night');
  await window.getByRole('option', { name: 'night' }).click();
  await expect(window.getByText(/It includes web-default/)).toBeVisible();
  await expect(window.getByRole('textbox', { name: 'Name' })).toHaveValue('Night job');
  await expect(window.getByRole('spinbutton', { name: 'Number of access tokens' })).toHaveValue('15');

  await window.getByRole('combobox', { name: 'Profile' }).fill('single');
  await window.getByRole('option', { name: 'A single access token within a day' }).click();
  await expect(window.getByRole('spinbutton', { name: 'Number of access tokens' })).toHaveValue('1');
  await window.getByRole('button', { name: 'Undo' }).click();
  await expect(window.getByRole('spinbutton', { name: 'Number of access tokens' })).toHaveValue('15');
  await window.getByRole('button', { name: 'Redo' }).click();
  await expect(window.getByRole('spinbutton', { name: 'Number of access tokens' })).toHaveValue('1');
});

test('form and JSON say the same through changes on both sides, and mistakes have a place', async () => {
  const window = await openCompose();
  const json = window.getByRole('textbox', { name: 'Request as JSON' });
  const toJson = async (): Promise<Record<string, unknown>> => {
    await window.getByRole('button', { name: 'JSON', exact: true }).click();
    return JSON.parse(await json.inputValue()) as Record<string, unknown>;
  };
  const toForm = (): Promise<void> => window.getByRole('button', { name: 'Form', exact: true }).click();

  await window.getByRole('checkbox', { name: /tell its own history/ }).check();
  await window.getByRole('button', { name: 'Alternative 1: Add a limit' }).click();
  await window.getByRole('menuitem', { name: 'Number of access tokens' }).click();
  await window.getByRole('spinbutton', { name: 'Number of access tokens' }).fill('7');
  await window.getByRole('button', { name: 'Copy alternative 1' }).click();
  await window.getByRole('button', { name: 'Remove: Until' }).last().click();
  expect(await toJson()).toMatchObject({
    capabilities: ['AT', 'tokeninfo:history'],
    restrictions: [{ exp: '+1d', usages_AT: 7 }, { usages_AT: 7 }],
  });

  const changed = { ...(await toJson()), capabilities: ['AT'], rotation: { on_AT: true, auto_revoke: true } };
  await json.fill(JSON.stringify(changed));
  await toForm();
  await expect(window.getByRole('checkbox', { name: /tell its own history/ })).not.toBeChecked();
  await expect(window.getByRole('switch', { name: 'Replace it with every access token' })).toBeChecked();

  await toJson();
  await json.fill('{ "capabilities": ["AT"], "ip": ["192.0.2.7"] }');
  await expect(window.getByText(/Line 1, column 27: servers do not know “ip”/)).toBeVisible();
  await toForm();
  await expect(window.getByRole('switch', { name: 'Replace it with every access token' })).toBeChecked();
});

test('form and JSON stay the same through random edits', async () => {
  test.setTimeout(90_000);
  const window = await openCompose();
  let seed = 20_261_123;
  const pick = (count: number): number => {
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
    return seed % count;
  };
  const json = window.getByRole('textbox', { name: 'Request as JSON' });
  const read = async (): Promise<{ restrictions: { usages_AT?: number }[]; capabilities: string[] }> => {
    await window.getByRole('button', { name: 'JSON', exact: true }).click();
    return JSON.parse(await json.inputValue()) as never;
  };
  const form = (): Promise<void> => window.getByRole('button', { name: 'Form', exact: true }).click();
  const edits: (() => Promise<void>)[] = [
    async () => window.getByRole('button', { name: 'Add an alternative' }).click(),
    async () => {
      const remove = window.getByRole('button', { name: /^Remove alternative/ });
      if ((await remove.count()) > 0) await remove.nth(pick(await remove.count())).click();
    },
    async () => {
      const boxes = window.getByRole('checkbox', { disabled: false });
      await boxes.nth(pick(await boxes.count())).click();
    },
    async () => {
      const copy = window.getByRole('button', { name: /^Copy alternative/ });
      if ((await copy.count()) > 0) await copy.first().click();
    },
    async () => {
      const request = await read();
      const changed = request.restrictions.map((clause) => ({ ...clause, usages_AT: pick(9) }));
      await json.fill(JSON.stringify({ ...request, restrictions: changed }));
      await form();
    },
    async () => {
      const undo = window.getByRole('button', { name: 'Undo' });
      if (await undo.isEnabled()) await undo.click();
    },
  ];
  for (let round = 0; round < 25; round += 1) {
    await edits[pick(edits.length)]?.();
    const request = await read();
    await form();
    await expect(window.getByRole('button', { name: /^Remove alternative/ })).toHaveCount(
      request.restrictions.length,
    );
    const counts = request.restrictions.flatMap(({ usages_AT: uses }) =>
      uses === undefined ? [] : [String(uses)],
    );
    const shown = window.getByRole('spinbutton', { name: 'Number of access tokens' });
    await expect(shown).toHaveCount(counts.length);
    for (const [index, count] of counts.entries()) await expect(shown.nth(index)).toHaveValue(count);
    await expect(window.getByRole('checkbox', { name: /get access tokens/ })).toBeChecked({
      checked: request.capabilities.includes('AT'),
    });
  }
});

test('a mytoken is composed with the keyboard alone', async () => {
  const window = await openCompose();
  const tabTo = async (name: string): Promise<void> => {
    for (let step = 0; step < 60; step += 1) {
      await window.keyboard.press('Tab');
      const here = await window.evaluate(() => {
        const element = document.activeElement;
        const label = element instanceof HTMLInputElement ? element.labels?.[0]?.textContent : '';
        return `${element?.getAttribute('aria-label') ?? ''} ${label ?? ''} ${element?.textContent ?? ''}`;
      });
      if (here.includes(name)) return;
    }
    throw new Error(`Tab never reached ${name}.`);
  };
  await tabTo('Profile');
  await window.keyboard.type('One hour');
  await window.keyboard.press('ArrowDown');
  await window.keyboard.press('Enter');
  await tabTo('Name');
  await window.keyboard.press('Control+a');
  await window.keyboard.type('by keys');
  // The parent is limited in many ways: an own clause would have to repeat them all. Without one they are inherited.
  await tabTo('Remove alternative 1');
  await window.keyboard.press('Enter');
  await tabTo('Create mytoken');
  await window.keyboard.press('Enter');
  await expect(window.getByRole('heading', { level: 1 })).toHaveText('Your new mytoken');
  expect(desk.sandbox.control.tokens().some(({ name }) => name === 'by keys')).toBe(true);
});

for (const theme of ['light', 'dark'] as const) {
  test(`axe finds nothing in the editor and on its result (${theme})`, async () => {
    test.setTimeout(90_000);
    const window = await openCompose();
    await call(window, 'settings:update', { theme });
    const problems: Record<string, string[]> = {};
    const look = async (screen: string): Promise<void> => {
      await window.waitForTimeout(300);
      const found = await axeFindings(window);
      if (found.length > 0) problems[screen] = found;
    };
    await look('start');
    await typeJson(window, {
      name: 'x',
      capabilities: ['AT', 'settings'],
      restrictions: [{ ...within, hosts: ['192.0.2.7/24'] }, {}],
    });
    await look('json');
    await window.getByRole('textbox', { name: 'Request as JSON' }).fill('{');
    await look('json with a mistake');
    await window.getByRole('button', { name: 'Form', exact: true }).click();
    await look('form with mistakes');
    await window.getByRole('button', { name: 'Save as profile…' }).click();
    await look('save profile');
    await window.getByRole('button', { name: 'Cancel' }).click();
    await typeJson(window, {
      name: 'x',
      capabilities: ['AT'],
      restrictions: [within],
      response_type: 'transfer_code',
    });
    await create(window).click();
    await window.getByRole('button', { name: 'Show it once' }).click();
    await look('result');
    expect(problems).toEqual({});
  });
}
