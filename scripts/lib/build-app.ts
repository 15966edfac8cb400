/**
 * Builds main process, preloads and windows into out/. What is already there is kept when nothing that goes into it
 * has changed.
 */
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { InlineConfig } from 'vite';
import { hashFiles, listFiles } from './content-hash.ts';
import { ROOT } from './paths.ts';
import { rendererManifest } from './renderer-manifest.ts';
import { AdviceError, say } from './say.ts';

const OUT = join(ROOT, 'out');
const STAMP = join(OUT, 'build-stamp');
/** Everything that decides what comes out. */
const INPUTS = [
  ...['electron', 'renderer', 'shared', 'assets', 'package.json', 'package-lock.json', 'tsconfig.base.json'],
  ...['vite.main.config.ts', 'vite.preload.config.ts', 'vite.renderer.config.ts'],
  ...['scripts/lib/build-app.ts', 'scripts/lib/renderer-manifest.ts'],
];
/** Runtime assets: beside the code, so that one path works in the checkout and in a package. */
const ASSETS = ['icons', 'tray'];

function requireEntry(path: string): void {
  if (!existsSync(join(ROOT, path)))
    throw new AdviceError(`${path} does not exist: the app cannot be built without it.`);
}

/** A window is a folder of renderer/ with an index.html; its preload has the same name. */
export function findWindows(root: string): string[] {
  const folder = join(root, 'renderer');
  if (!existsSync(folder)) return [];
  return readdirSync(folder).filter((name) => existsSync(join(folder, name, 'index.html')));
}

function findPreloads(root: string, windows: readonly string[]): string[] {
  return windows.filter((name) => existsSync(join(root, 'electron', 'preload', `${name}.ts`)));
}

async function runVite(): Promise<void> {
  // Loaded here: a build that is up to date starts without vite.
  const { build } = await import('vite');
  const { default: mainConfig } = await import('../../vite.main.config.ts');
  const { preloadConfig } = await import('../../vite.preload.config.ts');
  const { rendererConfig } = await import('../../vite.renderer.config.ts');
  const windows = findWindows(ROOT);
  const configs: InlineConfig[] = [
    mainConfig,
    ...findPreloads(ROOT, windows).map(preloadConfig),
    ...windows.map((name, index) => rendererConfig(name, index === 0)),
  ];
  try {
    for (const config of configs) await build({ ...config, configFile: false, logLevel: 'error' });
  } catch (error) {
    throw new AdviceError(error instanceof Error ? error.message : String(error));
  }
}

function copyAssets(): void {
  for (const name of ASSETS) {
    const source = join(ROOT, 'assets', name);
    if (!existsSync(source)) continue;
    cpSync(source, join(OUT, 'assets', name), {
      recursive: true,
      filter: (path) => !/\.[^.]+$/.test(basename(path)) || path.endsWith('.png'),
    });
  }
}

/** Returns whether anything had to be built. */
export async function buildApp(options: { force?: boolean } = {}): Promise<boolean> {
  const stamp = hashFiles(ROOT, INPUTS);
  if (!options.force && existsSync(STAMP) && readFileSync(STAMP, 'utf8') === stamp) return false;
  requireEntry('electron/main.ts');
  requireEntry('electron/preload/main.ts');
  requireEntry('renderer/main/index.html');
  say('Building the app …');
  rmSync(OUT, { recursive: true, force: true });
  mkdirSync(OUT, { recursive: true });
  await runVite();
  const served = join(OUT, 'renderer');
  const files = listFiles(served, readdirSync(served));
  writeFileSync(join(served, 'manifest.json'), `${JSON.stringify(rendererManifest(files), null, 2)}\n`);
  copyAssets();
  // Last, so that a build that was interrupted or failed is never taken for a finished one.
  writeFileSync(STAMP, stamp);
  return true;
}
