import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cleanEnvironment, sessionFolders } from '../../scripts/lib/desktop-session.ts';
import { startBus, startKeyring, type Service, type SessionPlace } from '../../scripts/lib/session-bus.ts';
import { MARKER } from '../../scripts/lib/session-cleanup.ts';
import { startDisplay } from '../../scripts/lib/virtual-display.ts';

export { chromiumSandbox, electronArgs } from '../../scripts/lib/playwright-electron.ts';

export interface PrivateSessionOptions {
  /** locked: the default collection exists, its password was not entered. absent: nobody owns the Secret Service. */
  keyring: 'unlocked' | 'locked' | 'absent';
  /**
   * Locked only: let the desktop's unlock dialog appear, which nobody answers (a request hangs, as on a real
   * desktop). Without it a request to unlock is dismissed at once.
   */
  prompter?: boolean;
  /** Added to the environment of the session. */
  env?: Readonly<Record<string, string>>;
}

export interface PrivateSession {
  /** Complete: hand it to `_electron.launch({ env })` or `spawn(…, { env })`. */
  env: Record<string, string>;
  /** Folder of the session; HOME, XDG folders and logs of its services lie below. */
  dir: string;
  /** As after a login without a password: the collection is there, and nobody has opened it. */
  lockKeyring(): Promise<void>;
  /** As after the user entered the password: the keyring answers again. */
  unlockKeyring(): Promise<void>;
  /** Ends keyring and bus and removes the folder. Stop what you started in it first. */
  stop(): Promise<void>;
}

/**
 * A session bus and keyring for one test, with HOME, XDG folders and, where the test runs in a desktop session, a display
 * of its own: focus, clipboard and windows are no other test's.
 */
export async function startPrivateSession(options: PrivateSessionOptions): Promise<PrivateSession> {
  const dir = mkdtempSync(join(tmpdir(), 'private-'));
  const outer: Record<string, string> = cleanEnvironment(process.env);
  for (const name of ['USER', 'LOGNAME', 'SHELL', MARKER]) {
    const value = process.env[name];
    if (value !== undefined) outer[name] = value;
  }
  const folders = sessionFolders(dir, () => undefined);
  const results = process.env.MYTOKEN_DESKTOP_RESULTS ?? folders.MYTOKEN_DESKTOP_RESULTS ?? dir;
  const place: SessionPlace = {
    runtimeDir: folders.XDG_RUNTIME_DIR ?? dir,
    env: { ...outer, ...folders, MYTOKEN_DESKTOP_RESULTS: results, ...options.env },
    identity: {},
  };
  const services: Service[] = [];
  let keyring: Service | null = null;
  const stop = async (): Promise<void> => {
    await keyring?.stop();
    for (const service of services.splice(0).reverse()) await service.stop();
    rmSync(dir, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  };
  try {
    if (process.env.DISPLAY !== undefined) services.push(await startDisplay(place, '1280x800x24'));
    services.push(await startBus(place, { prompter: options.prompter ?? false }));
    if (options.keyring !== 'absent') keyring = await startKeyring(place, options.keyring);
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    env: place.env,
    dir,
    stop,
    async lockKeyring() {
      await keyring?.stop();
      keyring = await startKeyring(place, 'locked');
    },
    async unlockKeyring() {
      await keyring?.stop();
      keyring = await startKeyring(place, 'unlocked');
    },
  };
}
