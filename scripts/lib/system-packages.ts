/**
 * What the operating system must bring along, and how to get it: installed by apt-get where that is possible without
 * asking, otherwise one command to copy.
 */
import { accessSync, constants, existsSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { isRoot } from './paths.ts';
import { runProcess } from './run-process.ts';
import { AdviceError, say } from './say.ts';

/** runtime: to run Electron at all. desktop: a desktop without a screen. browser, tools: what the tests drive. */
export type PackageGroup = 'runtime' | 'desktop' | 'browser' | 'tools';

interface Requirement {
  group: PackageGroup;
  /** Any one of these commands satisfies the requirement … */
  commands?: readonly string[];
  /** … or this shared library. */
  library?: string;
  /** Names of the Debian package, the newest first: releases with 64-bit time_t renamed some libraries. */
  packages: readonly string[];
}

export const REQUIREMENTS: readonly Requirement[] = [
  { group: 'runtime', library: 'libgtk-3.so.0', packages: ['libgtk-3-0t64', 'libgtk-3-0'] },
  { group: 'runtime', library: 'libnss3.so', packages: ['libnss3'] },
  { group: 'runtime', library: 'libasound.so.2', packages: ['libasound2t64', 'libasound2'] },
  { group: 'runtime', library: 'libgbm.so.1', packages: ['libgbm1'] },
  { group: 'runtime', library: 'libXss.so.1', packages: ['libxss1'] },
  {
    group: 'runtime',
    library: 'libatk-bridge-2.0.so.0',
    packages: ['libatk-bridge2.0-0t64', 'libatk-bridge2.0-0'],
  },
  { group: 'runtime', library: 'libsecret-1.so.0', packages: ['libsecret-1-0'] },
  { group: 'runtime', library: 'libnotify.so.4', packages: ['libnotify4'] },
  { group: 'runtime', commands: ['xdg-open'], packages: ['xdg-utils'] },
  { group: 'desktop', commands: ['Xvfb'], packages: ['xvfb'] },
  { group: 'desktop', commands: ['dbus-daemon'], packages: ['dbus-daemon', 'dbus'] },
  { group: 'desktop', commands: ['dbus-send'], packages: ['dbus-bin', 'dbus'] },
  { group: 'desktop', commands: ['gnome-keyring-daemon'], packages: ['gnome-keyring'] },
  {
    group: 'browser',
    commands: ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'],
    packages: ['chromium'],
  },
  { group: 'tools', commands: ['jq'], packages: ['jq'] },
  { group: 'tools', commands: ['curl'], packages: ['curl'] },
  { group: 'tools', commands: ['xclip'], packages: ['xclip'] },
  { group: 'tools', commands: ['ps'], packages: ['procps'] },
  { group: 'tools', commands: ['oidc-token'], packages: ['oidc-agent-cli'] },
  { group: 'tools', commands: ['openssl'], packages: ['openssl'] },
  // The lines that the window shows are run by each shell they are for.
  { group: 'tools', commands: ['fish'], packages: ['fish'] },
  { group: 'tools', commands: ['tcsh'], packages: ['tcsh'] },
];

export interface SystemProbe {
  hasCommand(name: string): boolean;
  hasLibrary(name: string): boolean;
}

/** The requirements of these groups that this machine does not meet. */
export function missingRequirements(groups: readonly PackageGroup[], probe: SystemProbe): Requirement[] {
  return REQUIREMENTS.filter((requirement) => {
    if (!groups.includes(requirement.group)) return false;
    if (requirement.commands?.some((name) => probe.hasCommand(name))) return false;
    return requirement.library === undefined || !probe.hasLibrary(requirement.library);
  });
}

/** One package name per requirement: the first that this release of the distribution offers, else the last. */
export function packageNames(
  missing: readonly Requirement[],
  isAvailable: (name: string) => boolean,
): string[] {
  const names = missing.map(
    ({ packages }) => packages.find((name) => isAvailable(name)) ?? packages.at(-1) ?? '',
  );
  return [...new Set(names)].filter((name) => name !== '');
}

/** Names with an installable candidate, from the output of `apt-cache policy NAME…`. */
export function availableFromPolicy(policy: string): Set<string> {
  const available = new Set<string>();
  let current = '';
  for (const line of policy.split('\n')) {
    const heading = /^(\S+):$/.exec(line);
    if (heading?.[1]) current = heading[1];
    const candidate = /^\s+Candidate: (.+)$/.exec(line);
    if (candidate && candidate[1] !== '(none)') available.add(current);
  }
  return available;
}

function findCommand(name: string): boolean {
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/bin', '/usr/sbin', '/sbin'];
  return folders.some((folder) => {
    try {
      accessSync(join(folder, name), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

async function machineProbe(): Promise<SystemProbe> {
  const { stdout } = await runProcess(existsSync('/sbin/ldconfig') ? '/sbin/ldconfig' : 'ldconfig', ['-p']);
  const libraries = new Set(stdout.split('\n').map((line) => line.trim().split(' ')[0] ?? ''));
  return { hasCommand: findCommand, hasLibrary: (name) => libraries.has(name) };
}

function isDebianLike(): boolean {
  try {
    return /^ID(_LIKE)?=.*\b(debian|ubuntu)\b/m.test(readFileSync('/etc/os-release', 'utf8'));
  } catch {
    return false;
  }
}

async function adminPrefix(): Promise<readonly string[] | null> {
  if (isRoot()) return [];
  const sudo = await runProcess('sudo', ['-n', 'true'], { timeoutMs: 5_000 });
  return sudo.code === 0 ? ['sudo', '-n'] : null;
}

async function policyOf(missing: readonly Requirement[]): Promise<Set<string>> {
  const names = missing.flatMap(({ packages }) => packages);
  const { stdout } = await runProcess('apt-cache', ['policy', ...names], {
    env: { ...process.env, LC_ALL: 'C' },
  });
  return availableFromPolicy(stdout);
}

function describe(missing: readonly Requirement[]): string {
  return missing.map(({ commands, library }) => commands?.[0] ?? library ?? '').join(', ');
}

/**
 * Makes sure that everything in these groups is installed. Fails with the one command that installs what is missing
 * when it may not do so itself. A no-op on macOS and Windows.
 */
export async function ensureSystemPackages(groups: readonly PackageGroup[]): Promise<void> {
  if (process.platform !== 'linux') return;
  const missing = missingRequirements(groups, await machineProbe());
  if (missing.length === 0) return;
  if (!isDebianLike()) {
    throw new AdviceError(
      `Missing on this system: ${describe(missing)}. Install the packages that bring them ` +
        `(on Debian they are called: ${packageNames(missing, () => false).join(' ')}).`,
    );
  }
  const prefix = await adminPrefix();
  if (prefix === null) {
    const available = await policyOf(missing);
    const names = packageNames(missing, (name) => available.has(name)).join(' ');
    throw new AdviceError(
      `Missing on this system: ${describe(missing)}. Install with:\n` +
        `  sudo sh -c 'apt-get update && apt-get install -y --no-install-recommends ${names}'`,
    );
  }
  await install(prefix, missing);
  const still = missingRequirements(groups, await machineProbe());
  if (still.length > 0) throw new AdviceError(`Still missing after the installation: ${describe(still)}.`);
}

async function install(prefix: readonly string[], missing: readonly Requirement[]): Promise<void> {
  say(`Installing system packages for: ${describe(missing)} …`);
  // Another apt-get may be at work, as on a freshly started machine: wait for it.
  const wait = ['-o', 'DPkg::Lock::Timeout=300'];
  const apt = async (args: readonly string[]) => {
    const [command = 'apt-get', ...rest] = [
      ...prefix,
      'env',
      'DEBIAN_FRONTEND=noninteractive',
      'apt-get',
      ...wait,
      ...args,
    ];
    return await runProcess(command, rest, { timeoutMs: 1_200_000 });
  };
  const update = await apt(['update', '-q']);
  if (update.code !== 0)
    say(`apt-get update failed, going on with the lists at hand: ${update.stderr.trim()}`);
  const available = await policyOf(missing);
  const names = packageNames(missing, (name) => available.has(name));
  const result = await apt(['install', '-y', '-q', '--no-install-recommends', ...names]);
  if (result.code !== 0) {
    throw new AdviceError(`apt-get install ${names.join(' ')} failed:\n${result.stderr.trim()}`);
  }
}
