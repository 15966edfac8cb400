import { expect, type Page } from '@playwright/test';
import type { RunningApp } from './app-driver.ts';

/** Whether the approval window is on the screen; null when the app could not tell just now. It stays loaded and hidden for a while. */
export async function isAskingShown(running: RunningApp): Promise<boolean | null> {
  return running.electron
    .evaluate(({ BrowserWindow }) =>
      BrowserWindow.getAllWindows().some(
        (window) => window.webContents.getURL().startsWith('app://approval/') && window.isVisible(),
      ),
    )
    .catch(() => null);
}

function approvalPage(running: RunningApp): Page | undefined {
  return running.electron.windows().find((each) => each.url().startsWith('app://approval/'));
}

/** Waits until a question is on the screen; its page. */
export async function shownQuestion(running: RunningApp): Promise<Page> {
  await expect.poll(() => isAskingShown(running), { timeout: 20_000 }).toBe(true);
  // The app can have the window on the screen a moment before Playwright has its page.
  let page: Page | undefined;
  await expect
    .poll(() => (page = approvalPage(running)), {
      message: 'the page of the approval window',
      timeout: 20_000,
    })
    .toBeDefined();
  if (page === undefined) throw new Error('The approval window has no page.');
  await page.getByRole('heading', { level: 1 }).waitFor();
  return page;
}

/** Waits until nothing is asked any more. */
export async function noQuestion(running: RunningApp): Promise<void> {
  await expect.poll(() => isAskingShown(running), { timeout: 20_000 }).toBe(false);
}

/** Lets a program ask, and waits for the question to be on the screen. Nothing else may be waiting. */
export async function question(
  running: RunningApp,
  ask: () => Promise<unknown>,
): Promise<{ readonly page: Page; readonly asked: Promise<unknown> }> {
  await noQuestion(running);
  const asked = ask();
  asked.catch(() => undefined);
  return { page: await shownQuestion(running), asked };
}

/** Presses a button of the approval window; allowing waits until it is armed. */
export async function answer(page: Page, name: string): Promise<void> {
  await page.getByRole('button', { name, exact: true }).click();
}
