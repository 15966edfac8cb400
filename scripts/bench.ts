/** `npm run bench [-- --quick | --rounds N] [--only app|agents|approval] [--accounts N] [--json FILE]`: the app beside a bare Electron and oidc-agent, and its questions; see docs/benchmarks.md. */
import { join } from 'node:path';
import { buildApp } from './lib/build-app.ts';
import { resolveElectron } from './lib/electron-runtime.ts';
import { runInForeground } from './lib/foreground.ts';
import { ROOT } from './lib/paths.ts';
import { AdviceError, runScript } from './lib/say.ts';

await runScript(async (args) => {
  if (process.platform !== 'linux') {
    throw new AdviceError(
      'The benchmark reads memory from /proc and needs a desktop of its own: run it on Linux.',
    );
  }
  await resolveElectron();
  await buildApp();
  return await runInForeground(process.execPath, [join(ROOT, 'test', 'bench', 'run.ts'), ...args], {
    cwd: ROOT,
  });
});
