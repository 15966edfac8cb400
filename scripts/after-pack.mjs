/**
 * electron-builder's hook, before signing: burns the fuses strictly, removes Electron's development loader and, on
 * Linux, puts a launcher in front of the program that forbids core dumps.
 */
import { flipFuses } from '@electron/fuses';
import { chmodSync, copyFileSync, existsSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { declaredFuses, fuseConfigFor } from './lib/fuses.ts';

/** @param {import('electron-builder').AfterPackContext} context */
export async function afterPack(context) {
  const { appOutDir, electronPlatformName: platform, packager } = context;
  const name = packager.executableName ?? packager.appInfo.productFilename;
  const program = join(appOutDir, `${name}${{ darwin: '.app', mas: '.app', win32: '.exe' }[platform] ?? ''}`);
  await flipFuses(program, await fuseConfigFor(program, declaredFuses(), platform === 'darwin'));
  // Done here, strictly: electron-builder would flip them again, by a path that is a script afterwards on Linux.
  packager.config.electronFuses = null;

  const resources =
    platform === 'darwin' ? join(program, 'Contents', 'Resources') : join(appOutDir, 'resources');
  rmSync(join(resources, 'default_app.asar'), { force: true });
  rmSync(join(appOutDir, 'mytoken-runtime.json'), { force: true });

  if (platform === 'linux') {
    const binary = `${program}-bin`;
    if (!existsSync(binary)) renameSync(program, binary);
    copyFileSync(join(import.meta.dirname, '..', 'assets', 'linux', 'launcher.sh'), program);
    chmodSync(program, 0o755);
  }
}
