import { join } from 'node:path';

/** Whether to keep Chromium's sandbox on: wherever the machine allows it. For Playwright's `chromiumSandbox`. */
export function chromiumSandbox(): boolean {
  return process.env.MYTOKEN_DESKTOP_CHROMIUM_SANDBOX !== '0';
}

/** Arguments for Playwright's `_electron.launch`: a real keyring instead of the mock that Playwright asks for. */
export function electronArgs(app: string, ...rest: readonly string[]): string[] {
  const switches = join(import.meta.dirname, 'playwright-switches.cjs');
  const store = rest.some((word) => word.startsWith('--password-store='))
    ? []
    : ['--password-store=gnome-libsecret'];
  return ['-r', switches, '--disable-gpu', ...store, app, ...rest];
}
