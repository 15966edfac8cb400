import { execFile, spawn } from 'node:child_process';
import { existsSync, readFileSync, readlinkSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, type Page, test } from '@playwright/test';
import type { RunningApp } from '../support/app-driver.ts';
import { axeFindings } from '../support/axe-findings.ts';
import { useDesk } from '../support/desk.ts';
import { ended } from '../support/serving-profile.ts';
import { userinfo } from '../support/userinfo.ts';
import { call, importAccount, skipWelcome } from '../support/window-calls.ts';

const run = promisify(execFile);

const desk = useDesk();

const userId = process.getuid?.() ?? 0;
const five = (): string => join(desk.session.env['TMPDIR'] ?? '', `oidc-agent-service-${userId}`);
const four = (): string => join(desk.session.env['TMPDIR'] ?? '', 'oidc-agent-service', String(userId));
const environmentFile = (): string =>
  join(desk.session.env['XDG_CONFIG_HOME'] ?? '', 'environment.d', '60-mytoken-desktop.conf');

/** The tab, with one account that gives access tokens without a question. */
async function openTab(env: Readonly<Record<string, string>> = {}): Promise<RunningApp> {
  const app = await desk.launch({ env });
  const { window } = app;
  await skipWelcome(window);
  await importAccount(window, desk.sandbox, 'Alpha');
  // Asking for the state would take the news of the account from the window.
  await expect(window.getByRole('button', { name: 'Alpha', exact: true })).toBeVisible();
  await call(window, 'settings:update', { policies: { [await accountId(window)]: 'allow' } });
  await showTab(window);
  return app;
}

async function showTab(window: Page): Promise<void> {
  await window.getByRole('button', { name: 'Programs', exact: true }).click();
  await window.getByRole('tab', { name: 'From a terminal' }).click();
}

async function accountId(window: Page): Promise<string> {
  const state = (await call(window, 'state:get', null)) as { accounts: { id: string }[] };
  return state.accounts[0]?.id ?? '';
}

/** As in a shell that knows the agent: version 4 of `stop` finds whom to stop in the variables that `use` has set. */
async function stopService(): Promise<void> {
  const lines = 'eval "$(oidc-agent-service use)" >/dev/null; oidc-agent-service stop';
  await run('sh', ['-c', lines], { env: desk.session.env, timeout: 60_000 });
}

function isRealAgent(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/comm`, 'utf8').startsWith('oidc-agent');
  } catch {
    return false;
  }
}

async function isGood(token: string): Promise<void> {
  expect((await userinfo(desk.sandbox, token.trim())).status, token).toBe(200);
}

/** How each kind of line is tried: by which shell, with what after it, and what comes out. */
const trials: Readonly<
  Record<
    string,
    { readonly shells: readonly string[]; readonly then: string; readonly out: 'token' | 'socket' }
  >
> = {
  'oidc-token': { shells: ['sh', 'bash', 'fish', 'tcsh'], then: '', out: 'token' },
  'Token, issuer and expiry as variables of the shell': {
    shells: ['sh', 'bash'],
    then: '; echo "$OIDC_AT"',
    out: 'token',
  },
  'Python, nothing to install': { shells: ['sh', 'bash', 'fish'], then: '', out: 'token' },
  'curl, with the program’s key in MYTOKEN_DESKTOP_KEY': { shells: ['sh', 'bash'], then: '', out: 'token' },
  'curl over the HTTP socket, with the key in MYTOKEN_DESKTOP_KEY': {
    shells: ['sh', 'bash'],
    then: '',
    out: 'token',
  },
  'Token file of this account': {
    shells: ['sh', 'bash'],
    then: '; cat "$BEARER_TOKEN_FILE"',
    out: 'token',
  },
  'bash, zsh and other POSIX shells': {
    shells: ['sh', 'bash'],
    then: '; sh -c \'echo "$OIDC_SOCK"\'',
    out: 'socket',
  },
  fish: { shells: ['fish'], then: '; sh -c \'echo "$OIDC_SOCK"\'', out: 'socket' },
  tcsh: { shells: ['tcsh'], then: '; sh -c \'echo "$OIDC_SOCK"\'', out: 'socket' },
};

test('every line the window shows works in a real shell, and its button copies that very line', async () => {
  test.setTimeout(180_000);
  const { window, electron } = await openTab();
  for (const left of [1, 0]) {
    await window.getByRole('button', { name: 'Open it' }).first().click();
    await expect(window.getByRole('button', { name: 'Open it' })).toHaveCount(left);
  }
  await call(window, 'settings:update', { httpSocket: { enabled: true, keyless: false } });
  // The door opens a moment later, and its lines with it.
  await expect(window.getByRole('group', { name: 'HTTP socket', exact: true })).toBeVisible();
  await expect(window.getByRole('group', { name: /^curl over the HTTP socket/ })).toBeVisible();
  const made = (await call(window, 'clients:create', {
    ...{ name: 'terminal', accountIds: null, expiresInDays: null },
  })) as { key: string };
  await call(window, 'handover:keep-bearer', {
    ...{ accountId: await accountId(window), place: 'own', scope: null, audience: null },
  });
  const kept = window.getByRole('group', { name: 'Token file of this account' });
  await expect(kept).toBeVisible();
  const bearerPath = (await kept.innerText()).replace('export BEARER_TOKEN_FILE=', '');
  await expect.poll(() => existsSync(bearerPath)).toBe(true);

  const env: Record<string, string> = { ...desk.session.env, MYTOKEN_DESKTOP_KEY: made.key };
  delete env['OIDC_SOCK'];
  const groups = window.getByRole('tabpanel').locator('pre');
  const shown: Record<string, string> = {};
  for (const group of await groups.all()) {
    const label = await group.evaluate(
      (element) => document.getElementById(element.getAttribute('aria-labelledby') ?? '')?.textContent ?? '',
    );
    shown[label] = await group.evaluate((element) => element.textContent);
  }
  for (const [label, line] of Object.entries(shown)) {
    await window.getByRole('button', { name: `Copy: ${label}`, exact: true }).click();
    await expect.poll(() => electron.evaluate(({ clipboard }) => clipboard.readText())).toBe(line);
    expect(line).not.toContain(made.key);
    const trial = trials[label];
    if (trial === undefined) continue;
    for (const shell of trial.shells) {
      const { stdout } = await run(shell, ['-c', `${line}${trial.then}`], { env, timeout: 60_000 });
      if (trial.out === 'socket') expect(stdout.trim(), `${shell}: ${line}`).toBe(desk.socketPath);
      else {
        const isJson = stdout.startsWith('{');
        await isGood(isJson ? (JSON.parse(stdout) as { access_token: string }).access_token : stdout);
      }
    }
  }
  // The library is not packaged here: where it is missing, that alone is what the line fails for.
  const library = shown['Python with liboidcagent'] ?? '';
  const ran = await run('sh', ['-c', library], { env }).catch(
    (error: unknown) => error as { stderr: string },
  );
  if ('stdout' in ran && !ran.stderr) await isGood(ran.stdout);
  else expect(ran.stderr).toContain("No module named 'liboidcagent'");

  const addresses = [
    'Socket of oidc-agent’s protocol',
    'Local address',
    'HTTP socket',
    'File that names the local address',
  ];
  expect(Object.keys(shown).sort()).toEqual(
    [...Object.keys(trials), 'Python with liboidcagent', ...addresses].sort(),
  );
  expect(shown['Socket of oidc-agent’s protocol']).toBe(desk.socketPath);
  expect((await fetch(`${shown['Local address'] ?? ''}/v1/status`)).status).toBe(401);
  expect(existsSync(shown['File that names the local address'] ?? '')).toBe(true);
});

test('in place of oidc-agent: found by oidc-agent-service, healed after kill -9, ended in order by its stop', async () => {
  test.setTimeout(180_000);
  let running = await openTab();
  await running.window.getByLabel('Be the oidc-agent of this computer').click();
  await expect(running.window.getByText('this app stands here')).toHaveCount(2);
  for (const directory of [five(), four()])
    expect(readlinkSync(join(directory, 'oidc-agent.sock'))).toBe(desk.socketPath);

  // The shell's next command finds it, and no agent is started.
  const bare = { ...desk.session.env };
  const { stdout } = await run(
    'sh',
    ['-c', 'eval "$(oidc-agent-service use)" >/dev/null; oidc-token alpha'],
    {
      env: bare,
    },
  );
  await isGood(stdout);

  rmSync(five(), { recursive: true }); // as systemd-tmpfiles does
  await expect.poll(() => existsSync(join(five(), 'oidc-agent.sock'))).toBe(true);

  await running.kill();
  expect(existsSync(join(five(), 'oidc-agent.pid'))).toBe(true);
  running = await desk.launch();
  const pid = String(running.electron.process().pid);
  await expect.poll(() => readFileSync(join(five(), 'oidc-agent.pid'), 'utf8').trim()).toBe(pid);
  await expect.poll(() => readFileSync(join(four(), 'oidc-agent.pid'), 'utf8').trim()).toBe(pid);

  const end = ended(running);
  await stopService();
  await end;
  expect(running.electron.process().exitCode).toBe(0);
  expect(existsSync(five())).toBe(false);
  expect(existsSync(four())).toBe(false);
  running = await desk.launch();
  await expect(running.window.getByRole('button', { name: 'Alpha', exact: true })).toBeVisible();
  await showTab(running.window);
  await expect(running.window.getByText('this app stands here')).toHaveCount(2);
  await running.window.getByLabel('Be the oidc-agent of this computer').click();
  await expect.poll(() => existsSync(five())).toBe(false);
});

test('a real oidc-agent keeps its place, is named, and is followed when it has been stopped', async () => {
  test.setTimeout(120_000);
  await run('oidc-agent-service', ['start'], { env: desk.session.env });
  const agent = Number(readFileSync(join(four(), 'oidc-agent.pid'), 'utf8'));
  try {
    expect(isRealAgent(agent)).toBe(true);
    const { window } = await openTab();
    await window.getByLabel('Be the oidc-agent of this computer').click();
    await expect(
      window.getByText(`A real oidc-agent is running (oidc-agent, process ${agent})`),
    ).toBeVisible();
    await window.screenshot({ path: shot('taken') });
    const { stdout } = await run('oidc-agent', ['--status'], {
      env: { ...desk.session.env, OIDC_SOCK: join(four(), 'oidc-agent.sock') },
    });
    expect(stdout).not.toContain('Mytoken Desktop');
    await stopService();
    await expect(window.getByText('this app stands here')).toHaveCount(2, { timeout: 45_000 });
    expect(readlinkSync(join(four(), 'oidc-agent.sock'))).toBe(desk.socketPath);
  } finally {
    if (isRealAgent(agent)) process.kill(agent);
  }
});

test('the variable is written and removed on request, and the self-test tells what it is worth', async () => {
  test.setTimeout(120_000);
  let running = await openTab();
  const ask = async (): Promise<void> => {
    await running.window.getByRole('button', { name: 'Run the self-test' }).click();
    await expect(running.window.getByRole('list', { name: 'Self-test' })).toBeVisible();
  };
  await ask();
  await expect(running.window.getByText('Everything is switched off.').first()).toBeVisible();

  await running.window.getByLabel('Be the oidc-agent of this computer').click();
  await call(running.window, 'settings:update', {
    endpoint: { enabled: true, port: 0, allowLocalhostName: false },
  });
  await expect(running.window.getByText('this app stands here')).toHaveCount(2);
  await running.window.getByRole('button', { name: 'Write the file' }).click();
  await expect(running.window.getByText(/The file is written/).first()).toBeVisible();
  expect(readFileSync(environmentFile(), 'utf8')).toContain(`OIDC_SOCK=${desk.socketPath}\n`);
  await ask();
  const found = running.window.getByRole('list', { name: 'Self-test' });
  await expect(found.getByText('takes effect at the next login')).toBeVisible();
  await expect(running.window.getByText('One thing needs attention.').first()).toBeVisible();

  // The next session has it.
  await running.kill();
  running = await desk.launch({ env: variablesOf(environmentFile()) });
  await showTab(running.window);
  await expect(running.window.getByText('this app stands here')).toHaveCount(2);
  await ask();
  const list = running.window.getByRole('list', { name: 'Self-test' });
  await expect(list.getByText(/: works$/)).not.toHaveCount(0);
  await expect(running.window.getByText(/^All \d+ checks passed\.$/).first()).toBeVisible();
  expect(await running.electron.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length)).toBe(
    1,
  );

  await running.window.getByRole('button', { name: 'Remove the file' }).click();
  await expect.poll(() => existsSync(environmentFile())).toBe(false);
});

/** As systemd reads it: lines NAME=value, others are comments. */
function variablesOf(path: string): Record<string, string> {
  const lines = readFileSync(path, 'utf8').split('\n');
  const set = lines.flatMap((line) => {
    const [name = '', value = ''] = /^[A-Z_]+=/.test(line) ? line.split('=', 2) : [];
    return name === '' ? [] : [[name, value] as const];
  });
  return Object.fromEntries(set);
}

function shot(name: string): string {
  return join(process.env['MYTOKEN_DESKTOP_RESULTS'] ?? desk.session.dir, `terminal-${name}.png`);
}

for (const theme of ['light', 'dark'] as const) {
  test(`axe finds nothing on the tab (${theme})`, async () => {
    const running = await openTab();
    const { window } = running;
    const problems: Record<string, string[]> = {};
    const look = async (screen: string): Promise<void> => {
      await window.waitForTimeout(300); // colours fade in
      const found = await axeFindings(window);
      if (found.length > 0) problems[screen] = found;
      await window.screenshot({ path: shot(`${screen}-${theme}`) });
    };
    await call(window, 'settings:update', { theme });
    await look('closed');
    await window.getByLabel('Be the oidc-agent of this computer').click();
    await expect(window.getByText('this app stands here')).toHaveCount(2);
    await window.getByRole('button', { name: 'Write the file' }).click();
    await window.getByRole('button', { name: 'Run the self-test' }).click();
    const results = window.getByRole('list', { name: 'Self-test' });
    await results.evaluate((element) => element.scrollIntoView({ block: 'end' }));
    await look('self-test');
    const tops = [
      ['lines', window.getByRole('heading', { name: 'Ready lines' })],
      ['in-place', window.getByRole('heading', { name: 'In place of oidc-agent' })],
    ] as const;
    for (const [name, heading] of tops) {
      await heading.evaluate((element) => element.scrollIntoView());
      await look(name);
    }
    if (theme === 'light') {
      const zoom = (factor: number): Promise<void> =>
        running.electron.evaluate(({ BrowserWindow }, value) => {
          BrowserWindow.getAllWindows()[0]?.webContents.setZoomFactor(value);
        }, factor);
      await zoom(2);
      await look('200-percent');
      await zoom(1);
      await running.electron.evaluate(({ BrowserWindow }) => {
        BrowserWindow.getAllWindows()[0]?.setSize(400, 800);
      });
      await call(window, 'settings:update', { language: 'de' });
      for (const [name, text] of [
        ['german-lines', 'Fertige Zeilen'],
        ['german-in-place', 'Anstelle von oidc-agent'],
        ['german-self-test', 'Selbsttest'],
      ] as const) {
        await window.getByRole('heading', { name: text }).evaluate((element) => element.scrollIntoView());
        await look(name);
      }
    }
    expect(problems).toEqual({});
  });
}

test('the app is stopped by SIGTERM as by its own Quit, with nothing of an account lost', async () => {
  const running = await openTab();
  const end = ended(running);
  spawn('kill', ['-TERM', String(running.electron.process().pid)]);
  await end;
  const app = await desk.launch();
  await expect(app.window.getByRole('button', { name: 'Alpha', exact: true })).toBeVisible();
});
