import { execFile } from 'node:child_process';
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test as base } from '@playwright/test';
import { type Sandbox, startSandbox } from '../../sandbox/index.ts';
import { askEncrypted } from './agent-client.ts';
import { launchApp, type LaunchOptions, type RunningApp } from './app-driver.ts';
import { type DesktopBus, startDesktopBus } from './desktop-bus.ts';
import { type PrivateSession, startPrivateSession } from './desktop-session.ts';
import { ended } from './serving-profile.ts';
import { call, importAccount, skipWelcome } from './window-calls.ts';

const run = promisify(execFile);

/** How a program ended. */
export interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** What the window is told of questions, remembered answers and blocked programs. */
export interface Permissions {
  readonly waiting: number;
  readonly grants: readonly {
    readonly program: string;
    readonly accountId: string;
    readonly scope: readonly string[];
    readonly duration: string;
  }[];
  readonly blocked: readonly { readonly program: string }[];
}

/** A desktop with a keyring, a notification service and a mytoken server, where programs ask the real app over the agent's socket. */
export interface Stage {
  readonly sandbox: Sandbox;
  readonly session: PrivateSession;
  readonly desktop: DesktopBus;
  readonly socketPath: string;
  /** Starts the app past its welcome, the socket switched on, with accounts of these names that may make mytokens. */
  open(names: readonly string[], options?: LaunchOptions): Promise<RunningApp>;
  /** Quits it the ordinary way and starts it anew. */
  reopen(): Promise<RunningApp>;
  /** A request as a client of oidc-agent sends it. */
  send(request: Readonly<Record<string, unknown>>): Promise<Record<string, unknown>>;
  /** A program that asks for an access token of `alpha`, unless it says otherwise. */
  ask(request: Readonly<Record<string, unknown>>): Promise<Record<string, unknown>>;
  /** Runs one of oidc-agent's own programs, with the app as its agent. */
  run(command: string, args: readonly string[], env?: Readonly<Record<string, string>>): Promise<Ended>;
  /** A job of the user's: a script that asks with Debian's own `oidc-token`. */
  job(...args: readonly string[]): Promise<Ended>;
  accountId(shortname: string): Promise<string>;
  permissions(): Promise<Permissions>;
}

export const test = base.extend<{ stage: Stage }>({
  stage: async ({ browserName: _chromium }, use) => {
    const sandbox = await startSandbox({ pollingIntervalSeconds: 1 });
    const session = await startPrivateSession({ keyring: 'unlocked' });
    const desktop = await startDesktopBus({ busAddress: session.env['DBUS_SESSION_BUS_ADDRESS'] ?? '' });
    const socketPath = join(session.env['XDG_RUNTIME_DIR'] ?? '', 'mytoken-desktop', 'agent.sock');
    const started: RunningApp[] = [];
    const running = (): RunningApp => {
      const app = started.at(-1);
      if (app === undefined) throw new Error('The app was not started.');
      return app;
    };
    const start = async (options?: LaunchOptions): Promise<RunningApp> => {
      const app = await launchApp(session, options);
      started.push(app);
      return app;
    };
    const state = async (): Promise<State> => (await call(running().window, 'state:get', null)) as State;
    const listening = (): Promise<void> =>
      expect.poll(async () => (await state()).agent.socket.state).toBe('listening');

    const runClient: Stage['run'] = (command, args, added = {}) =>
      run(command, args, { env: { ...session.env, OIDC_SOCK: socketPath, ...added }, timeout: 60_000 }).then(
        ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
        (error: unknown) => error as Ended,
      );

    await use({
      ...{ sandbox, session, desktop, socketPath },
      async open(names, options) {
        const app = await start(options);
        await skipWelcome(app.window);
        for (const name of names) {
          await importAccount(app.window, sandbox, name, {
            capabilities: ['AT', 'tokeninfo', 'create_mytoken'],
          });
        }
        await call(app.window, 'settings:update', { socket: { enabled: true } });
        await listening();
        return app;
      },
      async reopen() {
        const end = ended(running());
        await running().electron.evaluate(({ app: electron }) => electron.quit());
        await end;
        const app = await start();
        await listening();
        return app;
      },
      send: (request) => askEncrypted(socketPath, request),
      ask: (request) => askEncrypted(socketPath, { request: 'access_token', account: 'alpha', ...request }),
      run: runClient,
      job(...args) {
        const script = join(session.dir, 'night-job.sh');
        writeFileSync(script, '#!/bin/sh\noidc-token "$@"\nexit $?\n');
        chmodSync(script, 0o755);
        return runClient(script, args);
      },
      async accountId(shortname) {
        const found = (await state()).accounts.find((account) => account.shortname === shortname);
        if (found === undefined) throw new Error(`There is no account ${shortname}.`);
        return found.id;
      },
      permissions: async () => (await state()).agent,
    });

    await started.at(-1)?.kill();
    desktop.stop();
    await session.stop();
    await sandbox.stop();
  },
});

interface State {
  readonly accounts: readonly { readonly id: string; readonly shortname: string }[];
  readonly agent: Permissions & { readonly socket: { readonly state: string } };
}
