import { execFile } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from '@playwright/test';
import { type Sandbox, startSandbox } from '../../sandbox/index.ts';
import { askEncrypted } from '../support/agent-client.ts';
import { launchApp, type RunningApp } from '../support/app-driver.ts';
import { answer, question } from '../support/approval-page.ts';
import { type PrivateSession, startPrivateSession } from '../support/desktop-session.ts';
import { ended } from '../support/serving-profile.ts';
import { userinfo } from '../support/userinfo.ts';
import { call, skipWelcome } from '../support/window-calls.ts';

/** Debian's own clients of oidc-agent 4.2.6, and requests as version 5 sends them, against the real app. */
const run = promisify(execFile);
const service = 'https://service.example.org';
const farIssuer = 'https://op.example.org/';

let sandbox: Sandbox;
let session: PrivateSession;
let app: RunningApp;
let env: Record<string, string>;

interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

test.beforeAll(async () => {
  test.setTimeout(180_000);
  sandbox = await startSandbox();
  session = await startPrivateSession({ keyring: 'unlocked' });
  app = await launchApp(session);
  await skipWelcome(app.window);
  for (const name of ['Alpha', 'Far', 'Limited']) {
    const { value } = await sandbox.control.issueMytoken({
      user: 'alice',
      name,
      capabilities: ['AT', 'tokeninfo', 'create_mytoken'],
      // A mytoken server looks at scope and audience of a request only where the mytoken limits them.
      ...(name === 'Limited'
        ? {
            restrictions: [
              { scope: 'openid profile email', audience: [service, 'https://other.example.org'] },
            ],
          }
        : {}),
    });
    const source = { kind: 'paste', text: value };
    await call(app.window, 'accounts:import', { source, displayName: name, shortname: name.toLowerCase() });
  }
  await allow('alpha', 'far', 'limited');
  await call(app.window, 'settings:update', { socket: { enabled: true }, inPlace: { enabled: true } });
  const end = ended(app);
  await app.electron.evaluate(({ app: running }) => running.quit());
  await end;
  giveHttpsIssuer('far');
  app = await launchApp(session);
  env = { ...session.env, OIDC_SOCK: socketPath() };
  await expect.poll(() => askEncrypted(socketPath(), { request: 'check' }).catch(() => null)).not.toBeNull();
});

test.afterAll(async () => {
  await app.kill().catch(() => undefined);
  await session.stop();
  await sandbox.stop();
});

const socketPath = (): string => join(session.env['XDG_RUNTIME_DIR'] ?? '', 'mytoken-desktop', 'agent.sock');
const servicePath = (): string =>
  join(session.env['TMPDIR'] ?? '', `oidc-agent-service-${process.getuid?.() ?? 0}`, 'oidc-agent.sock');

/** The sandbox speaks http, and `oidc-token` knows issuers by `https://` alone: one account says that it is of such a provider. */
function giveHttpsIssuer(shortname: string): void {
  const path = join(session.env['XDG_CONFIG_HOME'] ?? '', 'mytoken-desktop', 'accounts.json');
  const stored: unknown = JSON.parse(readFileSync(path, 'utf8'), (_key, value: unknown) => {
    const isMeant = typeof value === 'object' && value !== null && 'shortname' in value;
    return isMeant && value.shortname === shortname ? { ...value, oidcIssuer: farIssuer } : value;
  });
  writeFileSync(path, JSON.stringify(stored));
}

/** A file of oidc-gen's, of which its programs look at the name alone. */
function leaveGenFile(name: string): void {
  const folder = join(session.env['HOME'] ?? '', '.config', 'oidc-agent');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, name), 'not read');
}

async function allow(...shortnames: readonly string[]): Promise<void> {
  await setPolicies(shortnames, 'allow');
}

async function setPolicies(shortnames: readonly string[], policy: string): Promise<void> {
  const state = (await call(app.window, 'state:get', null)) as {
    accounts: { id: string; shortname: string }[];
    settings: { policies: Record<string, string> };
  };
  const wanted = state.accounts.filter(({ shortname }) => shortnames.includes(shortname));
  const changed = Object.fromEntries(wanted.map(({ id }) => [id, policy]));
  await call(app.window, 'settings:update', { policies: { ...state.settings.policies, ...changed } });
}

async function client(command: string, ...args: readonly string[]): Promise<Outcome> {
  try {
    const { stdout, stderr } = await run(command, args, { env, timeout: 60_000 });
    return { code: 0, stdout, stderr };
  } catch (error) {
    const { code, stdout, stderr } = error as Outcome;
    if (typeof code !== 'number') throw error;
    return { code, stdout, stderr };
  }
}

async function output(...args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await client('oidc-token', ...args);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return stdout;
}

interface Claims {
  readonly scope?: string;
  readonly aud?: string | string[];
  readonly exp: number;
}

function claims(token: string): Claims {
  return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8')) as Claims;
}

async function isGood(token: string): Promise<void> {
  expect((await userinfo(sandbox, token.trim())).status, token).toBe(200);
}

test.describe('oidc-token 4.2.6', () => {
  test('oidc-token NAME prints a token that works', async () => {
    await isGood(await output('alpha'));
  });

  test('oidc-token -a NAME prints token, issuer and expiry', async () => {
    const [token = '', issuer, expiry] = (await output('-a', 'alpha')).trim().split('\n');
    await isGood(token);
    expect(issuer).toBe(sandbox.providers[0]?.issuer);
    // To the second, by two clocks.
    expect(Math.abs(Number(expiry) - claims(token).exp)).toBeLessThanOrEqual(2);
  });

  test('oidc-token -i NAME prints the issuer', async () => {
    expect((await output('-i', 'alpha')).trim()).toBe(sandbox.providers[0]?.issuer);
  });

  test('oidc-token -o NAME prints the token, -oFOO sets a variable', async () => {
    await isGood(await output('-o', 'alpha'));
    const line = await output('-oFOO', 'alpha');
    const { stdout } = await run('sh', ['-c', `${line}\nprintf %s "$FOO"`], { env });
    await isGood(stdout);
  });

  test('oidc-token -e NAME prints the expiry', async () => {
    expect(Number(await output('-e', 'alpha'))).toBeGreaterThan(Date.now() / 1000);
  });

  test('oidc-token -c NAME prints lines that set OIDC_AT, OIDC_ISS and OIDC_EXP', async () => {
    const lines = await output('-c', 'alpha');
    const { stdout } = await run('sh', ['-c', `${lines}\nenv`], { env });
    const set = (name: string): string => new RegExp(`^${name}=(.*)$`, 'm').exec(stdout)?.[1] ?? '';
    await isGood(set('OIDC_AT'));
    expect(set('OIDC_ISS')).toBe(sandbox.providers[0]?.issuer);
    expect(Number(set('OIDC_EXP'))).toBeGreaterThan(Date.now() / 1000);
  });

  test('oidc-token -t SECONDS NAME gives a token that lives that long', async () => {
    const token = await output('-t', '120', 'alpha');
    expect(claims(token).exp).toBeGreaterThan(Date.now() / 1000 + 120);
  });

  test('oidc-token -s SCOPE -s SCOPE NAME gives these scopes', async () => {
    const token = await output('-s', 'openid', '-s', 'email', 'limited');
    expect(claims(token).scope?.split(' ').sort()).toEqual(['email', 'openid']);
  });

  test('oidc-token --aud AUDIENCE NAME gives a token for it', async () => {
    const token = await output('--aud', service, 'limited');
    expect([claims(token).aud].flat()).toContain(service);
  });

  test('oidc-token -f NAME gives a new one, without -f the same again', async () => {
    const first = await output('alpha');
    expect(await output('alpha')).toBe(first);
    const fresh = await output('-f', 'alpha');
    expect(fresh).not.toBe(first);
    await isGood(fresh);
  });

  test('oidc-token with the server down: what is in the cache is given, the rest is said in words, exit code 1; then it works again', async () => {
    const cached = await output('alpha');
    const fault = sandbox.control.injectFault({ match: { path: '/api/*' }, fault: { kind: 'cut-before' } });
    try {
      expect(await output('alpha')).toBe(cached);
      const { code, stdout, stderr } = await client('oidc-token', '-f', 'alpha');
      expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
      expect(stderr).toContain('The mytoken server could not be reached.');
    } finally {
      fault.remove();
    }
    const fresh = await output('-f', 'alpha');
    expect(fresh).not.toBe(cached);
    await isGood(fresh);
  });

  test('oidc-token --name HINT NAME is what the program calls itself in the question', async () => {
    await setPolicies(['alpha'], 'ask-always');
    const { page, asked } = await question(app, () => client('oidc-token', '--name', 'night shift', 'alpha'));
    await expect(page.getByText('It calls itself “night shift”')).toBeVisible();
    await answer(page, 'Deny');
    const refused = (await asked) as Outcome;
    expect(refused).toMatchObject({ code: 1, stdout: '' });
    expect(refused.stderr).toContain('operation forbidden');
    await allow('alpha');
  });

  test('oidc-token ISSUER works with and without the slash at its end', async () => {
    await isGood(await output(farIssuer));
    await isGood(await output(farIssuer.replace(/\/$/, '')));
    expect((await output('-i', farIssuer)).trim()).toBe(farIssuer);
  });

  test('oidc-token NAME-THAT-IS-NOT-THERE: the known words, exit code 1', async () => {
    const { code, stdout, stderr } = await client('oidc-token', 'nobody');
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain('No account configured with that short name');
  });

  test('oidc-token ISSUER-THAT-IS-NOT-THERE: adding it is offered, and without that exit code 1', async () => {
    const { page, asked } = await question(app, () => client('oidc-token', 'https://nobody.example.org'));
    await page.keyboard.press('Escape').catch(() => undefined);
    const refused = (await asked) as Outcome;
    expect(refused).toMatchObject({ code: 1, stdout: '' });
    expect(refused.stderr).toMatch(/No account configured|operation forbidden/);
  });

  test('oidc-token without a name, and options of version 5: exit code 64', async () => {
    expect(await client('oidc-token')).toMatchObject({ code: 64 });
    expect(await client('oidc-token', '--MT', 'alpha')).toMatchObject({ code: 64 });
  });

  test('oidc-token --id-token ISSUER is refused with a reason, exit code 1', async () => {
    const { code, stdout, stderr } = await client('oidc-token', '--id-token', farIssuer);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).not.toContain('(null)');
    expect(stderr.length).toBeGreaterThan(20);
  });

  test('oidc-token without OIDC_SOCK, or with nobody there: says so, exit code 1', async () => {
    const elsewhere = { ...env, OIDC_SOCK: join(session.dir, 'nobody.sock') };
    const failed = await run('oidc-token', ['alpha'], { env: elsewhere }).catch(
      (error: unknown) => error as Outcome,
    );
    expect(failed).toMatchObject({ code: 1 });
  });
});

test.describe('oidc-add and oidc-agent 4.2.6', () => {
  test('oidc-add -a lists the accounts', async () => {
    const { code, stdout } = await client('oidc-add', '-a');
    expect(code).toBe(0);
    expect(stdout.split('\n')).toEqual(expect.arrayContaining(['alpha', 'far']));
  });

  test('oidc-add -l lists its own files, without the agent', async () => {
    leaveGenFile('far');
    const { code, stdout } = await client('oidc-add', '-l');
    expect(code).toBe(0);
    expect(stdout).toContain('far');
  });

  test('oidc-agent --status and --status --json tell who answers', async () => {
    const status = await client('oidc-agent', '--status');
    expect(status.code).toBe(0);
    expect(status.stdout).toContain('Mytoken Desktop');
    const { stdout } = await client('oidc-agent', '--status', '--json');
    expect(JSON.parse(stdout)).toMatchObject({
      loaded_accounts: expect.arrayContaining(['alpha']),
    });
  });

  test('oidc-add -r NAME stops serving an account; it needs the file of oidc-gen', async () => {
    leaveGenFile('far');
    const removed = await client('oidc-add', '-r', 'far');
    expect(removed).toMatchObject({ code: 0 });
    expect((await client('oidc-token', 'far')).stderr).toContain('operation forbidden');
    await allow('far');
    expect((await client('oidc-token', 'far')).code).toBe(0);
  });

  test('oidc-add -R stops serving all of them; nothing is deleted', async () => {
    expect(await client('oidc-add', '-R')).toMatchObject({ code: 0 });
    for (const name of ['alpha', 'far', 'limited']) {
      expect((await client('oidc-token', name)).stderr).toContain('operation forbidden');
    }
    await allow('alpha', 'far', 'limited');
    await isGood(await output('alpha'));
  });
});

test.describe('requests as version 5 sends them', () => {
  test('no variable: version 5.2 finds the app at the service path', async () => {
    const request = {
      request: 'access_token',
      min_valid_period: 0,
      account: 'alpha',
      application_hint: 'oidc-token',
    };
    const reply = await askEncrypted(servicePath(), request);
    await isGood(String(reply['access_token']));
    expect(reply).toMatchObject({ status: 'success', issuer: sandbox.providers[0]?.issuer });
    expect(reply).not.toHaveProperty('error');
  });

  test('account_info lists issuers with their accounts', async () => {
    expect(await askEncrypted(servicePath(), { request: 'account_info' })).toMatchObject({
      status: 'success',
      info: { [farIssuer]: { pubclient: false, accounts: { far: true } } },
    });
  });

  test('id_token is refused, in words', async () => {
    const reply = await askEncrypted(servicePath(), {
      request: 'id_token',
      account: 'alpha',
      application_hint: 'oidc-token',
    });
    expect(reply['error']).toEqual(expect.stringMatching(/\w{3}/));
    expect(reply).not.toHaveProperty('id_token');
  });

  test('access_token as the Go library asks, with an empty mytoken_profile', async () => {
    const reply = await askEncrypted(servicePath(), {
      request: 'access_token',
      account: 'alpha',
      min_valid_period: 60,
      application_hint: 'go',
      mytoken_profile: '',
    });
    await isGood(String(reply['access_token']));
  });

  for (const [title, profile] of [
    ['no profile (--MT)', undefined],
    ['the name of a profile (--MT=web-default)', 'web-default'],
    ['JSON as text (--MT=\'{"capabilities":["AT"]}\')', '{"capabilities":["AT"]}'],
    ['an object (Python with a dict)', { capabilities: ['AT'] }],
  ] as const) {
    test(`mytoken with ${title} is asked about, and given`, async () => {
      const { page, asked } = await question(app, () =>
        askEncrypted(servicePath(), {
          request: 'mytoken',
          account: 'alpha',
          ...(profile === undefined ? {} : { mytoken_profile: profile }),
          application_hint: 'oidc-token',
        }),
      );
      await expect(page.getByRole('heading', { level: 1 })).toContainText('wants a mytoken');
      await answer(page, 'Allow');
      const reply = (await asked) as Record<string, unknown>;
      expect(reply).toMatchObject({
        status: 'success',
        mytoken_type: 'token',
        token_type: 'token',
        oidc_issuer: sandbox.providers[0]?.issuer,
        mytoken_issuer: expect.stringContaining('http'),
      });
      expect(String(reply['mytoken'])).toMatch(/^eyJ/);
    });
  }
});

test('a script that runs under set -e does not notice which agent it talks to', async () => {
  const script = join(session.dir, 'job.sh');
  writeFileSync(
    script,
    [
      '#!/bin/bash',
      'set -euo pipefail',
      'eval "$(oidc-agent-service use)" >/dev/null',
      'oidc-add -a >/dev/null',
      'eval "$(oidc-token -c alpha)"',
      'printf "%s" "$OIDC_AT"',
    ].join('\n'),
  );
  chmodSync(script, 0o755);
  // No variable at all: oidc-agent-service of version 4 takes us for the agent that is running.
  const { OIDC_SOCK: _none, ...bare } = env;
  const { stdout } = await run(script, [], { env: bare, timeout: 60_000 });
  await isGood(stdout);
});
