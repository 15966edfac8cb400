import { expect, test } from '@playwright/test';
import { axeFindings } from '../support/axe-findings.ts';
import { useDesk } from '../support/desk.ts';
import { startPrivateSession } from '../support/desktop-session.ts';
import { call, importAccount, skipWelcome } from '../support/window-calls.ts';
import { cutOff, pictureOf, sizeWindow } from '../support/window-looks.ts';

const desk = useDesk({ extraProviders: 40 });

for (const theme of ['light', 'dark'] as const) {
  test(`axe finds nothing on any screen (${theme})`, async () => {
    const app = await desk.launch({ args: [`--prefill-instance=${desk.sandbox.mytokenUrl}`] });
    const { window } = app;
    await window.getByRole('radio').first().waitFor();
    await call(window, 'settings:update', { theme });
    const problems: Record<string, string[]> = {};
    const look = async (screen: string): Promise<void> => {
      await window.waitForTimeout(300); // colours fade in; axe would measure half-way contrast
      const found = await axeFindings(window);
      if (found.length > 0) problems[screen] = found;
    };

    await look('welcome');
    await call(window, 'settings:update', { onboardingDone: true });
    await window.getByRole('button', { name: 'Accounts', exact: true }).waitFor();
    await look('no accounts');
    await importAccount(window, desk.sandbox, 'Alpha');
    await importAccount(window, desk.sandbox, 'Beta');
    await look('accounts');
    await window.getByRole('button', { name: 'Alpha', exact: true }).click();
    await window.getByRole('button', { name: 'Show it' }).click();
    await window.getByRole('button', { name: 'Hide it' }).waitFor();
    await look('account');
    await window.getByRole('button', { name: 'Remove account…' }).click();
    await look('remove');
    await window.getByRole('button', { name: 'Cancel' }).click();
    await window.getByRole('button', { name: 'Programs', exact: true }).click();
    await look('programs');
    await window.getByRole('tab', { name: 'What they may do' }).click();
    await look('permissions');
    await window.getByRole('tab', { name: 'How they ask' }).click();
    await window.getByRole('button', { name: 'New key' }).click();
    await window.getByRole('textbox', { name: 'Program' }).fill('x');
    await look('new key');
    await window.getByRole('button', { name: 'Create key' }).click();
    await window.getByRole('button', { name: 'I have stored it' }).waitFor();
    await look('key');
    await window.getByRole('button', { name: 'I have stored it' }).click();
    await window.getByRole('button', { name: 'Settings', exact: true }).click();
    await look('settings');
    await window.getByRole('button', { name: 'Accounts', exact: true }).click();
    await window.getByRole('button', { name: 'Add account' }).click();
    await window.getByRole('radio').first().check();
    await look('add account');
    await window.getByRole('button', { name: 'Import a mytoken' }).click();
    await look('import');
    expect(problems).toEqual({});
  });
}

for (const [name, width, zoom] of [
  ['as it opens', 980, 1],
  ['large', 980, 2],
  ['narrow', 480, 1],
] as const) {
  test(`in German, every tab of an account is in sight (${name})`, async () => {
    const app = await desk.launch();
    const { window } = app;
    await skipWelcome(window);
    await importAccount(window, desk.sandbox, 'Alpha');
    await call(window, 'settings:update', { language: 'de' });
    await window.getByRole('button', { name: 'Alpha', exact: true }).click();
    await sizeWindow(app, window, { width, zoom });
    await expect.poll(() => window.evaluate(() => innerWidth)).toBe(width / zoom);
    const tabs = window.getByRole('tablist').getByRole('tab');
    await expect(tabs).toHaveCount(7);
    expect(
      await tabs.evaluateAll((all) => {
        const { left, right } = all[0]?.parentElement?.getBoundingClientRect() ?? { left: 0, right: 0 };
        return all
          .filter((tab) => {
            const box = tab.getBoundingClientRect();
            return box.left < left || box.right > Math.min(right, innerWidth);
          })
          .map((tab) => tab.textContent);
      }),
    ).toEqual([]);
    expect(await cutOff(window)).toEqual([]);
    await pictureOf(app, window, `account-tabs-${width}-${zoom}`);
  });
}

test('a server that is down is explained, and things go on when it is back', async () => {
  const app = await desk.launch();
  const { window } = app;
  await skipWelcome(window);
  await importAccount(window, desk.sandbox, 'Alpha');
  const fault = desk.sandbox.control.injectFault({
    match: { path: '/api/*' },
    fault: { kind: 'cut-before' },
  });
  const copy = window.getByRole('button', { name: 'Copy access token' });
  await copy.click();
  await expect(window.getByRole('alert').getByText('The mytoken server cannot be reached.')).toBeVisible({
    timeout: 20_000,
  });
  await expect(window.getByText('Server not reached')).toBeVisible();
  fault.remove();
  await copy.click();
  await expect(window.getByText(/Access token for Alpha copied/).first()).toBeVisible({ timeout: 20_000 });
  await expect(window.getByText('Ready')).toBeVisible();
});

test('removing revokes at the server; when that fails the account stays until the user decides', async () => {
  const app = await desk.launch();
  const { window } = app;
  await skipWelcome(window);
  await importAccount(window, desk.sandbox, 'Alpha');
  await importAccount(window, desk.sandbox, 'Beta');
  expect(desk.sandbox.control.tokens()).toHaveLength(2);

  await window.getByRole('button', { name: 'Alpha', exact: true }).click();
  await window.getByRole('button', { name: 'Remove account…' }).click();
  await window.getByRole('button', { name: 'Revoke and remove' }).click();
  await expect(window.getByRole('heading', { level: 1 })).toHaveText('Accounts');
  await expect(window.getByRole('button', { name: 'Alpha', exact: true })).toHaveCount(0);
  expect(desk.sandbox.control.tokens()).toHaveLength(1);

  desk.sandbox.control.injectFault({ match: { path: '/api/*' }, fault: { kind: 'cut-before' } });
  await window.getByRole('button', { name: 'Beta', exact: true }).click();
  await window.getByRole('button', { name: 'Remove account…' }).click();
  await window.getByRole('button', { name: 'Revoke and remove' }).click();
  await expect(window.getByText(/You can remove the account here all the same/)).toBeVisible({
    timeout: 20_000,
  });
  await window.getByRole('button', { name: 'Remove here only' }).click();
  await expect(window.getByText('No accounts yet')).toBeVisible();
  expect(desk.sandbox.control.tokens()).toHaveLength(1);
});

test('without a keyring nothing is stored, and memory for the session is the choice offered (R-24)', async () => {
  const bare = await startPrivateSession({ keyring: 'absent' });
  try {
    let app = await desk.launch({ env: bare.env });
    const { window } = app;
    // The desktop says that it has a keyring, but nobody answers for it.
    await expect(window.getByRole('heading', { level: 1 })).toHaveText('The store of mytokens is locked');
    await window.getByRole('button', { name: 'Use memory for this session' }).click();
    await window.getByRole('button', { name: 'I have a mytoken already' }).waitFor();
    await importAccount(window, desk.sandbox, 'Alpha');
    await expect(window.getByText('You are set up')).toBeVisible();
    await app.kill();
    app = await desk.launch({ env: bare.env });
    await expect(app.window.getByRole('heading', { level: 1 })).toHaveText('The store of mytokens is locked');
    const state = await call(app.window, 'state:get', null);
    expect(JSON.stringify(state)).not.toContain('Alpha'); // gone with the process
    await app.kill();
  } finally {
    await bare.stop();
  }
});

test('quitting ends the app, with its window open, no tray and a token in the clipboard', async () => {
  const app = await desk.launch();
  const { window, electron } = app;
  await window.getByText('Welcome to Mytoken Desktop').waitFor();
  await importAccount(window, desk.sandbox, 'Alpha');
  await window.getByRole('button', { name: 'Copy an access token' }).click();
  await expect.poll(() => electron.evaluate(({ clipboard }) => clipboard.readText())).toContain('eyJ');
  const ended = new Promise<void>((resolve) => electron.process().once('exit', () => resolve()));
  await electron.evaluate(({ app: running }) => running.quit());
  await ended;
});
