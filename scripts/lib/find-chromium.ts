import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { AdviceError } from './say.ts';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

/** The system's Chromium: what plays the user's browser. */
export function findChromium(): string {
  for (const name of NAMES) {
    for (const folder of (process.env.PATH ?? '').split(delimiter)) {
      const path = join(folder, name);
      if (existsSync(path)) return path;
    }
  }
  throw new AdviceError('No Chromium was found. Install one, on Debian: apt-get install chromium');
}
