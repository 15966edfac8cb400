import { join } from 'node:path';
import { expect, type Page, test } from '@playwright/test';
import { type Sandbox, startSandbox } from '../../sandbox/index.ts';
import { launchApp, nextOpenedUrl, type RunningApp } from '../support/app-driver.ts';
import { axeFindings } from '../support/axe-findings.ts';
import { type PrivateSession, startPrivateSession } from '../support/desktop-session.ts';
import { call, skipWelcome } from '../support/window-calls.ts';

const key = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIE3LKW8+jKqlhEf8fqYTKqxAyJGYpUrZrZoYN4wBHVyz alice@laptop';

let sandbox: Sandbox;
let session: PrivateSession;
let app: RunningApp | null = null;

test.beforeEach(async () => {
  sandbox = await startSandbox({ pollingIntervalSeconds: 1 });
  session = await startPrivateSession({ keyring: 'unlocked' });
});

test.afterEach(async () => {
  await app?.kill().catch(() => undefined);
  app = null;
  await session.stop();
  await sandbox.stop();
});

async function openServerTab(capabilities: string[]): Promise<Page> {
  app = await launchApp(session);
  const { window } = app;
  await skipWelcome(window);
  const token = await sandbox.control.issueMytoken({ user: 'alice', name: 'Alpha', capabilities });
  await call(window, 'accounts:import', {
    source: { kind: 'paste', text: token.value },
    displayName: 'Alpha',
    shortname: 'alpha',
  });
  await window.getByRole('button', { name: 'Alpha', exact: true }).click();
  await window.getByRole('tab', { name: 'Server settings' }).click();
  return window;
}

test('a mail address is changed and an ssh key added, used and removed', async () => {
  sandbox.control.setEmail({ user: 'alice', address: 'alice@example.org', verified: true });
  const window = await openServerTab(['AT', 'tokeninfo', 'settings']);
  await expect(window.getByText('alice@example.org is confirmed.')).toBeVisible();
  await window.getByRole('textbox', { name: 'Address' }).fill('new@example.org');
  await window.getByRole('button', { name: 'Change address' }).click();
  await expect(window.getByText('new@example.org is not confirmed yet', { exact: false })).toBeVisible();
  expect(sandbox.control.mails().map(({ to }) => to)).toContain('new@example.org');

  await expect(window.getByText('No keys.')).toBeVisible();
  await window.getByLabel('Getting mytokens over ssh is allowed').click();
  await window.getByRole('button', { name: 'Add a key' }).click();
  await window.getByRole('textbox', { name: 'Public key' }).fill(key);
  await window.getByRole('textbox', { name: 'Name', exact: true }).fill('laptop');
  const results = process.env['MYTOKEN_DESKTOP_RESULTS'] ?? session.dir;
  await window.screenshot({ path: join(results, 'server-form.png') });
  expect(await axeFindings(window)).toEqual([]);
  await window.getByRole('button', { name: 'Go on in the browser' }).click();
  await expect(window.getByText('Look at your browser', { exact: false })).toBeVisible();
  await sandbox.control.completeLogin(await nextOpenedUrl(session), { user: 'alice' });

  await expect(window.getByText('The key works. Take this away now.')).toBeVisible({ timeout: 20_000 });
  await window.getByRole('button', { name: 'Copy the ssh command' }).click();
  await expect
    .poll(() => app?.electron.evaluate(({ clipboard }) => clipboard.readText()))
    .toMatch(/^ssh -p 2222 \S+@127\.0\.0\.1 MT$/);
  await window.getByRole('button', { name: 'Show it' }).click();
  const command = await window.getByLabel('Command').inputValue();
  const sshUser = / (\S+)@/.exec(command)?.[1] ?? '';
  await expect(window.getByLabel('For ~/.ssh/config')).toHaveValue(new RegExp(`User ${sshUser}`));
  const fingerprint = await window.getByText(/^SHA256:/).innerText();
  expect(sandbox.control.tryAsSsh({ sshUser, fingerprint })).toBe(true);
  expect(await axeFindings(window)).toEqual([]);
  await call(window, 'settings:update', { theme: 'dark', language: 'de' });
  await window.getByText('Der Schlüssel gilt.', { exact: false }).waitFor();
  await window.screenshot({ path: join(results, 'server-access-dark-de.png') });
  expect(await axeFindings(window)).toEqual([]);
  await call(window, 'settings:update', { theme: 'light', language: 'en' });
  await window.getByText('Close', { exact: true }).click();

  await window.getByRole('button', { name: 'Remove the key laptop' }).click();
  await window.getByRole('button', { name: 'Remove', exact: true }).last().click();
  await expect(window.getByText('No keys.')).toBeVisible();
  expect(sandbox.control.tryAsSsh({ sshUser, fingerprint })).toBe(false);
});

test('what the mytoken may not do is named, with the way to it', async () => {
  const window = await openServerTab(['AT', 'tokeninfo', 'read@settings:email']);
  await expect(window.getByText('settings:email', { exact: true }).first()).toBeVisible();
  await expect(window.getByText('read@settings:grants:ssh', { exact: true })).toBeVisible();
  await expect(window.getByRole('button', { name: 'Add a key' })).toHaveCount(0);
  expect(await axeFindings(window)).toEqual([]);
});
