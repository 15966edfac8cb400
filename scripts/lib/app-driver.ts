import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { _electron, chromium, type Browser, type ElectronApplication, type Page } from 'playwright';
import { findChromium } from './find-chromium.ts';
import { chromiumSandbox, electronArgs } from './playwright-electron.ts';

const root = join(import.meta.dirname, '..', '..');

/** Where the app shall live: the environment of a desktop session and a folder of its own. */
export interface AppHome {
  readonly env: Record<string, string>;
  readonly dir: string;
}

export interface RunningApp {
  readonly electron: ElectronApplication;
  readonly window: Page;
  /** Ends it the ordinary way. */
  close(): Promise<void>;
  /** kill -9, as a crash or power cut would. */
  kill(): Promise<void>;
}

export interface LaunchOptions {
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** Where the session's stand-in for the browser leaves the addresses it was asked to open. */
function openedFile(session: AppHome): string {
  return join(session.dir, 'opened-urls');
}

/** Puts an `xdg-open` in front of the PATH that writes down what it is asked to open. */
export function catchOpenedUrls(session: AppHome): void {
  const bin = join(session.dir, 'bin');
  mkdirSync(bin, { recursive: true });
  const script = join(bin, 'xdg-open');
  writeFileSync(script, `#!/bin/sh\nprintf '%s\\n' "$1" >> '${openedFile(session)}'\n`);
  chmodSync(script, 0o755);
  if (!session.env['PATH']?.startsWith(bin))
    session.env['PATH'] = `${bin}:${session.env['PATH'] ?? '/usr/bin:/bin'}`;
}

/** Waits for the next address the app hands to the browser. */
export async function nextOpenedUrl(session: AppHome, withinMs = 15_000): Promise<string> {
  const deadlineMs = Date.now() + withinMs;
  while (Date.now() < deadlineMs) {
    if (existsSync(openedFile(session))) {
      const url = readFileSync(openedFile(session), 'utf8').trim().split('\n').at(-1) ?? '';
      if (url !== '') {
        rmSync(openedFile(session));
        return url;
      }
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error('The app opened no page in the browser.');
}

/** The real app from out/, in the session. Waits for its window. */
export async function launchApp(session: AppHome, options: LaunchOptions = {}): Promise<RunningApp> {
  catchOpenedUrls(session);
  const electron = await _electron.launch({
    executablePath: electronExecutable(),
    args: electronArgs(root, ...(options.args ?? [])),
    cwd: root,
    env: { ...session.env, ...options.env },
    chromiumSandbox: chromiumSandbox(),
    timeout: 30_000,
  });
  const window = await electron.firstWindow();
  const process_ = electron.process();
  const ended = new Promise<void>((resolve) => process_.once('exit', () => resolve()));
  return {
    electron,
    window,
    async close() {
      await electron.close();
    },
    async kill() {
      process_.kill('SIGKILL');
      await ended;
    },
  };
}

function electronExecutable(): string {
  const dist = process.env['ELECTRON_OVERRIDE_DIST_PATH'];
  if (!dist) throw new Error('Run this through `npm test e2e`: it decides which Electron to use.');
  return join(dist, 'electron');
}

/** A real browser for the pages of mytoken server and provider. */
export async function openBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: findChromium(),
    chromiumSandbox: chromiumSandbox(),
    args: [
      '--disable-gpu',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--no-first-run',
    ],
  });
}

/** Does in the browser what a person does: approve, sign in, allow. Resolves to the text of the last page. */
export async function logInThroughBrowser(
  browser: Browser,
  consentUrl: string,
  user: { readonly login: string; readonly password: string },
): Promise<string> {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(consentUrl);
  await page.getByRole('button', { name: 'Approve' }).click();
  await page.getByLabel('User name').fill(user.login);
  await page.getByLabel('Password').fill(user.password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('button', { name: 'Allow' }).click();
  await page.waitForURL(/\/native/);
  const text = await page.locator('body').innerText();
  await context.close();
  return text;
}
