import { join } from 'node:path';
import { test } from '@playwright/test';
import { type Sandbox, type SandboxOptions, startSandbox } from '../../sandbox/index.ts';
import { launchApp, type LaunchOptions, type RunningApp } from './app-driver.ts';
import { type DesktopBus, startDesktopBus } from './desktop-bus.ts';
import { type PrivateSession, startPrivateSession } from './desktop-session.ts';

/** What each test has for itself: a mytoken server, a desktop with an open keyring, and the app on it. */
export interface Desk {
  readonly sandbox: Sandbox;
  readonly session: PrivateSession;
  /** Where programs of oidc-agent reach the app. */
  readonly socketPath: string;
  /** The app as it was started last. */
  readonly app: RunningApp;
  launch(options?: LaunchOptions): Promise<RunningApp>;
  /** Gives the desktop a tray and a notification service. */
  startBus(): Promise<DesktopBus>;
}

/** Makes a desk for each test of the file and clears it afterwards, whatever state the test left the app in. */
export function useDesk(options: SandboxOptions = {}): Desk {
  let sandbox: Sandbox;
  let session: PrivateSession;
  let app: RunningApp | null = null;
  let bus: DesktopBus | null = null;

  test.beforeEach(async () => {
    sandbox = await startSandbox(options);
    session = await startPrivateSession({ keyring: 'unlocked' });
  });

  test.afterEach(async () => {
    await app?.kill().catch(() => undefined);
    app = null;
    bus?.stop();
    bus = null;
    await session.stop();
    await sandbox.stop();
  });

  return {
    get sandbox() {
      return sandbox;
    },
    get session() {
      return session;
    },
    get socketPath() {
      return join(session.env['XDG_RUNTIME_DIR'] ?? '', 'mytoken-desktop', 'agent.sock');
    },
    get app() {
      if (app === null) throw new Error('The app was not started.');
      return app;
    },
    async launch(launchOptions) {
      app = await launchApp(session, launchOptions);
      return app;
    },
    async startBus() {
      bus = await startDesktopBus({ busAddress: session.env['DBUS_SESSION_BUS_ADDRESS'] ?? '' });
      return bus;
    },
  };
}
