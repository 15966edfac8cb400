/**
 * A private D-Bus session bus, with or without a Secret Service on it. Its configuration names no service folders, so
 * nothing is activated behind a test's back: no keyring means no keyring.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import {
  chownSync,
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { runProcess } from './run-process.ts';

/** Whom to run a process as; empty for the current user. */
export interface Identity {
  uid?: number;
  gid?: number;
}

export type Environment = Record<string, string>;

export interface SessionPlace {
  /** Private folder of the session; sockets, logs and configuration of its services lie here. */
  runtimeDir: string;
  /** What its processes see: HOME, XDG_*, PATH. */
  env: Environment;
  identity: Identity;
}

export interface Service {
  child: ChildProcess;
  stop(): Promise<void>;
}

const START_TIMEOUT_MS = 15_000;
const STOP_TIMEOUT_MS = 3_000;
const KEYRING_PASSWORD = 'desktop-session';
const PROMPTER_SERVICE = '/usr/share/dbus-1/services/org.gnome.keyring.SystemPrompter.service';

export function busConfiguration(socket: string, serviceDir?: string): string {
  return `<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <keep_umask/>
  <listen>unix:path=${socket}</listen>
  <auth>EXTERNAL</auth>
${serviceDir === undefined ? '' : `  <servicedir>${serviceDir}</servicedir>\n`}  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
`;
}

/** Ends a process politely, then firmly, and waits until it is gone. */
export async function endProcess(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS);
  await gone;
  clearTimeout(timer);
}

/** A background process whose output lies in a file of its own, so that a failed start can be explained. */
export function startService(
  place: SessionPlace,
  name: string,
  command: string,
  args: readonly string[],
  extra: { input?: string; fd3?: boolean } = {},
): Service & { explain(): string } {
  const log = join(place.runtimeDir, `${name}.log`);
  const out = openSync(log, 'a', 0o600);
  const child = spawn(command, [...args], {
    ...place.identity,
    cwd: '/',
    env: place.env,
    stdio: [
      extra.input === undefined ? 'ignore' : 'pipe',
      out,
      out,
      ...(extra.fd3 ? (['pipe'] as const) : []),
    ],
  });
  closeSync(out);
  child.on('error', () => undefined);
  child.stdin?.on('error', () => undefined);
  if (extra.input !== undefined) child.stdin?.end(extra.input);
  return {
    child,
    stop: () => endProcess(child),
    explain: () => `${name}: ${existsSync(log) ? readFileSync(log, 'utf8').trim() : 'no output'}`,
  };
}

/** Polls until `ready` is true; fails when the service ends first or takes too long. */
export async function waitFor(
  service: Service & { explain(): string },
  what: string,
  ready: () => Promise<boolean> | boolean,
): Promise<void> {
  const deadline = Date.now() + START_TIMEOUT_MS;
  while (!(await ready())) {
    const { exitCode, signalCode, pid } = service.child;
    const ended = pid === undefined || exitCode !== null || signalCode !== null;
    if (ended || Date.now() > deadline) {
      await service.stop();
      throw new Error(`${what} did not start. ${service.explain()}`);
    }
    await delay(25);
  }
}

async function nameHasOwner(place: SessionPlace, name: string): Promise<boolean> {
  const args = ['--session', '--print-reply', '--reply-timeout=2000', '--dest=org.freedesktop.DBus', '/'];
  const { stdout } = await runProcess(
    'dbus-send',
    [...args, 'org.freedesktop.DBus.NameHasOwner', `string:${name}`],
    { ...place.identity, cwd: '/', env: place.env, timeoutMs: 5_000 },
  );
  return stdout.includes('boolean true');
}

/**
 * Starts the bus and puts its address into `place.env`. With `prompter` the desktop's own unlock dialog may be
 * activated, as on a real desktop; without it a request to unlock is dismissed at once.
 */
export async function startBus(place: SessionPlace, options: { prompter?: boolean } = {}): Promise<Service> {
  const socket = join(place.runtimeDir, 'bus');
  const config = join(place.runtimeDir, 'bus.conf');
  let serviceDir: string | undefined;
  if (options.prompter && existsSync(PROMPTER_SERVICE)) {
    serviceDir = join(place.runtimeDir, 'services');
    mkdirSync(serviceDir, { recursive: true, mode: 0o755 });
    writeFileSync(join(serviceDir, 'prompter.service'), readFileSync(PROMPTER_SERVICE));
  }
  writeFileSync(config, busConfiguration(socket, serviceDir), { mode: 0o644 });
  place.env.DBUS_SESSION_BUS_ADDRESS = `unix:path=${socket}`;
  // Never the machine's own: a container has none, and a test has no business there.
  place.env.DBUS_SYSTEM_BUS_ADDRESS = `unix:path=${join(place.runtimeDir, 'no-system-bus')}`;
  const bus = startService(place, 'dbus-daemon', 'dbus-daemon', [
    `--config-file=${config}`,
    '--nofork',
    '--nopidfile',
  ]);
  await waitFor(
    bus,
    'The session bus',
    () => existsSync(socket) && nameHasOwner(place, 'org.freedesktop.DBus'),
  );
  return bus;
}

async function runKeyring(place: SessionPlace, unlock: boolean): Promise<Service> {
  const control = join(place.runtimeDir, 'keyring');
  rmSync(control, { recursive: true, force: true });
  mkdirSync(control, { mode: 0o700 });
  const { uid, gid } = place.identity;
  if (uid !== undefined && gid !== undefined) chownSync(control, uid, gid);
  const keyring = startService(
    place,
    'gnome-keyring-daemon',
    'gnome-keyring-daemon',
    [
      '--foreground',
      '--components=secrets',
      `--control-directory=${control}`,
      ...(unlock ? ['--unlock'] : []),
    ],
    unlock ? { input: KEYRING_PASSWORD } : {},
  );
  await waitFor(keyring, 'The keyring', () => nameHasOwner(place, 'org.freedesktop.secrets'));
  return keyring;
}

/**
 * Starts gnome-keyring on the bus of `place`. Locked: its default collection exists, and nobody has entered the
 * password, which is how a desktop with automatic login greets an application.
 */
export async function startKeyring(place: SessionPlace, state: 'unlocked' | 'locked'): Promise<Service> {
  const unlocked = await runKeyring(place, true);
  if (state === 'unlocked') return unlocked;
  await unlocked.stop();
  return await runKeyring(place, false);
}
