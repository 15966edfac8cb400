import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, type Page } from '@playwright/test';
import { sendPlain } from '../support/agent-client.ts';
import { nextOpenedUrl } from '../support/app-driver.ts';
import { answer, noQuestion, question, shownQuestion } from '../support/approval-page.ts';
import { type Stage, test } from '../support/asking-stage.ts';
import { accountFile } from '../support/oidc-agent-files.ts';
import { call, importAccount } from '../support/window-calls.ts';

/** What becomes of a question, seen from the program, from the window that asks and from the page that lists what was decided. */
test.setTimeout(120_000);

async function openPermissions(window: Page): Promise<void> {
  await window.getByRole('button', { name: 'Programs', exact: true }).click();
  await window.getByRole('tab', { name: 'What they may do' }).click();
}

async function outcomes(window: Page): Promise<readonly string[]> {
  const filter = { text: '', program: null, accountId: null, outcome: null, kind: null, fromMs: null };
  const { records } = (await call(window, 'activity:query', { filter, offset: 0, limit: 50 })) as {
    records: readonly { outcome: string; by: string }[];
  };
  return records.map(({ outcome, by }) => `${outcome} by ${by}`);
}

test('while the app is locked questions wait: one is refused all the same, the other asked after unlocking', async ({
  stage,
}) => {
  const running = await stage.open(['Alpha']);
  await call(running.window, 'lock:lock', null);
  const { page, asked } = await question(running, () => stage.job('-s', 'openid', 'alpha'));
  const other = stage.ask({ scope: 'email' });
  await expect(page.getByText('2 requests wait. The app is locked.')).toBeVisible();
  await expect(running.window.getByText('2 requests wait to be asked about after unlocking.')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Allow' })).toBeDisabled();
  await answer(page, 'Deny');
  expect(await asked).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('operation forbidden'),
  });

  await expect(page.getByText('1 request waits. The app is locked.')).toBeVisible();
  await running.window.getByRole('button', { name: 'Unlock' }).click();
  await expect(page.getByText('The app is locked.')).toHaveCount(0);
  await expect(page.getByText('Please read first')).toBeVisible();
  await answer(page, 'Allow');
  expect(await other).toHaveProperty('access_token');
});

test('a program blocked in the question is refused without one, also after a restart, until it is unblocked under Programs', async ({
  stage,
}) => {
  const running = await stage.open(['Alpha']);
  for (const scope of ['one', 'two', 'three']) {
    const { page, asked } = await question(running, () => stage.job('-s', scope, 'alpha'));
    await expect(page.getByRole('button', { name: 'Block this program' })).toHaveCount(0);
    await answer(page, 'Deny');
    expect(await asked).toMatchObject({ code: 1 });
  }
  const { page, asked } = await question(running, () => stage.job('-s', 'four', 'alpha'));
  await answer(page, 'Block this program');
  expect(await asked).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('operation forbidden'),
  });

  const restarted = await stage.reopen();
  const { window } = restarted;
  const refused = await stage.job('-s', 'five', 'alpha');
  expect(refused).toMatchObject({ code: 1, stdout: '' });
  expect(refused.stderr).toContain('blocked');
  expect((await outcomes(window))[0]).toBe('refused by block');
  expect((await stage.permissions()).blocked).toMatchObject([{ program: 'night-job.sh' }]);

  await openPermissions(window);
  await window.getByRole('button', { name: 'Unblock: night-job.sh' }).click();
  await expect(window.getByText('No program is blocked.')).toBeVisible();
  const again = await question(restarted, () => stage.job('-s', 'five', 'alpha'));
  await answer(again.page, 'Allow');
  expect(await again.asked).toMatchObject({ code: 0 });
});

test('R-67 an answer for good is given under Programs alone; it outlives lock and restart, and is taken back there', async ({
  stage,
}) => {
  const running = await stage.open(['Alpha', 'Beta']);
  for (const account of ['alpha', 'beta']) {
    const { page, asked } = await question(running, () => stage.job(account));
    await page.getByRole('checkbox', { name: 'If I allow it, do not ask again' }).check();
    const offered = page.getByRole('combobox', { name: 'For how long not to ask again' }).getByRole('option');
    await expect(offered).toHaveText(['for 15 minutes', 'for an hour', 'until the app quits or is locked']);
    await answer(page, 'Allow');
    expect(await asked).toMatchObject({ code: 0 });
  }
  await openPermissions(running.window);
  await expect(running.window.getByRole('button', { name: 'Always allow: night-job.sh' })).toHaveCount(2);
  await running.window.getByRole('button', { name: 'Always allow: night-job.sh' }).first().click();
  await expect(running.window.getByText(/always · not used yet/)).toBeVisible();

  await call(running.window, 'lock:lock', null);
  expect((await stage.job('alpha')).stderr).toContain('Agent locked');
  await running.window.getByRole('button', { name: 'Unlock' }).click();
  await expect
    .poll(async () => (await stage.permissions()).grants.map(({ duration }) => duration))
    .toEqual(['always']);

  const restarted = await stage.reopen();
  await openPermissions(restarted.window);
  await expect(restarted.window.getByText(/always · not used yet/)).toBeVisible();
  expect(await stage.job('alpha')).toMatchObject({ code: 0 });
  await expect(restarted.window.getByText(/always · used once/)).toBeVisible();
  expect((await outcomes(restarted.window))[0]).toBe('allowed by grant');
  await restarted.window.getByRole('button', { name: 'Forget: night-job.sh' }).click();
  await expect(restarted.window.getByText('Nothing is remembered.')).toBeVisible();
  const { page, asked } = await question(restarted, () => stage.job('alpha'));
  await answer(page, 'Deny');
  expect(await asked).toMatchObject({ code: 1 });
});

test.describe('an account that a program hands over', () => {
  const password = 'of the file';

  /** What `oidc-gen` of version 5 keeps of an account that it got from a mytoken server. */
  async function mytokenAccount({ sandbox }: Stage): Promise<Record<string, unknown>> {
    const { value } = await sandbox.control.issueMytoken({
      user: 'alice',
      capabilities: ['AT', 'tokeninfo'],
    });
    return {
      name: 'cluster',
      client_name: 'oidc-agent:cluster',
      issuer_url: sandbox.providers[0]?.issuer,
      mytoken_url: sandbox.mytokenUrl,
      client_id: '',
      client_secret: '',
      refresh_token: value,
      redirect_uris: [],
    };
  }

  /** As `oidc-add` of version 5 sends it. */
  const add = (stage: Stage, config: Record<string, unknown>): Promise<Record<string, unknown>> =>
    stage.send({
      ...{ request: 'add', config, pw_entry: { account: 'cluster', type: 'prompt' } },
      ...{ confirm: 0, always_allow_id_token: 0, plain_add: 0 },
    });

  test('as version 5 sends it: kept after a yes, refused after a no, and oidc-token works with it', async ({
    stage,
  }) => {
    const running = await stage.open([]);
    const config = await mytokenAccount(stage);
    const first = await question(running, () => add(stage, config));
    await expect(first.page.getByRole('heading', { level: 1 })).toContainText('wants to add an account');
    await expect(first.page.getByText(stage.sandbox.mytokenUrl, { exact: true })).toBeVisible();
    await expect(first.page.getByText('kept here as the account cluster')).toBeVisible();
    await expect(first.page.getByRole('checkbox')).toHaveCount(0);
    await answer(first.page, 'Deny');
    expect(await first.asked).toMatchObject({ error: 'operation forbidden' });
    expect(await stage.ask({ account: 'cluster' })).toHaveProperty('error');

    // The same again is refused by itself for a while: another mytoken is another account.
    const other = { ...(await mytokenAccount(stage)), name: 'cluster-two' };
    const second = await question(running, () => add(stage, other));
    await answer(second.page, 'Allow');
    expect(await second.asked).toMatchObject({ status: 'success' });
    expect(await stage.accountId('cluster-two')).toMatch(/\S/);
    const third = await question(running, () => stage.job('cluster-two'));
    await answer(third.page, 'Allow');
    expect(await third.asked).toMatchObject({ code: 0, stdout: expect.stringMatching(/^eyJ/) });
  });

  test('Debian’s oidc-add 4.2.6 knows nothing of mytoken servers: it leaves the address out, and is told so', async ({
    stage,
  }) => {
    await stage.open([]);
    const folder = join(stage.session.env['HOME'] ?? '', '.config', 'oidc-agent');
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'cluster'), accountFile(await mytokenAccount(stage), password));
    const { code, stderr } = await stage.run('oidc-add', ['--pw-env=FILE_PASSWORD', 'cluster'], {
      FILE_PASSWORD: password,
    });
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: expect.stringContaining('keeps mytokens, no refresh tokens of providers') as unknown,
    });
    expect((await stage.permissions()).waiting).toBe(0);
  });
});

test.describe('a provider without an account', () => {
  test('the page for a new account opens with it chosen, and the program is asked about after the login', async ({
    stage,
  }) => {
    const { sandbox, session, socketPath } = stage;
    const running = await stage.open(['Alpha'], { args: [`--prefill-instance=${sandbox.mytokenUrl}`] });
    const { window } = running;
    // `oidc-token` takes for an issuer what begins with https; the sandbox speaks http, so this is a client of plain JSON.
    const issuer = sandbox.providers[1]?.issuer ?? '';
    const { page, asked } = await question(running, () =>
      sendPlain(socketPath, JSON.stringify({ request: 'access_token', issuer, application_hint: 'nc' })),
    );
    await expect(page.getByRole('heading', { level: 1 })).toContainText('needs an account you do not have');
    await answer(page, 'Add an account…');
    await expect(window.getByRole('heading', { level: 1 })).toHaveText('Add account');
    await expect(window.getByText(/A program asked for an account of/)).toBeVisible();
    await expect(window.getByRole('radio', { name: /Sandbox Two/ })).toBeChecked();
    await window.getByRole('button', { name: 'Continue in the browser' }).click();
    await sandbox.control.completeLogin(await nextOpenedUrl(session), { user: 'alice' });

    const token = await shownQuestion(running);
    await expect(token.getByRole('heading', { level: 1 })).toContainText('wants an access token');
    await answer(token, 'Allow');
    expect(JSON.parse((await asked) as string)).toMatchObject({ status: 'success', issuer });
  });

  test('oidc-token with an address of https: a server that does not know the provider is said; a no is the protocol’s own', async ({
    stage,
  }) => {
    const { sandbox, session, socketPath } = stage;
    const running = await stage.open(['Alpha'], { args: [`--prefill-instance=${sandbox.mytokenUrl}`] });
    const child = spawn('oidc-token', ['https://unknown.example.org/'], {
      env: { ...session.env, OIDC_SOCK: socketPath },
      stdio: 'ignore',
    });
    await answer(await shownQuestion(running), 'Add an account…');
    const notice = running.window.getByText('This mytoken server does not know unknown.example.org.');
    await expect(notice).toBeVisible();
    child.kill('SIGKILL');
    const { page, asked } = await question(running, () => stage.job('https://other.example.org/'));
    await answer(page, 'Deny');
    expect(await asked).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('No account configured for this issuer'),
    });
    await expect(notice).toBeVisible(); // the page is its user's
  });
});

test('two accounts of one provider: the question says so, the chosen one answers, and that is what is remembered', async ({
  stage,
}) => {
  const running = await stage.open(['Alpha']);
  await importAccount(running.window, stage.sandbox, 'Beta', {
    user: 'bob',
    restrictions: [{ scope: 'openid email' }],
  });
  const issuer = stage.sandbox.providers[0]?.issuer ?? '';
  const byIssuer = (scope = 'openid email'): Promise<unknown> =>
    stage.send({ request: 'access_token', issuer, scope });
  const subjectOf = (reply: unknown): unknown =>
    JSON.parse(
      Buffer.from(
        (reply as { access_token: string }).access_token.split('.')[1] ?? '',
        'base64url',
      ).toString(),
    );
  const sub = (login: string): string =>
    stage.sandbox.users.find((user) => user.login === login)?.sub ?? 'nobody';

  const { page, asked } = await question(running, byIssuer);
  const choice = page.getByRole('combobox', { name: 'Which account answers' });
  await expect(choice).toHaveAccessibleDescription(
    /You have 2 accounts at .* did not say which one it means/,
  );
  await expect(choice.getByRole('option')).toHaveText(['Alpha', 'Beta']);
  await expect(page.getByText('has no limits', { exact: false })).toBeVisible();
  await expect(page.getByText('You can answer now.')).not.toHaveCount(0);

  // By keyboard: it comes before what would be given, and choosing another one takes time to read.
  await page.getByRole('heading', { level: 1 }).focus();
  await page.keyboard.press('Tab');
  await expect(choice).toBeFocused();
  await page.keyboard.press('ArrowDown');
  await expect(choice).toHaveValue(await stage.accountId('beta'));
  await expect(page.getByText('Please read first')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Allow' })).toBeDisabled();
  await expect(page.getByText(/with your account Beta/)).toBeVisible();
  await expect(page.getByText('has no limits', { exact: false })).toHaveCount(0);
  await page.getByRole('checkbox', { name: 'openid' }).uncheck();
  await page.getByRole('checkbox', { name: 'If I allow it, do not ask again' }).check();
  await answer(page, 'Allow');
  expect(subjectOf(await asked)).toMatchObject({ sub: sub('bob'), scope: 'email' });

  // The same again, twice: the second may be answered by the socket’s thread.
  for (let turn = 0; turn < 2; turn += 1) {
    expect(subjectOf(await byIssuer())).toMatchObject({ sub: sub('bob'), scope: 'email' });
  }
  expect((await stage.permissions()).grants).toMatchObject([
    { accountId: await stage.accountId('beta'), scope: ['email'] },
  ]);

  // What is asked for by name is no matter of choice, and another request is asked about with the first account again.
  const named = await question(running, () => stage.ask({ scope: 'openid email' }));
  await expect(named.page.getByText('Account: Alpha')).toBeVisible();
  await expect(choice).toHaveCount(0);
  await answer(named.page, 'Deny');
  const other = await question(running, () => byIssuer('profile'));
  await expect(choice).toHaveValue(await stage.accountId('alpha'));
  await answer(other.page, 'Allow');
  expect(subjectOf(await other.asked)).toMatchObject({ sub: sub('alice') });
});

test('R-64 nobody answers: the time that the program named runs out on the screen, and it is told', async ({
  stage,
}) => {
  const running = await stage.open(['Alpha']);
  const { window } = running;
  await call(window, 'settings:update', {
    endpoint: { enabled: true, port: 0, allowLocalhostName: false },
    policies: { [await stage.accountId('alpha')]: 'ask-always' },
  });
  const { key } = (await call(window, 'clients:create', {
    ...{ name: 'Backup tool', accountIds: null, expiresInDays: null },
  })) as { key: string };
  const place = join(stage.session.env['XDG_RUNTIME_DIR'] ?? '', 'mytoken-desktop', 'endpoint.json');
  await expect.poll(() => existsSync(place)).toBe(true);
  const { addresses } = JSON.parse(readFileSync(place, 'utf8')) as { addresses: string[] };
  const post = (headers: Record<string, string>): Promise<Response> =>
    fetch(`${addresses[0] ?? ''}/v1/access-token`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${key}`, 'Content-Type': 'application/json', ...headers },
      body: JSON.stringify({ account: 'alpha' }),
    });

  const startedMs = Date.now();
  const { page, asked } = await question(running, () => post({ Prefer: 'wait=6' }));
  await expect(page.getByRole('timer')).toContainText(/denied in 0:0[345]/);
  await noQuestion(running);
  expect(Date.now() - startedMs).toBeGreaterThan(5_500);
  const response = (await asked) as Response;
  expect(response.status).toBe(503);
  expect(await response.json()).toMatchObject({
    type: 'urn:mytoken-desktop:problem:agent/approval-timeout',
  });
  expect((await outcomes(window))[0]).toBe('expired by time');

  // Nothing was refused: the next question comes at once, with the time of a program that names none.
  const next = await question(running, () => post({}));
  await expect(next.page.getByRole('timer')).toContainText(/denied in (1:00|0:5\d)/);
  await answer(next.page, 'Deny');
  expect(((await next.asked) as Response).status).toBe(403);
});
