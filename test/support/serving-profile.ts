import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Sandbox } from '../../sandbox/index.ts';
import { launchApp, type RunningApp } from './app-driver.ts';
import type { PrivateSession } from './desktop-session.ts';
import { call, importAccount, skipWelcome } from './window-calls.ts';

/** Resolves when the app's process has ended, or at once if it has. */
export function ended(running: RunningApp): Promise<void> {
  const child = running.electron.process();
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) resolve();
    else child.once('exit', () => resolve());
  });
}

/** Leaves a profile with the account `alpha` and both doors for programs switched on, and the app gone again; the key of a program. */
export async function makeServingProfile(session: PrivateSession, sandbox: Sandbox): Promise<string> {
  const app = await launchApp(session);
  try {
    await skipWelcome(app.window);
    await importAccount(app.window, sandbox, 'Alpha');
    await call(app.window, 'settings:update', {
      endpoint: { enabled: true, port: 0, allowLocalhostName: false },
      socket: { enabled: true },
    });
    const made = await call(app.window, 'clients:create', {
      name: 'test',
      accountIds: null,
      expiresInDays: null,
    });
    const end = ended(app);
    await app.electron.evaluate(({ app: running }) => running.quit());
    await end;
    return (made as { key: string }).key;
  } catch (error) {
    await app.kill().catch(() => undefined);
    throw error;
  }
}

/** An access token of that account, asked for as a program does: address from the discovery file, key in the header. */
export async function askForToken(session: PrivateSession, key: string): Promise<Response> {
  const file = join(session.env['XDG_RUNTIME_DIR'] ?? '', 'mytoken-desktop', 'endpoint.json');
  const { addresses } = JSON.parse(readFileSync(file, 'utf8')) as { addresses: string[] };
  return fetch(`${addresses[0] ?? ''}/v1/access-token`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${key}`, 'Content-Type': 'application/json' },
    body: JSON.stringify({ account: 'alpha' }),
  });
}
