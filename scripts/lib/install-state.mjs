/**
 * Is the installed node_modules the one that package-lock.json describes?
 *
 * npm removes node_modules first and writes node_modules/.package-lock.json last, so an interrupted `npm ci` leaves
 * neither that file nor our stamp. A user's own `npm ci` leaves npm's file only: it is compared with the lockfile and,
 * when both agree, stamped. Plain ESM without dependencies: this runs before anything is installed.
 */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const STAMP = '.mytoken-install';

/** @param {string} path */
function readOrNull(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}

/**
 * One hash over what decides the content of node_modules: the lockfile and the platform its binaries are for.
 * @param {string} lockText
 * @param {string} platform
 */
export function installStamp(lockText, platform) {
  return createHash('sha256').update(platform).update('\0').update(lockText).digest('hex');
}

/**
 * Compares npm's record of what is installed with the lockfile. Only optional packages (builds for other platforms)
 * may be missing.
 * @param {string} lockText
 * @param {string} installedText
 */
export function installedMatchesLock(lockText, installedText) {
  let wanted;
  let installed;
  try {
    wanted = JSON.parse(lockText).packages ?? {};
    installed = JSON.parse(installedText).packages ?? {};
  } catch {
    return false;
  }
  const own = Object.keys(wanted).filter((path) => path.startsWith('node_modules/'));
  for (const path of own) {
    const want = wanted[path];
    const have = installed[path];
    if (have === undefined) {
      if (want.optional === true || want.devOptional === true) continue;
      return false;
    }
    if (want.version !== have.version || want.integrity !== have.integrity) return false;
  }
  return own.length > 0;
}

/**
 * Packages that npm recorded and that are gone all the same: a deletion by hand, or an update that was interrupted.
 * @param {string} folder
 * @param {string} installedText
 */
function packagesAreThere(folder, installedText) {
  try {
    const paths = Object.keys(JSON.parse(installedText).packages ?? {});
    return paths.every((path) => existsSync(join(folder, path, 'package.json')));
  } catch {
    return false;
  }
}

/**
 * @param {string} folder the folder that holds package-lock.json and node_modules
 * @param {string} nodeBinary path of the Node that the install must have brought along
 * @returns {{ ready: boolean, reason: string }}
 */
export function inspectInstall(folder, nodeBinary, platform = `${process.platform}-${process.arch}`) {
  const lockText = readOrNull(join(folder, 'package-lock.json'));
  if (lockText === null) return { ready: false, reason: 'package-lock.json is missing' };
  const modules = join(folder, 'node_modules');
  if (!existsSync(modules)) return { ready: false, reason: 'nothing is installed yet' };
  const installedText = readOrNull(join(modules, '.package-lock.json'));
  if (installedText === null) return { ready: false, reason: 'the last install did not finish' };
  if (!existsSync(nodeBinary)) return { ready: false, reason: 'the tools’ own Node is missing' };
  if (!packagesAreThere(folder, installedText)) return { ready: false, reason: 'some packages are missing' };
  const stamp = installStamp(lockText, platform);
  if (readOrNull(join(modules, STAMP)) === stamp) return { ready: true, reason: 'stamp' };
  if (!installedMatchesLock(lockText, installedText)) {
    return { ready: false, reason: 'package-lock.json has changed' };
  }
  markInstalled(folder, platform);
  return { ready: true, reason: 'npm’s own record' };
}

/** @param {string} folder */
export function markInstalled(folder, platform = `${process.platform}-${process.arch}`) {
  const lockText = readFileSync(join(folder, 'package-lock.json'), 'utf8');
  try {
    writeFileSync(join(folder, 'node_modules', STAMP), installStamp(lockText, platform));
  } catch {
    // A checkout that is read-only for this user is fine: the comparison is simply repeated next time.
  }
}
