import { expect, type Page, test } from '@playwright/test';
import { nextOpenedUrl } from '../support/app-driver.ts';
import { useDesk } from '../support/desk.ts';
import { call, importAccount, skipWelcome } from '../support/window-calls.ts';

const desk = useDesk({ codeSeconds: 60, pollingIntervalSeconds: 1 });

async function startLogin(window: Page): Promise<string> {
  await window.getByRole('button', { name: 'Continue in the browser' }).click();
  await window.getByText('Look at your browser').waitFor();
  return nextOpenedUrl(desk.session);
}

test('a login that is declined, cancelled, too late or refused at the provider says which, and the next one works', async () => {
  test.setTimeout(120_000);
  const app = await desk.launch({ args: [`--prefill-instance=${desk.sandbox.mytokenUrl}`] });
  const { window } = app;
  await window.getByRole('radio').first().check();
  const again = async (): Promise<void> => {
    await window.getByRole('button', { name: 'Start again' }).click();
    await window.getByText('Look at your browser').waitFor();
  };

  const declined = await startLogin(window);
  await desk.sandbox.control.completeLogin(declined, { user: 'alice', approve: false });
  await expect(window.getByText('The login was declined in the browser.')).toBeVisible({ timeout: 20_000 });

  await again();
  await nextOpenedUrl(desk.session);
  await window.getByRole('button', { name: 'Cancel login' }).click();
  await expect(window.getByText('The login was cancelled.')).toBeVisible();

  await again();
  await nextOpenedUrl(desk.session);
  await expect(window.getByRole('timer')).toContainText('Time left');
  desk.sandbox.control.advanceClock(600);
  await expect(window.getByText('The time for this login is over.')).toBeVisible({ timeout: 20_000 });
  desk.sandbox.control.advanceClock(-600);

  await again();
  await desk.sandbox.control.completeLogin(await nextOpenedUrl(desk.session), {
    user: 'alice',
    allowAtProvider: false,
  });
  await expect(window.getByText(/The login failed at the provider/)).toBeVisible({ timeout: 20_000 });

  await again();
  await desk.sandbox.control.completeLogin(await nextOpenedUrl(desk.session), {
    user: 'alice',
    capabilities: ['AT', 'tokeninfo'],
  });
  await expect(window.getByRole('heading', { level: 1 })).toHaveText('You are set up', { timeout: 20_000 });
});

test('logging in again renews an account in place: name, short name and defaults stay', async () => {
  const app = await desk.launch();
  const { window } = app;
  await skipWelcome(window);
  await importAccount(window, desk.sandbox, 'Alpha');
  const [old] = desk.sandbox.control.tokens();
  await desk.sandbox.control.revokeAtProvider(old?.momId ?? '');
  await window.getByRole('button', { name: 'Copy access token' }).click();
  await expect(window.getByText('Login needed')).toBeVisible({ timeout: 20_000 });
  await window.getByRole('button', { name: 'Alpha', exact: true }).click();
  await window.getByRole('button', { name: 'Log in again' }).click();

  // Somebody else at the browser: the account keeps what it has.
  await desk.sandbox.control.completeLogin(await nextOpenedUrl(desk.session), { user: 'bob' });
  await expect(window.getByText('You logged in as somebody else than the owner')).toBeVisible({
    timeout: 20_000,
  });

  await window.getByRole('button', { name: 'Start again' }).click();
  await desk.sandbox.control.completeLogin(await nextOpenedUrl(desk.session), { user: 'alice' });
  await expect(window.getByRole('alert').getByText('Alpha is ready')).toBeVisible({ timeout: 20_000 });
  await window.getByRole('button', { name: 'Copy an access token' }).click();
  await expect(window.getByText(/Access token for Alpha copied/).first()).toBeVisible({ timeout: 20_000 });
  const state = (await call(window, 'state:get', null)) as { accounts: { shortname: string }[] };
  expect(state.accounts.map((account) => account.shortname)).toEqual(['alpha']);
});

test('an account can be added with the keyboard alone', async () => {
  const app = await desk.launch({ args: [`--prefill-instance=${desk.sandbox.mytokenUrl}`] });
  const { window } = app;
  await skipWelcome(window);
  await window.keyboard.press('Control+n');
  await expect(window.getByRole('heading', { level: 1 })).toHaveText('Add account');
  await window.getByRole('radio').first().waitFor();

  const focused = async (): Promise<string> =>
    window.evaluate(() => {
      const element = document.activeElement;
      const label = element instanceof HTMLInputElement ? element.labels?.[0]?.textContent : null;
      return `${element?.getAttribute('type') ?? ''}|${element?.getAttribute('aria-label') ?? label ?? element?.textContent ?? ''}`;
    });
  const tabTo = async (wanted: RegExp): Promise<void> => {
    const passed: string[] = [];
    for (let step = 0; step < 40; step += 1) {
      await window.keyboard.press('Tab');
      const here = await focused();
      if (wanted.test(here)) return;
      passed.push(here);
    }
    throw new Error(`Tab never reached ${String(wanted)}; it passed ${passed.join(', ')}.`);
  };
  await tabTo(/^radio\|/);
  await window.keyboard.press('Space');
  await tabTo(/Name of the account/);
  await window.keyboard.press('Control+a');
  await window.keyboard.type('By keys');
  await tabTo(/Continue in the browser/);
  await window.keyboard.press('Enter');
  await desk.sandbox.control.completeLogin(await nextOpenedUrl(desk.session), { user: 'alice' });
  await expect(window.getByRole('alert').getByText('By keys is ready')).toBeVisible({ timeout: 20_000 });
});
