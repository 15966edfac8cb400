import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from '@playwright/test';
import type { RunningApp } from '../support/app-driver.ts';
import { answer, noQuestion, question, shownQuestion } from '../support/approval-page.ts';
import { test } from '../support/asking-stage.ts';
import { importAccount } from '../support/window-calls.ts';

interface Shown {
  readonly afterMs: number;
  readonly warm: boolean;
}

/** What the app wrote down about how soon questions were on the screen. */
async function shownRecords(running: RunningApp): Promise<readonly Shown[]> {
  const userData = await running.electron.evaluate(({ app: electron }) => electron.getPath('userData'));
  return readFileSync(join(userData, 'logs', 'main.log'), 'utf8')
    .split('\n')
    .filter((line) => line.includes('"approval.shown"'))
    .map((line) => JSON.parse(line) as Shown);
}

test('a question is on the screen soon; the window stays loaded for the next one', async ({ stage }) => {
  test.setTimeout(120_000);
  const running = await stage.open(['Alpha']);
  for (let turn = 0; turn < 20; turn += 1) {
    const { page, asked } = await question(running, () => stage.ask({ scope: `openid s${turn}` }));
    // The first frame of the first one was drawn by main, and the page has taken its place: one question, with one of each button.
    if (turn === 0) {
      await expect(page.locator('#root')).toHaveAttribute('data-drawn', /^[0-9a-f-]{36}$/);
      await expect(page.getByRole('button', { name: 'Deny', exact: true })).toHaveCount(1);
    }
    await answer(page, 'Deny');
    await asked;
  }
  const records = await shownRecords(running);
  expect(records.map(({ warm }) => warm)).toEqual([false, ...Array.from({ length: 19 }, () => true)]);
});

test('R-60 by keyboard: Enter and typing give nothing away, Tab and Space do, Escape denies', async ({
  stage,
}) => {
  const running = await stage.open(['Alpha']);
  const { page, asked } = await question(running, () => stage.ask({ scope: 'openid' }));
  const allow = page.getByRole('button', { name: 'Allow' });
  await expect(allow).toBeEnabled();
  await allow.focus();
  await page.keyboard.press('Enter');
  await page.keyboard.type('ay');
  await expect(allow).toBeVisible();
  await page.keyboard.press('Shift+Tab');
  await expect(page.getByRole('button', { name: 'Deny', exact: true })).toBeFocused();
  await page.keyboard.press('Tab');
  await page.keyboard.press('Space');
  expect(await asked).toHaveProperty('access_token');

  const second = await question(running, () => stage.ask({ scope: 'openid email' }));
  await second.page.keyboard.press('Escape');
  expect(await second.asked).toMatchObject({ error: 'operation forbidden' });
});

test('less of an access token: what is unticked is not given, and everything unticked cannot be', async ({
  stage,
}) => {
  const running = await stage.open(['Alpha']);
  await importAccount(running.window, stage.sandbox, 'Limited', {
    restrictions: [{ scope: 'openid compute.read email' }],
  });
  const { page, asked } = await question(running, () =>
    stage.ask({ account: 'limited', scope: 'openid compute.read email' }),
  );
  const boxes = page.getByRole('region', { name: 'What for (scopes)' }).getByRole('checkbox');
  await expect(boxes).toHaveCount(3);
  for (const name of ['compute.read', 'openid', 'email'])
    await page.getByRole('checkbox', { name }).uncheck();
  await expect(page.getByText('Please read first')).toHaveCount(0);
  await expect(page.getByRole('button', { name: 'Allow' })).toBeDisabled();
  await page.getByRole('checkbox', { name: 'email' }).check();
  await expect(page.getByText('not given')).toHaveCount(2);
  await page.getByRole('checkbox', { name: 'If I allow it, do not ask again' }).check();
  await answer(page, 'Allow');
  const { access_token: token } = (await asked) as { access_token: string };
  const claims = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8')) as {
    scope: string;
  };
  expect(claims.scope).toBe('email');
  expect((await stage.permissions()).grants).toMatchObject([
    { scope: ['email'], audience: [], duration: '15min' },
  ]);
});

test('a mytoken without limits gives everything whatever is asked for, and the window says so', async ({
  stage,
}) => {
  const running = await stage.open(['Alpha']);
  const { page, asked } = await question(running, () => stage.ask({ scope: 'email' }));
  await expect(page.getByText('has no limits', { exact: false })).toBeVisible();
  await expect(page.getByText('Any scope the account has.')).toBeVisible();
  await expect(page.getByText('The program asked for email; that makes no difference.')).toBeVisible();
  await expect(page.getByRole('checkbox', { name: 'email' })).toHaveCount(0);
  await answer(page, 'Deny');
  expect(await asked).toHaveProperty('error');
});

test('R-63 fifty identical requests at once: one question, one notification, one answer for all', async ({
  stage,
}) => {
  test.setTimeout(120_000);
  const running = await stage.open(['Alpha']);
  const { page, asked } = await question(running, () =>
    Promise.all(Array.from({ length: 50 }, () => stage.ask({ scope: 'openid' }))),
  );
  await expect(page.getByText('It has asked 50 times.')).toBeVisible();
  await expect.poll(() => stage.desktop.notifications().length).toBe(1);
  expect(running.electron.windows().filter((each) => each.url().startsWith('app://approval/'))).toHaveLength(
    1,
  );
  await answer(page, 'Allow');
  const answers = (await asked) as readonly object[];
  expect(answers.filter((each) => 'access_token' in each)).toHaveLength(50);
  expect(stage.desktop.notifications()).toHaveLength(1);
});

test('R-64 the next question waits for its own time to read, and an answer is never about another one', async ({
  stage,
}) => {
  const running = await stage.open(['Alpha', 'Beta']);
  const { page, asked } = await question(running, () => stage.ask({ scope: 'openid' }));
  const other = stage.ask({ account: 'beta', scope: 'email' });
  await expect(page.getByText('First of 2 requests')).toBeVisible();
  await expect(page.getByText('Account: Alpha')).toBeVisible();
  const allow = page.getByRole('button', { name: 'Allow' });
  await expect(allow).toBeEnabled();
  await page.evaluate(() => {
    const seen: string[] = [];
    Object.assign(globalThis, { seen });
    new MutationObserver(() => {
      const text = document.body.textContent;
      const button = [...document.querySelectorAll('button')].find((each) => each.textContent === 'Allow');
      seen.push(
        `${text.includes('Account: Beta') ? 'Beta' : 'Alpha'} ${button?.disabled === false ? 'armed' : 'inert'}`,
      );
    }).observe(document.body, { subtree: true, childList: true, attributes: true, characterData: true });
  });
  await allow.click();
  expect(await asked).toHaveProperty('access_token');
  await expect(page.getByText('Account: Beta')).toBeVisible();
  await expect(allow).toBeEnabled();
  const seen = await page.evaluate(() => (globalThis as unknown as { seen: string[] }).seen);
  expect(seen.filter((each) => each.startsWith('Beta'))[0]).toBe('Beta inert');
  await answer(page, 'Deny');
  expect(await other).toMatchObject({ error: 'operation forbidden' });
});

test('a program that is killed takes its question off the screen; two accounts of one provider are told apart', async ({
  stage,
}) => {
  const running = await stage.open(['Alpha', 'Beta']);
  const child = spawn('oidc-token', ['beta'], {
    env: { ...stage.session.env, OIDC_SOCK: stage.socketPath },
    stdio: 'ignore',
  });
  const page = await shownQuestion(running);
  await expect(page.getByText('Account: Beta')).toBeVisible();
  child.kill('SIGKILL');
  await noQuestion(running);
  const second = await question(running, () => stage.ask({ account: 'alpha' }));
  await expect(second.page.getByText('Account: Alpha')).toBeVisible();
  await answer(second.page, 'Deny');
  await second.asked;
});

test('denying all ends everything that waits', async ({ stage }) => {
  const running = await stage.open(['Alpha']);
  const { page, asked } = await question(running, () => stage.ask({ scope: 'openid' }));
  const others = [stage.ask({ scope: 'email' }), stage.ask({ scope: 'profile' })];
  await page.getByRole('button', { name: 'Deny all 3' }).click();
  for (const one of [asked, ...others]) expect(await one).toMatchObject({ error: 'operation forbidden' });
  await noQuestion(running);
});
