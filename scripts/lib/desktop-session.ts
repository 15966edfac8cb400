/**
 * A desktop of its own for one command: HOME and XDG folders, session bus, keyring and (where there is no screen) a
 * display. Nothing of the user's own session is reachable from inside, and nothing of it is left afterwards.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { chownSync, mkdirSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import { ROOT } from './paths.ts';
import { AdviceError, say } from './say.ts';
import { startBus, startKeyring, type Environment, type Service, type SessionPlace } from './session-bus.ts';
import { clearAbandonedSessions, clearSession, makeSessionDir, MARKER } from './session-cleanup.ts';
import { namespacesWork, sessionUser } from './session-user.ts';
import { canReach, canRead, copyBack, relocate, stageCheckout } from './staging.ts';
import { ensureSystemPackages } from './system-packages.ts';
import { startDisplay } from './virtual-display.ts';

export interface DesktopSessionOptions {
  command: string;
  args?: readonly string[];
  /** Added to the clean environment of the session; undefined removes a variable. */
  env?: Readonly<Record<string, string | undefined>>;
  /** Default: the checkout. */
  cwd?: string;
  keyring: 'gnome' | 'none';
  /** inherit shows windows on the user's own display; impossible when the session runs as another user. */
  display: 'virtual' | 'inherit';
  /** Size and depth of the virtual screen. */
  screen?: string;
  /** Default `ignore`: the command must not wait for a terminal. */
  stdin?: 'ignore' | 'inherit';
  /** Paths below the checkout that a staged copy would otherwise leave out, such as a package. */
  stageAlso?: readonly string[];
  /** Where the command's results (environment: MYTOKEN_DESKTOP_RESULTS) are copied to. Default: test-results. */
  resultsDir?: string;
}

export interface DesktopSessionResult {
  /** As a shell reports it: 128 + number after a signal. */
  exitCode: number;
  /** Whether Chromium's sandbox works for the user of this session. */
  sandboxed: boolean;
}

/** What a session takes over from the caller's environment; everything else stays outside. */
const KEPT = [
  /^(PATH|LANG|LANGUAGE|TZ|CI|TERM|COLORTERM|FORCE_COLOR|NO_COLOR|DEBUG|NODE_EXTRA_CA_CERTS)$/,
  /^(LC_|PLAYWRIGHT_|PW)/,
  /^(ELECTRON_OVERRIDE_DIST_PATH|MYTOKEN_DESKTOP_(CACHE|ELECTRON|CHROMIUM_SANDBOX))$/,
];

export function cleanEnvironment(env: Readonly<Record<string, string | undefined>>): Environment {
  const kept: Environment = {};
  for (const [name, value] of Object.entries(env)) {
    if (value !== undefined && KEPT.some((pattern) => pattern.test(name))) kept[name] = value;
  }
  return kept;
}

/** Creates the folders of a session and returns the variables that name them. */
export function sessionFolders(base: string, own: (path: string) => void): Environment {
  const folder = (name: string): string => {
    const path = join(base, name);
    mkdirSync(path, { recursive: true, mode: 0o700 });
    own(path);
    return path;
  };
  const home = folder('home');
  return {
    HOME: home,
    XDG_CONFIG_HOME: folder('home/.config'),
    XDG_CACHE_HOME: folder('home/.cache'),
    XDG_DATA_HOME: (folder('home/.local'), folder('home/.local/share')),
    XDG_STATE_HOME: folder('home/.local/state'),
    XDG_RUNTIME_DIR: folder('run'),
    TMPDIR: folder('tmp'),
    MYTOKEN_DESKTOP_RESULTS: folder('results'),
  };
}

function inheritDisplay(env: Environment): void {
  const names = ['DISPLAY', 'WAYLAND_DISPLAY', 'XAUTHORITY', 'XDG_SESSION_TYPE', 'XDG_CURRENT_DESKTOP'];
  for (const name of names) {
    const value = process.env[name];
    if (value !== undefined) env[name] = value;
  }
  const socket = env.WAYLAND_DISPLAY;
  const runtime = process.env.XDG_RUNTIME_DIR;
  if (socket && !socket.startsWith('/') && runtime) env.WAYLAND_DISPLAY = join(runtime, socket);
  if (env.DISPLAY === undefined && env.WAYLAND_DISPLAY === undefined) {
    throw new AdviceError('There is no display. Set DISPLAY, or ask for a virtual one.');
  }
}

/**
 * What a session does about signals: they go to the command's whole group; before there is a command, or when it has
 * not listened twice, the process ends, and its exit handler clears the session.
 */
class SignalRelay {
  private child: ChildProcess | undefined;
  private received = 0;
  private readonly remove: (() => void)[];

  constructor() {
    this.remove = (['SIGINT', 'SIGTERM', 'SIGHUP'] as const).map((signal) => {
      const listener = (): void => this.onSignal(signal);
      process.on(signal, listener);
      return () => void process.off(signal, listener);
    });
  }

  private onSignal(signal: NodeJS.Signals): void {
    this.received += 1;
    if (this.child?.pid === undefined || this.received > 2) process.exit(128 + constants.signals[signal]);
    try {
      process.kill(-this.child.pid, signal);
    } catch {
      // It has just ended.
    }
  }

  /** Waits for the command's end; the result is its exit code. */
  async supervise(child: ChildProcess): Promise<number> {
    this.child = child;
    return await new Promise<number>((resolve, reject) => {
      child.on('error', reject);
      child.on('exit', (code, signal) =>
        resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal])),
      );
    });
  }

  close(): void {
    for (const remove of this.remove) remove();
  }
}

async function stageFor(place: SessionPlace, base: string, options: DesktopSessionOptions): Promise<string> {
  const electron = process.env.ELECTRON_OVERRIDE_DIST_PATH;
  if (electron && !electron.startsWith(ROOT) && !(await canReach(place.identity, electron))) {
    throw new AdviceError(
      `The unprivileged test user cannot read Electron in ${electron}. ` +
        'Set MYTOKEN_DESKTOP_CACHE to a folder that everybody may read, and run the same command again.',
    );
  }
  if (await canRead(place.identity, ROOT)) return ROOT;
  const target = join(base, 'checkout');
  say(`The unprivileged test user cannot read ${ROOT}: the desktop part runs in a copy below ${base}.`);
  await stageCheckout(ROOT, target, options.stageAlso ?? []);
  return target;
}

async function runIn(
  base: string,
  options: DesktopSessionOptions,
  relay: SignalRelay,
): Promise<DesktopSessionResult> {
  const user = await sessionUser();
  const { uid, gid } = user.identity;
  const own = (path: string): void => {
    if (uid !== undefined && gid !== undefined) chownSync(path, uid, gid);
  };
  own(base);
  const folders = sessionFolders(base, own);
  const env: Environment = {
    ...cleanEnvironment(process.env),
    ...folders,
    USER: user.name,
    LOGNAME: user.name,
    SHELL: '/bin/sh',
    [MARKER]: base,
  };
  const place: SessionPlace = { runtimeDir: folders.XDG_RUNTIME_DIR ?? base, env, identity: user.identity };
  const sandboxed = await namespacesWork(user.identity);
  env.MYTOKEN_DESKTOP_CHROMIUM_SANDBOX = sandboxed ? '1' : '0';
  if (!sandboxed) {
    say(
      'Notice: this machine refuses unprivileged user namespaces, so Chromium’s sandbox is off in this session.',
    );
  }
  const services: Service[] = [];
  try {
    const root = await stageFor(place, base, options);
    if (options.display === 'virtual')
      services.push(await startDisplay(place, options.screen ?? '1280x800x24'));
    else inheritDisplay(env);
    services.push(await startBus(place));
    if (options.keyring === 'gnome') services.push(await startKeyring(place, 'unlocked'));
    for (const [name, value] of Object.entries(options.env ?? {})) {
      if (value === undefined) Reflect.deleteProperty(env, name);
      else env[name] = value;
    }
    const moved = (text: string): string => relocate(text, ROOT, root);
    const child = spawn(moved(options.command), (options.args ?? []).map(moved), {
      ...user.identity,
      cwd: moved(options.cwd ?? ROOT),
      env: Object.fromEntries(Object.entries(env).map(([name, value]) => [name, moved(value)])),
      stdio: [options.stdin ?? 'ignore', 'inherit', 'inherit'],
      detached: true,
    });
    const exitCode = await relay.supervise(child);
    return { exitCode, sandboxed };
  } finally {
    copyBack(folders.MYTOKEN_DESKTOP_RESULTS ?? '', options.resultsDir ?? join(ROOT, 'test-results'), ROOT);
    for (const service of services.reverse()) await service.stop();
  }
}

/**
 * Runs a command in a desktop session of its own and resolves when it has ended and everything is cleaned up. As root
 * the session belongs to an unprivileged user. Linux only.
 */
export async function runInDesktopSession(options: DesktopSessionOptions): Promise<DesktopSessionResult> {
  if (process.platform !== 'linux') {
    throw new AdviceError('Desktop sessions of their own exist on Linux only. Run this part on Linux.');
  }
  await ensureSystemPackages(['runtime', 'desktop']);
  clearAbandonedSessions();
  const base = makeSessionDir();
  const clear = (): void => clearSession(base);
  process.on('exit', clear);
  const relay = new SignalRelay();
  try {
    return await runIn(base, options, relay);
  } finally {
    relay.close();
    clear();
    process.off('exit', clear);
  }
}
