import type { Page } from 'playwright';
import type { Sandbox } from '../../sandbox/index.ts';
import { type AppHome, logInThroughBrowser, nextOpenedUrl, openBrowser } from './app-driver.ts';

/** The first start as a person goes through it: choose the provider, log in in a real browser, come back. */
export async function addFirstAccount(window: Page, home: AppHome, sandbox: Sandbox): Promise<void> {
  await window.getByRole('radio').first().check();
  await window.getByLabel('Name of the account').fill('Demo account');
  await window.getByLabel('Short name (optional)').fill('demo');
  await window.getByRole('button', { name: 'Continue in the browser' }).click();
  const consentUrl = await nextOpenedUrl(home);
  const browser = await openBrowser();
  try {
    const [alice] = sandbox.users;
    if (!alice) throw new Error('The sandbox has no user.');
    await logInThroughBrowser(browser, consentUrl, alice);
  } finally {
    await browser.close();
  }
  await window.getByRole('heading', { name: 'You are set up' }).waitFor({ timeout: 20_000 });
}

/** Switches oidc-agent's socket on and lets programs have access tokens without a question; the socket's path. */
export async function letAgentClientsAsk(window: Page, account: string): Promise<string> {
  await window.getByRole('button', { name: 'Programs', exact: true }).click();
  await window.getByLabel('Answer programs of oidc-agent').click();
  const line = await window.getByRole('textbox', { name: 'Line for the shell' }).inputValue();
  await window.getByRole('tab', { name: 'What they may do' }).click();
  await window.getByRole('combobox', { name: account }).click();
  await window.getByRole('option', { name: 'Allow without asking' }).click();
  return line.replace(/^export OIDC_SOCK='/, '').replace(/'$/, '');
}

/** Switches the local endpoint on and makes a key for a program, both in the window; the key it shows. */
export async function letProgramAsk(window: Page, program: string): Promise<string> {
  await window.getByLabel('Let local programs ask').click();
  await window.getByRole('button', { name: 'Create a key for a program' }).click();
  await window.getByRole('button', { name: 'New key' }).first().click();
  await window.getByRole('textbox', { name: 'Program' }).fill(program);
  await window.getByRole('button', { name: 'Create key' }).click();
  const key = await window.getByRole('textbox', { name: 'Client key' }).inputValue();
  await window.getByRole('button', { name: 'I have stored it' }).click();
  return key;
}
