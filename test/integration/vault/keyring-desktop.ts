import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { accessSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const run = promisify(execFile);
const child = fileURLToPath(new URL('./keyring-child.ts', import.meta.url));
const needed = ['/usr/bin/dbus-daemon', '/usr/bin/gnome-keyring-daemon', '/usr/bin/gdbus'];

/** Whether a real Secret Service can be started here. */
export function hasSecretService(): boolean {
  if (process.platform !== 'linux') return false;
  try {
    for (const path of needed) accessSync(path);
    return true;
  } catch {
    return false;
  }
}

/**
 * A session of its own: home, session bus and keyring daemon in a temporary directory, nothing shared with the desktop of whoever
 * runs the tests. The bus starts no services, so neither a second daemon nor a prompt can appear.
 */
export class KeyringDesktop {
  readonly #directory: string;
  readonly #env: NodeJS.ProcessEnv;
  readonly #processes: ChildProcess[] = [];

  private constructor(directory: string, env: NodeJS.ProcessEnv) {
    this.#directory = directory;
    this.#env = env;
  }

  /** Without a bus: as over SSH or in a bare container. */
  static async make(): Promise<KeyringDesktop> {
    const directory = temporaryDirectory('desktop-');
    const at = (name: string): string => join(directory, name);
    for (const name of ['data', 'config', 'cache', 'runtime']) await mkdir(at(name), { mode: 0o700 });
    return new KeyringDesktop(directory, {
      PATH: process.env['PATH'],
      HOME: directory,
      XDG_DATA_HOME: at('data'),
      XDG_CONFIG_HOME: at('config'),
      XDG_CACHE_HOME: at('cache'),
      XDG_RUNTIME_DIR: at('runtime'),
      DBUS_SESSION_BUS_ADDRESS: `unix:path=${at('bus')}`,
    });
  }

  async startBus(): Promise<void> {
    const config = join(this.#directory, 'bus.conf');
    await writeFile(
      config,
      `<busconfig><type>session</type><listen>${this.#env['DBUS_SESSION_BUS_ADDRESS'] ?? ''}</listen>
      <policy context="default"><allow send_destination="*"/><allow receive_sender="*"/><allow own="*"/>
      <allow user="*"/></policy></busconfig>`,
    );
    const bus = this.#spawn('/usr/bin/dbus-daemon', [
      `--config-file=${config}`,
      '--nofork',
      '--print-address',
    ]);
    await firstOutput(bus);
  }

  /** With a password an unlocked login keyring is made; without one there is no collection at all. */
  async startKeyring(password: string | null): Promise<void> {
    const unlock = password === null ? [] : ['--unlock'];
    const daemon = this.#spawn('/usr/bin/gnome-keyring-daemon', [
      ...['--foreground', '--components=secrets', ...unlock],
    ]);
    daemon.stdin?.end(password ?? '');
    for (let attempt = 0; attempt < 100; attempt += 1) {
      if (await this.#owned('org.freedesktop.secrets')) return;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new Error('The keyring daemon did not appear on the bus.');
  }

  async lockKeyring(): Promise<void> {
    await this.#gdbus(
      ...['org.freedesktop.secrets', '/org/freedesktop/secrets', 'org.freedesktop.Secret.Service.Lock'],
      "[objectpath '/org/freedesktop/secrets/collection/login']",
    );
  }

  /** Runs one command of keyring-child.ts within this session. */
  async call(...args: readonly string[]): Promise<unknown> {
    const { stdout } = await run(process.execPath, [child, ...args], { env: this.#env, timeout: 30_000 });
    return JSON.parse(stdout) as unknown;
  }

  async stop(): Promise<void> {
    for (const started of this.#processes.reverse()) {
      if (started.exitCode !== null || started.signalCode !== null) continue;
      const ended = once(started, 'close');
      started.kill('SIGTERM');
      await ended;
    }
  }

  async #owned(name: string): Promise<boolean> {
    const answer = await this.#gdbus(
      ...['org.freedesktop.DBus', '/org/freedesktop/DBus', 'org.freedesktop.DBus.NameHasOwner', name],
    );
    return answer.includes('true');
  }

  async #gdbus(destination: string, path: string, method: string, argument: string): Promise<string> {
    const { stdout } = await run(
      'gdbus',
      ['call', '--session', '-d', destination, '-o', path, '-m', method, argument],
      { env: this.#env },
    );
    return stdout;
  }

  #spawn(command: string, args: readonly string[]): ChildProcess {
    const started = spawn(command, args, { env: this.#env, stdio: ['pipe', 'pipe', 'ignore'] });
    this.#processes.push(started);
    return started;
  }
}

async function firstOutput(started: ChildProcess): Promise<void> {
  if (started.stdout === null) throw new Error('No output to wait for.');
  await once(started.stdout, 'data');
}
