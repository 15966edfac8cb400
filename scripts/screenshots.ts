/** `npm run screenshots`: the pictures in docs/screenshots/, taken from the real app with the sandbox behind it. */
import { cpSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { buildApp } from './lib/build-app.ts';
import { runInDesktopSession } from './lib/desktop-session.ts';
import { resolveElectron } from './lib/electron-runtime.ts';
import { ROOT } from './lib/paths.ts';
import { runScript, say } from './lib/say.ts';
import { ensureSystemPackages } from './lib/system-packages.ts';

await runScript(async () => {
  await ensureSystemPackages(['runtime', 'desktop', 'browser', 'tools']);
  await resolveElectron();
  await buildApp();
  const results = join(ROOT, 'test-results', 'screenshots');
  const { exitCode } = await runInDesktopSession({
    command: process.execPath,
    args: [join(ROOT, 'scripts', 'lib', 'take-screenshots.ts')],
    keyring: 'gnome',
    display: 'virtual',
    resultsDir: results,
  });
  if (exitCode !== 0) return exitCode;
  const target = join(ROOT, 'docs', 'screenshots');
  rmSync(target, { recursive: true, force: true });
  mkdirSync(target, { recursive: true });
  cpSync(join(results, 'pictures'), target, { recursive: true });
  say(`Pictures are in ${target}.`);
  return 0;
});
