/** Packs the app as a folder, `release/<platform>-unpacked`, without any download. */
import { build, Platform } from 'electron-builder';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { buildApp } from './build-app.ts';
import { resolveElectron } from './electron-runtime.ts';
import { packagedApp, type PackagedApp } from './packaged-app.ts';
import { ROOT } from './paths.ts';
import { say } from './say.ts';

export async function packageApp(): Promise<PackagedApp> {
  await buildApp();
  const electron = await resolveElectron();
  const result = packagedApp();
  rmSync(result.dir, { recursive: true, force: true });
  say(`Packaging with Electron ${electron.version} …`);
  if (electron.source === 'fallback') {
    say(
      'This is the fallback Electron: good for tests. Releases are built where the official one can be downloaded.',
    );
  }
  await build({
    projectDir: ROOT,
    targets: Platform.current().createTarget('dir'),
    publish: 'never',
    config: {
      extends: join(ROOT, 'electron-builder.yml'),
      electronDist: electron.distDir,
      electronVersion: electron.version,
    },
  });
  return result;
}
