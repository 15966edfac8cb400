/** `npm start [-- arguments for the app]`: builds what has changed and runs the app on your own profile. */
import { buildApp } from './lib/build-app.ts';
import { resolveElectron, sandboxHelper } from './lib/electron-runtime.ts';
import { runInForeground } from './lib/foreground.ts';
import { isRoot, ROOT } from './lib/paths.ts';
import { AdviceError, runScript } from './lib/say.ts';
import { namespacesWork } from './lib/session-user.ts';
import { ensureSystemPackages } from './lib/system-packages.ts';
import { sandboxHelperWorks } from './lib/sandbox-helper.ts';

function refuseRoot(): void {
  if (!isRoot()) return;
  throw new AdviceError(
    'Mytoken Desktop does not run as root: its windows would lose Chromium’s sandbox, and your keyring belongs to ' +
      'your own user.\nLog in as an ordinary user and run npm start there. To see the app without a desktop, run: ' +
      'npm run demo',
  );
}

function requireDisplay(): void {
  if (process.platform !== 'linux' || process.env.DISPLAY || process.env.WAYLAND_DISPLAY) return;
  throw new AdviceError('There is no display here. Start it from a desktop session, or run: npm run demo');
}

await runScript(async (args) => {
  refuseRoot();
  requireDisplay();
  await ensureSystemPackages(['runtime']);
  const electron = await resolveElectron();
  if (process.platform === 'linux') {
    const helper = sandboxHelper(electron);
    if (!sandboxHelperWorks(helper) && !(await namespacesWork({}))) {
      throw new AdviceError(
        'This system does not let ordinary programs build Chromium’s sandbox. Allow its helper once, then start again:\n' +
          `  sudo sh -c 'chown root:root "${helper}" && chmod 4755 "${helper}"'`,
      );
    }
  }
  await buildApp();
  const env = { ...process.env };
  delete env.ELECTRON_RUN_AS_NODE;
  return await runInForeground(electron.executable, [ROOT, ...args], { cwd: ROOT, env });
});
