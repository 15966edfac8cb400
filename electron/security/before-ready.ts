import { chmodSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { App, Protocol } from 'electron';
import { appScheme } from './app-scheme.ts';
import { hardenSessions } from './harden.ts';
import { refusalToStart } from './start-checks.ts';

export interface BeforeReadyDeps {
  readonly app: App;
  readonly protocol: Protocol;
  readonly exit: (message: string) => never;
  /** Exact words for the instance that runs already. */
  readonly handOver: Readonly<Record<string, unknown>>;
}

/**
 * What has to happen before Electron is ready, in this order. Returns false when another instance runs and this one shall end; that
 * one has been told what was wanted.
 */
export function beforeReady({ app, protocol, exit, handOver }: BeforeReadyDeps): boolean {
  const refusal = refusalToStart({
    isPackaged: app.isPackaged,
    platform: process.platform,
    uid: process.geteuid?.() ?? null,
    hasSwitch: (name) => app.commandLine.hasSwitch(name),
    switchValue: (name) => app.commandLine.getSwitchValue(name),
  });
  if (refusal !== null) exit(refusal);
  if (!app.requestSingleInstanceLock({ ...handOver })) return false;

  app.enableSandbox();
  // Works only once, so all schemes in one call.
  protocol.registerSchemesAsPrivileged([
    { scheme: appScheme, privileges: { standard: true, secure: true, supportFetchAPI: false } },
  ]);
  hardenSessions(app);
  runLean(app);
  collectAlone(app);
  clearCrashDumps(app);
  return true;
}

/**
 * Fewer processes and less foreign code. Forms and lists are drawn by the processor well enough: the driver of a graphics card would be the
 * largest piece in the app that is not ours and the usual cause of black windows, and costs every start time and memory. Nor is a card
 * imitated (SwiftShader), which is for WebGL. Chromium's network service fetches nothing here but our own pages; on Linux it has no sandbox
 * of its own, so a process of its own keeps nothing in. Elsewhere nobody has tried this yet.
 */
function runLean(app: App): void {
  if (process.platform !== 'linux') return;
  app.disableHardwareAcceleration();
  app.commandLine.appendSwitch('disable-software-rasterizer');
  const features = app.commandLine.getSwitchValue('enable-features').split(',');
  app.commandLine.appendSwitch(
    'enable-features',
    [...features, 'NetworkServiceInProcess2'].filter(Boolean).join(','),
  );
}

/**
 * Garbage of a page is collected by the thread that made it. Its heap is small, and V8's helpers, hardly sooner done with one together, take every
 * core of a small machine from the programs that wait for an answer meanwhile.
 */
function collectAlone(app: App): void {
  const flags = app.commandLine.getSwitchValue('js-flags');
  app.commandLine.appendSwitch('js-flags', `${flags} --single-threaded-gc`.trim());
}

/** Minidumps hold memory: none is uploaded, none outlives the next start. */
function clearCrashDumps(app: App): void {
  const directory = join(app.getPath('userData'), 'crashes');
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  chmodSync(directory, 0o700);
  app.setPath('crashDumps', directory);
}
