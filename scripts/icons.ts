/**
 * `node scripts/run.mjs icons`: draws the PNGs of assets/ from the SVGs in assets/source/. The PNGs are committed; this
 * runs only when a drawing has changed.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from 'playwright';
import { findChromium } from './lib/find-chromium.ts';
import { isRoot, ROOT } from './lib/paths.ts';
import { runScript, say } from './lib/say.ts';
import { ensureSystemPackages } from './lib/system-packages.ts';

const ICON_SIZES = [16, 22, 24, 32, 48, 64, 128, 256, 512];
const TRAY_SIZES = [16, 22, 24, 32, 44];
/** Named after the panel they are for: a dark panel needs light lines. */
const TRAY_COLOURS = { light: '#2e3436', dark: '#f2f2f2' };

await runScript(async () => {
  await ensureSystemPackages(['browser']);
  // The pages are our own drawings; Chromium's sandbox does not work for root.
  const browser = await chromium.launch({ executablePath: findChromium(), chromiumSandbox: !isRoot() });
  const page = await browser.newPage();
  const draw = async (svg: string, size: number, file: string): Promise<void> => {
    await page.setViewportSize({ width: size, height: size });
    const sized = svg.replace('<svg ', `<svg width="${size}" height="${size}" style="display:block" `);
    await page.setContent(`<body style="margin:0;background:transparent">${sized}</body>`);
    writeFileSync(join(ROOT, 'assets', file), await page.screenshot({ omitBackground: true }));
  };
  for (const folder of ['icons', 'tray']) mkdirSync(join(ROOT, 'assets', folder), { recursive: true });
  const source = (name: string): string =>
    readFileSync(join(ROOT, 'assets', 'source', `${name}.svg`), 'utf8');
  for (const size of ICON_SIZES) await draw(source('icon'), size, `icons/${size}x${size}.png`);
  for (const [panel, colour] of Object.entries(TRAY_COLOURS)) {
    for (const size of TRAY_SIZES) {
      for (const [drawing, prefix] of [
        ['tray', ''],
        ['tray-locked', 'locked-'],
      ] as const) {
        const svg = source(drawing).replaceAll('currentColor', colour);
        await draw(svg, size, `tray/${prefix}${panel}-${size}.png`);
      }
    }
  }
  // macOS tints these itself.
  for (const [drawing, name] of [
    ['tray', 'trayTemplate'],
    ['tray-locked', 'trayLockedTemplate'],
  ] as const) {
    const template = source(drawing).replaceAll('currentColor', '#000000');
    await draw(template, 16, `tray/${name}.png`);
    await draw(template, 32, `tray/${name}@2x.png`);
  }
  await browser.close();
  say('Icons are drawn, see assets/icons and assets/tray.');
  return 0;
});
