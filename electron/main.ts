import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { app, dialog, protocol } from 'electron';
import { appPaths, compose, type DesktopApp, openLogFile, parseStartRequest } from './app/index.ts';
import { systemClock } from './ports/index.ts';
import { scrub } from '../shared/model/scrub.ts';
import { beforeReady } from './security/index.ts';

/** Quitting must never hang: whatever has not stopped by then is left behind. */
const quitDeadlineMs = 3_000;

const request = parseStartRequest(process.argv.slice(1));
app.setName('Mytoken Desktop');
if (!app.commandLine.hasSwitch('user-data-dir'))
  app.setPath('userData', join(app.getPath('appData'), 'mytoken-desktop'));

if (request.status) {
  process.stdout.write(`${describeRunning()}\n`);
  app.exit(0);
} else if (beforeReady({ app, protocol, exit: refuse, handOver: { ...request } })) run();
else app.exit(0);

function run(): void {
  const clock = systemClock();
  const log = openLogFile({
    directory: join(app.getPath('userData'), 'logs'),
    clock,
    scrub,
    echo: app.isPackaged ? null : (line) => process.stderr.write(`${line}\n`),
  });
  let desktop: DesktopApp | null = null;
  let stopped = false;

  process.on('uncaughtException', (error) => {
    log.error('app.uncaught', { error: error.message, stack: error.stack?.slice(0, 2000) });
  });
  process.on('unhandledRejection', (reason) => {
    log.error('app.unhandled', { error: reason instanceof Error ? reason.message : typeof reason });
  });
  process.on('SIGTERM', () => app.quit());
  process.on('SIGINT', () => app.quit());

  // The other instance's words are data: only our own flags count, and they come as an object, not as its command line.
  app.on('second-instance', (_event, _argv, _directory, handedOver) => {
    const wanted = handedOver as { quit?: unknown } | undefined;
    if (wanted?.quit === true) app.quit();
    else desktop?.show();
  });
  app.on('activate', () => desktop?.show());
  app.on('window-all-closed', () => undefined); // The app lives in the tray.
  app.on('will-quit', (event) => {
    if (stopped || !desktop) return;
    event.preventDefault();
    const finish = (): void => {
      stopped = true;
      app.exit(0);
    };
    setTimeout(finish, quitDeadlineMs);
    desktop.stop().then(finish, finish);
  });

  // Not awaited at top level: Electron waits for this module before it becomes ready.
  const start = async (): Promise<void> => {
    if (request.quit) {
      app.exit(0);
      return;
    }
    desktop = compose({ clock, log, request, appRoot: app.getAppPath() });
    await desktop.start();
  };
  void app
    .whenReady()
    .then(start)
    .catch((error: unknown) => {
      const reason = error instanceof Error ? error.message : 'unknown';
      log.error('app.start-failed', { error: reason });
      // Not translated: what went wrong may be the very settings that name the language.
      dialog.showErrorBox(
        'Mytoken Desktop cannot start',
        `${scrub(reason)}\n\nNothing was changed. Check the files in ${app.getPath('userData')}, then start again.`,
      );
      app.exit(1);
    });
}

function refuse(message: string): never {
  process.stderr.write(`${message}\n`);
  app.exit(2);
  throw new Error(message);
}

/** For `--status`: what the discovery file of a running instance says. */
function describeRunning(): string {
  const { runtime } = appPaths({
    platform: process.platform,
    userData: app.getPath('userData'),
    environment: process.env,
  });
  try {
    return readFileSync(join(runtime, 'endpoint.json'), 'utf8').trim();
  } catch {
    return '{"running": "unknown", "reason": "no local endpoint is announced"}';
  }
}
