import { join } from 'node:path';
import { ROOT } from './paths.ts';

export interface PackagedApp {
  /** Folder of the packaged app. */
  dir: string;
  /** What a user starts: the launcher. */
  launcher: string;
  /** The Electron binary, which carries the fuses. */
  binary: string;
}

/** Where `npm run package` leaves its result on Linux. */
export function packagedApp(): PackagedApp {
  const dir = join(ROOT, 'release', 'linux-unpacked');
  return { dir, launcher: join(dir, 'mytoken-desktop'), binary: join(dir, 'mytoken-desktop-bin') };
}
