import { execFile } from 'node:child_process';
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, type Page, test } from '@playwright/test';
import type { RunningApp } from '../support/app-driver.ts';
import { answer, question } from '../support/approval-page.ts';
import { axeFindings } from '../support/axe-findings.ts';
import { useDesk } from '../support/desk.ts';
import { call, importAccount, skipWelcome } from '../support/window-calls.ts';

const run = promisify(execFile);

const desk = useDesk();

const runtime = (): string => join(desk.session.env['XDG_RUNTIME_DIR'] ?? '', 'mytoken-desktop');
const socketPath = (): string => join(runtime(), 'http.sock');

/** One account that may make mytokens, and the programs page open. */
async function openPrograms(): Promise<RunningApp> {
  const app = await desk.launch();
  const { window } = app;
  await skipWelcome(window);
  await importAccount(window, desk.sandbox, 'Alpha', {
    capabilities: ['AT', 'tokeninfo', 'create_mytoken'],
  });
  await window.getByRole('button', { name: 'Programs', exact: true }).click();
  return app;
}

function post(path: string, body: unknown, key?: string): Promise<Response> {
  const { addresses } = JSON.parse(readFileSync(join(runtime(), 'endpoint.json'), 'utf8')) as {
    addresses: string[];
  };
  return fetch(`${addresses[0] ?? ''}${path}`, {
    method: 'POST',
    headers: {
      'Content-Type': 'application/json',
      ...(key === undefined ? {} : { Authorization: `Bearer ${key}` }),
    },
    body: JSON.stringify(body),
  });
}

/** Pictures of a screen in both themes and narrow, for looking at; axe has to find nothing in any. */
async function look(window: Page, name: string): Promise<void> {
  const picture = (kind: string): string => test.info().outputPath(`${name}-${kind}.png`);
  for (const theme of ['light', 'dark'] as const) {
    await call(window, 'settings:update', { theme });
    await window.waitForTimeout(400); // colours fade in; axe would measure half-way contrast
    expect(await axeFindings(window), `${name} ${theme}`).toEqual([]);
    await window.screenshot({ path: picture(theme) });
  }
  const size = window.viewportSize();
  await window.setViewportSize({ width: 400, height: 760 });
  await call(window, 'settings:update', { theme: 'light', language: 'de' });
  await window.waitForTimeout(400);
  await window.screenshot({ path: picture('narrow-de') });
  await call(window, 'settings:update', { language: 'en' });
  await window.setViewportSize(size ?? { width: 1000, height: 720 });
}

test('R-45: a program is paired by the code it shows, asks for a mytoken with its key, and gets what the user made of it', async () => {
  test.setTimeout(180_000);
  const running = await openPrograms();
  const { window } = running;
  await window.getByLabel('Let local programs ask', { exact: true }).click();
  await expect(window.getByRole('list', { name: 'Addresses' })).toBeVisible();

  const begun = (await (await post('/v1/pair', { label: 'Backup tool' })).json()) as {
    code: string;
    pairing: string;
  };
  await window.getByRole('button', { name: 'Enter a pairing code' }).click();
  await window.getByRole('textbox', { name: 'Code from the program' }).fill('AAAA-AAAA');
  await window.getByRole('button', { name: 'Next' }).click();
  await expect(window.getByText('No program waits with this code.')).toBeVisible();
  await window.getByRole('textbox', { name: 'Code from the program' }).fill(begun.code.toLowerCase());
  await look(window, 'pairing-code');
  await window.getByRole('button', { name: 'Next' }).click();
  await expect(window.getByText('It calls itself “Backup tool”. Nobody checked that.')).toBeVisible();
  await expect(window.getByRole('textbox', { name: 'Program' })).toHaveValue('Backup tool');
  await look(window, 'pairing-terms');
  expect((await post('/v1/pair/key', { pairing: begun.pairing })).status).toBe(202);
  await window.getByRole('button', { name: 'Pair', exact: true }).click();
  await expect(window.getByText(/Backup tool fetches its key/)).toBeVisible();
  await window.getByRole('button', { name: 'Close' }).click();

  const fetched = await post('/v1/pair/key', { pairing: begun.pairing });
  const { client_key: key } = (await fetched.json()) as { client_key: string };
  expect((await post('/v1/pair/key', { pairing: begun.pairing })).status).toBe(404);
  expect((await post('/v1/access-token', {}, key)).status).toBe(200);

  const wish = { capabilities: ['AT', 'tokeninfo'], restrictions: [{ exp: '+7d' }], name: 'backup' };
  const { page, asked } = await question(running, () => post('/v1/mytoken', wish, key));
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Backup tool wants a mytoken');
  await expect(page.getByText('It holds the key that you gave this name', { exact: false })).toBeVisible();
  await page.screenshot({ path: test.info().outputPath('question.png') });
  await page.getByRole('button', { name: 'Give less…' }).click();
  await page.getByRole('checkbox', { name: /look at itself/ }).uncheck();
  await answer(page, 'Allow');
  const granted = (await ((await asked) as Response).json()) as Record<string, unknown>;
  expect(granted).toMatchObject({ mytoken_type: 'token', capabilities: ['AT'], narrowed: ['capabilities'] });
  expect(granted['mytoken']).toMatch(/^eyJ/);

  const denied = await question(running, () => post('/v1/mytoken', { ...wish, name: 'other' }, key));
  await answer(denied.page, 'Deny');
  const refused = (await denied.asked) as Response;
  expect(refused.headers.get('content-type')).toBe('application/problem+json');
  expect(await refused.json()).toMatchObject({ status: 403, code: 'agent/denied' });
});

test('without a key on the socket: the user is asked once who may, by curl as it is', async () => {
  test.setTimeout(180_000);
  const running = await openPrograms();
  const { window } = running;
  await window.getByLabel('Let local programs ask on the socket').click();
  await window.getByLabel('No key needed on the socket').click();
  await expect(window.getByRole('textbox', { name: 'Try it in a terminal' })).toHaveValue(/--unix-socket/);
  await look(window, 'socket');

  const script = join(desk.session.dir, 'night-job.sh');
  const line = `curl -sS --unix-socket '${socketPath()}' -H 'Content-Type: application/json' -d '{}' http://mytoken-desktop/v1/access-token`;
  writeFileSync(script, `#!/bin/sh\n${line}\nexit $?\n`);
  chmodSync(script, 0o755);
  const job = async (): Promise<string> =>
    (await run(script, [], { env: desk.session.env, timeout: 60_000 })).stdout;

  const { page, asked } = await question(running, job);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('night-job.sh wants an access token');
  await page.getByRole('checkbox', { name: 'If I allow it, do not ask again' }).check();
  await answer(page, 'Allow');
  expect(JSON.parse((await asked) as string)).toMatchObject({ account: 'alpha', token_type: 'Bearer' });
  expect(JSON.parse(await job())).toMatchObject({ account: 'alpha' });

  await window.getByLabel('No key needed on the socket').click();
  await expect
    .poll(async () => (JSON.parse(await job()) as { code?: string }).code)
    .toBe('agent/unauthorized');
});
