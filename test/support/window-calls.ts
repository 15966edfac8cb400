import { expect, type Page } from '@playwright/test';
import type { Sandbox } from '../../sandbox/index.ts';

interface Reply {
  readonly ok: boolean;
  readonly result?: unknown;
  readonly error?: { readonly code: string };
}
type Bridge = Readonly<Record<string, (args: unknown) => Promise<Reply>>>;

/** What the window's page would ask the main process, without the clicks; the answer whatever it is. */
export async function ask(window: Page, channel: string, args: unknown): Promise<Reply | undefined> {
  return window.evaluate(
    ([name, value]) => (globalThis as unknown as { mytokenBridge: Bridge }).mytokenBridge[name]?.(value),
    [channel, args] as const,
  );
}

/** The same for calls that have to succeed; what they resolve to. */
export async function call(window: Page, channel: string, args: unknown): Promise<unknown> {
  const reply = await ask(window, channel, args);
  expect(reply?.ok, JSON.stringify(reply?.error)).toBe(true);
  return reply?.result;
}

/** An account of the app with the mytoken that it was made from. */
export interface Imported {
  readonly id: string;
  readonly value: string;
  readonly momId: string;
}

/** An account of alice's, its mytoken pasted as a person would; the short name is `name` in small letters. */
export async function importAccount(
  window: Page,
  sandbox: Sandbox,
  name: string,
  options: Parameters<Sandbox['control']['issueMytoken']>[0] = {},
): Promise<Imported> {
  const issued = await sandbox.control.issueMytoken({ user: 'alice', name, ...options });
  const { accountId } = (await call(window, 'accounts:import', {
    source: { kind: 'paste', text: issued.value },
    displayName: name,
    shortname: name.toLowerCase(),
  })) as { accountId: string };
  return { id: accountId, value: issued.value, momId: issued.mom_id };
}

/** Past the first start's welcome, to the pages that are there every day. */
export async function skipWelcome(window: Page): Promise<void> {
  await window.getByText('Welcome to Mytoken Desktop').waitFor();
  await call(window, 'settings:update', { onboardingDone: true });
}
