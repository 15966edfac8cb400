import { chmodSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { App, Protocol } from 'electron';
import { refusalToStart } from './start-checks.ts';

export interface BeforeReadyDeps {
  readonly app: App;
  readonly protocol: Protocol;
  readonly exit: (message: string) => never;
  /** Exact words for the instance that runs already. */
  readonly handOver: Readonly<Record<string, unknown>>;
}

/** The one scheme windows are loaded from. */
export const appScheme = 'app';

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
  clearCrashDumps(app);
  return true;
}

/** Minidumps hold memory: none is uploaded, none outlives the next start. */
function clearCrashDumps(app: App): void {
  const directory = join(app.getPath('userData'), 'crashes');
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  chmodSync(directory, 0o700);
  app.setPath('crashDumps', directory);
}
