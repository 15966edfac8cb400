/**
 * `npm run demo [-- --json] [-- --once]`: the sandbox and the app on a throw-away profile. With a display the window opens on the first
 * start; without one (or with `--json`) the demo does the login itself.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startSandbox } from '../sandbox/index.ts';
import { buildApp } from './lib/build-app.ts';
import { runInDesktopSession } from './lib/desktop-session.ts';
import { resolveElectron } from './lib/electron-runtime.ts';
import { runInForeground } from './lib/foreground.ts';
import { isRoot, ROOT } from './lib/paths.ts';
import { runScript, say } from './lib/say.ts';
import { ensureSystemPackages } from './lib/system-packages.ts';

function hasDisplay(): boolean {
  return Boolean(process.env['DISPLAY'] ?? process.env['WAYLAND_DISPLAY']) || process.platform !== 'linux';
}

await runScript(async (args) => {
  const byItself = args.includes('--json') || args.includes('--once') || isRoot() || !hasDisplay();
  await ensureSystemPackages(byItself ? ['runtime', 'desktop', 'browser'] : ['runtime']);
  const electron = await resolveElectron();
  await buildApp();

  if (byItself) {
    const { exitCode } = await runInDesktopSession({
      command: process.execPath,
      args: [join(ROOT, 'scripts', 'lib', 'demo-headless.ts'), ...args],
      keyring: 'gnome',
      display: 'virtual',
    });
    return exitCode;
  }

  const sandbox = await startSandbox();
  const dir = mkdtempSync(join(tmpdir(), 'mytoken-demo-'));
  try {
    say(`Sandbox: ${sandbox.mytokenUrl}`);
    for (const user of sandbox.users) say(`  sign in as ${user.login} with the password ${user.password}`);
    say('The window is open. Close it and quit from the tray, or press Ctrl-C here, to end the demo.');
    const env = { ...process.env, MYTOKEN_DESKTOP_RUNTIME_DIR: join(dir, 'run') };
    delete (env as Record<string, string | undefined>)['ELECTRON_RUN_AS_NODE'];
    return await runInForeground(
      electron.executable,
      [ROOT, `--user-data-dir=${join(dir, 'profile')}`, `--prefill-instance=${sandbox.mytokenUrl}`],
      { cwd: ROOT, env },
    );
  } finally {
    await sandbox.stop();
    rmSync(dir, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  }
});
