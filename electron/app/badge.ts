import { app, type BrowserWindow, nativeImage } from 'electron';
import { withDot } from '../tray/index.ts';

const overlaySize = 16;
/** Blue, green, red, alpha: how Electron's bitmaps order them. */
export const dotColour = [0x2a, 0x6f, 0xe8, 0xff] as const;

/** How many requests wait, where the platform shows such a number: dock, launcher, or a dot on the taskbar's button. */
export function showBadge(count: number, window: BrowserWindow | null, words: string): void {
  switch (process.platform) {
    case 'darwin':
      app.dock?.setBadge(count === 0 ? '' : String(count));
      break;
    case 'win32': {
      const empty = { width: overlaySize, height: overlaySize, data: new Uint8Array(overlaySize ** 2 * 4) };
      const { data } = withDot(empty, dotColour);
      const icon = nativeImage.createFromBitmap(Buffer.from(data), {
        width: overlaySize,
        height: overlaySize,
      });
      window?.setOverlayIcon(count === 0 ? null : icon, words);
      break;
    }
    default:
      // Launchers that know it show it; nothing depends on that.
      app.setBadgeCount(count);
  }
}
