import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { type Sandbox, startSandbox } from '../../sandbox/index.ts';
import { askEncrypted } from '../support/agent-client.ts';
import { launchApp, type RunningApp } from '../support/app-driver.ts';
import { answer, question } from '../support/approval-page.ts';
import { type DesktopBus, startDesktopBus } from '../support/desktop-bus.ts';
import { type PrivateSession, startPrivateSession } from '../support/desktop-session.ts';
import { call, skipWelcome } from '../support/window-calls.ts';

let sandbox: Sandbox;
let session: PrivateSession;
let desktop: DesktopBus;
let app: RunningApp | null = null;

test.beforeEach(async () => {
  sandbox = await startSandbox();
  session = await startPrivateSession({ keyring: 'unlocked' });
  desktop = await startDesktopBus({ busAddress: session.env['DBUS_SESSION_BUS_ADDRESS'] ?? '' });
});

test.afterEach(async () => {
  await app?.kill().catch(() => undefined);
  app = null;
  desktop.stop();
  await session.stop();
  await sandbox.stop();
});

const socketPath = (): string => join(session.env['XDG_RUNTIME_DIR'] ?? '', 'mytoken-desktop', 'agent.sock');

const ask = (request: Readonly<Record<string, unknown>>): Promise<unknown> =>
  askEncrypted(socketPath(), { request: 'access_token', account: 'alpha', ...request });

/** The socket switched on, and accounts of these names that may make mytokens. */
async function openAgent(...names: readonly string[]): Promise<RunningApp> {
  app = await launchApp(session);
  const { window } = app;
  await skipWelcome(window);
  for (const name of names) {
    const token = await sandbox.control.issueMytoken({
      user: 'alice',
      name,
      capabilities: ['AT', 'tokeninfo', 'create_mytoken'],
    });
    await call(window, 'accounts:import', {
      source: { kind: 'paste', text: token.value },
      displayName: name,
      shortname: name.toLowerCase(),
    });
  }
  await call(window, 'settings:update', { socket: { enabled: true } });
  await expect
    .poll(async () => ((await call(window, 'state:get', null)) as State).agent.socket.state)
    .toBe('listening');
  return app;
}

interface State {
  readonly agent: { readonly socket: { readonly state: string } };
}

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

test('a question is on the screen soon; the window stays loaded for the next one', async () => {
  test.setTimeout(120_000);
  const running = await openAgent('Alpha');
  for (let turn = 0; turn < 20; turn += 1) {
    const { page, asked } = await question(running, () => ask({ scope: `openid s${turn}` }));
    await answer(page, 'Deny');
    await asked;
  }
  const records = await shownRecords(running);
  expect(records.map(({ warm }) => warm)).toEqual([false, ...Array.from({ length: 19 }, () => true)]);
});
