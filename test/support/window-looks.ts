import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import type { RunningApp } from './app-driver.ts';

/** Makes the window of a page as wide as that, with everything in it enlarged. */
export async function sizeWindow(
  running: RunningApp,
  page: Page,
  { width, zoom }: { readonly width: number; readonly zoom: number },
): Promise<void> {
  await running.electron.evaluate(
    ({ BrowserWindow }, { url, ...size }) => {
      const shown = BrowserWindow.getAllWindows().find((each) => each.webContents.getURL() === url);
      shown?.setContentSize(size.width, 680);
      shown?.webContents.setZoomFactor(size.zoom);
    },
    { url: page.url(), width, zoom },
  );
}

/** A picture of a window, among the results. Not Playwright's own, which takes a part of a page that is enlarged. */
export async function pictureOf(running: RunningApp, page: Page, name: string): Promise<void> {
  const folder = process.env['MYTOKEN_DESKTOP_RESULTS'] ?? 'test-results';
  mkdirSync(folder, { recursive: true });
  const picture = await running.electron.evaluate(
    async ({ BrowserWindow }, url) =>
      (
        await BrowserWindow.getAllWindows()
          .find((each) => each.webContents.getURL() === url)
          ?.webContents.capturePage()
      )
        ?.toPNG()
        .toString('base64') ?? '',
    page.url(),
  );
  writeFileSync(join(folder, `${name}.png`), Buffer.from(picture, 'base64'));
}

/** What is wider than its place: its end cannot be read, or the page has to be pushed sideways. */
export const cutOff = (page: Page): Promise<readonly string[]> =>
  page.evaluate(() =>
    [...document.querySelectorAll('body, nav, main, main *')]
      .filter((each) => each.scrollWidth > each.clientWidth + 1 && each.clientWidth > 0)
      .filter((each) => each.textContent.trim() !== '' && getComputedStyle(each).display !== 'inline')
      .map((each) => `${each.tagName} ${each.textContent.slice(0, 40)}`),
  );
