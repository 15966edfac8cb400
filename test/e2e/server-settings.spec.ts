import { join } from 'node:path';
import { expect, type Page, test } from '@playwright/test';
import { nextOpenedUrl } from '../support/app-driver.ts';
import { axeFindings } from '../support/axe-findings.ts';
import { useDesk } from '../support/desk.ts';
import { call, importAccount, skipWelcome } from '../support/window-calls.ts';

const key = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIE3LKW8+jKqlhEf8fqYTKqxAyJGYpUrZrZoYN4wBHVyz alice@laptop';

const desk = useDesk({ pollingIntervalSeconds: 1 });

async function openServerTab(capabilities: string[]): Promise<Page> {
  const app = await desk.launch();
  const { window } = app;
  await skipWelcome(window);
  await importAccount(window, desk.sandbox, 'Alpha', { capabilities });
  await window.getByRole('button', { name: 'Alpha', exact: true }).click();
  await window.getByRole('tab', { name: 'Server settings' }).click();
  return window;
}

test('a mail address is changed and an ssh key added, used and removed', async () => {
  desk.sandbox.control.setEmail({ user: 'alice', address: 'alice@example.org', verified: true });
  const window = await openServerTab(['AT', 'tokeninfo', 'settings']);
  await expect(window.getByText('alice@example.org is confirmed.')).toBeVisible();
  await window.getByRole('textbox', { name: 'Address' }).fill('new@example.org');
  await window.getByRole('button', { name: 'Change address' }).click();
  await expect(window.getByText('new@example.org is not confirmed yet', { exact: false })).toBeVisible();
  expect(desk.sandbox.control.mails().map(({ to }) => to)).toContain('new@example.org');

  await expect(window.getByText('No keys.')).toBeVisible();
  await window.getByLabel('Getting mytokens over ssh is allowed').click();
  await window.getByRole('button', { name: 'Add a key' }).click();
  await window.getByRole('textbox', { name: 'Public key' }).fill(key);
  await window.getByRole('textbox', { name: 'Name', exact: true }).fill('laptop');
  const results = process.env['MYTOKEN_DESKTOP_RESULTS'] ?? desk.session.dir;
  await window.screenshot({ path: join(results, 'server-form.png') });
  expect(await axeFindings(window)).toEqual([]);
  await window.getByRole('button', { name: 'Go on in the browser' }).click();
  await expect(window.getByText('Look at your browser', { exact: false })).toBeVisible();
  await desk.sandbox.control.completeLogin(await nextOpenedUrl(desk.session), { user: 'alice' });

  await expect(window.getByText('The key works. Take this away now.')).toBeVisible({ timeout: 20_000 });
  await window.getByRole('button', { name: 'Copy the ssh command' }).click();
  await expect
    .poll(() => desk.app.electron.evaluate(({ clipboard }) => clipboard.readText()))
    .toMatch(/^ssh -p 2222 \S+@127\.0\.0\.1 MT$/);
  await window.getByRole('button', { name: 'Show it' }).click();
  const command = await window.getByLabel('Command').inputValue();
  const sshUser = / (\S+)@/.exec(command)?.[1] ?? '';
  await expect(window.getByLabel('For ~/.ssh/config')).toHaveValue(new RegExp(`User ${sshUser}`));
  const fingerprint = await window.getByText(/^SHA256:/).innerText();
  expect(desk.sandbox.control.tryAsSsh({ sshUser, fingerprint })).toBe(true);
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
  expect(desk.sandbox.control.tryAsSsh({ sshUser, fingerprint })).toBe(false);
});

test('what the mytoken may not do is named, with the way to it', async () => {
  const window = await openServerTab(['AT', 'tokeninfo', 'read@settings:email']);
  await expect(window.getByText('settings:email', { exact: true }).first()).toBeVisible();
  await expect(window.getByText('read@settings:grants:ssh', { exact: true })).toBeVisible();
  await expect(window.getByRole('button', { name: 'Add a key' })).toHaveCount(0);
  expect(await axeFindings(window)).toEqual([]);
});
