import { expect, type Page } from '@playwright/test';
import type { RunningApp } from '../support/app-driver.ts';
import { isAskingShown, noQuestion, question, shownQuestion } from '../support/approval-page.ts';
import { axeFindings } from '../support/axe-findings.ts';
import { cutOff, pictureOf, sizeWindow } from '../support/window-looks.ts';
import { test } from '../support/asking-stage.ts';
import { call } from '../support/window-calls.ts';

/** From now on these scripts of windows cannot be read, as if the installation were damaged. */
async function breakScripts(running: RunningApp, which: 'all' | 'all but the first'): Promise<void> {
  await running.electron.evaluate((_electron, onlyLater) => {
    const files = process.getBuiltinModule('node:fs/promises');
    const { readFile } = files;
    let spared = !onlyLater;
    files.readFile = ((path: unknown, ...more: []) => {
      if (!/[\\/]out[\\/]renderer[\\/].*\.js$/.test(String(path))) return readFile(path as string, ...more);
      if (spared) return Promise.reject(new Error('damaged'));
      spared = true;
      return readFile(path as string, ...more);
    }) as typeof readFile;
    process.getBuiltinModule('node:module').syncBuiltinESMExports();
  }, which === 'all but the first');
}

const closeAsking = (running: RunningApp): Promise<void> =>
  running.electron.evaluate(({ BrowserWindow }) =>
    BrowserWindow.getAllWindows()
      .find((each) => each.webContents.getURL().startsWith('app://approval/'))
      ?.close(),
  );

for (const which of ['all', 'all but the first'] as const) {
  test(`a page whose scripts do not load (${which}) says that its buttons do not work; closing it denies`, async ({
    stage,
  }) => {
    const running = await stage.open(['Alpha']);
    await breakScripts(running, which);
    const asked = stage.ask({ scope: 'openid' });
    const page = await shownQuestion(running);
    const notice = page.getByText('The buttons of this window do not work', { exact: false });
    await expect(notice).toBeVisible({ timeout: 15_000 });
    // It lies over the dead buttons: nobody presses them in vain. Nor can anything else be ticked or pressed.
    const deny = page.getByRole('button', { name: 'Deny', exact: true });
    expect(
      await deny.evaluate((button) => {
        const { x, y, width, height } = button.getBoundingClientRect();
        return document.elementFromPoint(x + width / 2, y + height / 2)?.closest('[role=alert]') !== null;
      }),
    ).toBe(true);
    await expect(page.locator('button, input')).not.toHaveCount(0);
    await expect(page.locator(':is(button, input):enabled')).toHaveCount(0);
    await closeAsking(running);
    expect(await asked).toMatchObject({ error: 'operation forbidden' });
    await noQuestion(running);
  });
}

test('R-64 the time runs out while somebody gives less: it is said, and the window stays until it is closed', async ({
  stage,
}) => {
  const running = await stage.open(['Alpha']);
  const { window } = running;
  await call(window, 'settings:update', { endpoint: { enabled: true, port: 0, allowLocalhostName: false } });
  const { key } = (await call(window, 'clients:create', {
    ...{ name: 'Backup tool', accountIds: null, expiresInDays: null },
  })) as { key: string };
  const address = async (): Promise<string | undefined> =>
    ((await call(window, 'state:get', null)) as { endpoint: { addresses: string[] } }).endpoint.addresses[0];
  await expect.poll(address).toBeDefined();
  const base = (await address()) ?? '';
  const { page, asked } = await question(running, () =>
    fetch(`${base}/v1/mytoken`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${key}`, 'Content-Type': 'application/json', Prefer: 'wait=8' },
      body: JSON.stringify({ account: 'alpha', capabilities: ['AT'], restrictions: [{ exp: '+7d' }] }),
    }),
  );
  await call(window, 'approval:show', null); // as from the notification: it has the focus now
  await page.getByRole('button', { name: 'Give less…' }).click();
  await page.getByRole('checkbox').first().waitFor();
  const response = (await asked) as Response;
  expect(await response.json()).toMatchObject({ type: expect.stringContaining('agent/approval-timeout') });
  await expect(page.getByText('The time ran out. Backup tool was given nothing.')).toBeVisible();
  await expect(page.getByRole('checkbox').first()).toBeVisible();
  await expect(page.getByRole('button', { name: 'Allow', exact: true })).toHaveCount(0);
  expect(await isAskingShown(running)).toBe(true);
  await page.getByRole('button', { name: 'Close', exact: true }).click();
  await noQuestion(running);

  const next = await question(running, () => stage.ask({ scope: 'openid' }));
  await next.page.getByRole('button', { name: 'Deny', exact: true }).click();
  expect(await next.asked).toMatchObject({ error: 'operation forbidden' });
});

/** Buttons of which some part can still be pressed. */
const bareButtons = (page: Page): Promise<readonly string[]> =>
  page.evaluate(() =>
    [...document.querySelectorAll('button')]
      .filter((each) => /Ablehnen|Erlauben|blockieren/.test(each.textContent))
      .filter((each) => {
        const { left, right, top, bottom } = each.getBoundingClientRect();
        return [top + 2, (top + bottom) / 2, bottom - 2].some((y) => {
          const hit = document.elementFromPoint((left + right) / 2, y);
          return hit !== null && each.contains(hit);
        });
      })
      .map((each) => each.textContent),
  );

for (const [name, width, zoom, theme] of [
  ['narrow', 400, 1, 'light'],
  ['large', 620, 2, 'dark'],
] as const) {
  test(`in German, what is said in the place of the answers is whole and covers them (${name})`, async ({
    stage,
  }) => {
    const running = await stage.open(['Alpha']);
    await call(running.window, 'settings:update', { theme, language: 'de' });
    const waiting = await question(running, () => stage.ask({ scope: 'openid' }));
    await sizeWindow(running, waiting.page, { width, zoom });
    await waiting.page.getByText('Du kannst jetzt antworten.').first().waitFor();
    const { approval } = (await call(waiting.page, 'approval:get', null)) as { approval: { id: string } };
    await running.electron.evaluate(
      ({ BrowserWindow }, { url, id }) =>
        BrowserWindow.getAllWindows()
          .find((each) => each.webContents.getURL() === url)
          ?.webContents.send('approval:over', id),
      { url: waiting.page.url(), id: approval.id },
    );
    await waiting.page.getByText('Die Zeit ist abgelaufen.', { exact: false }).waitFor();
    await expect(waiting.page.getByRole('button', { name: 'Schließen' })).toBeInViewport({ ratio: 1 });
    expect(await cutOff(waiting.page)).toEqual([]);
    expect(await axeFindings(waiting.page)).toEqual([]);
    await pictureOf(running, waiting.page, `over-${name}`);
    await closeAsking(running);
    await waiting.asked;
    // After three refusals, of which closing was one, the answers take several lines.
    for (const scope of ['email', 'profile']) {
      const refused = await question(running, () => stage.ask({ scope }));
      await refused.page.getByRole('button', { name: 'Ablehnen', exact: true }).click();
      await refused.asked;
    }
    await noQuestion(running);

    await running.electron.evaluate(({ BrowserWindow }) =>
      BrowserWindow.getAllWindows()
        .find((each) => each.webContents.getURL().startsWith('app://approval/'))
        ?.destroy(),
    );
    await breakScripts(running, 'all');
    const asked = stage.ask({ scope: 'compute.read' });
    const page = await shownQuestion(running);
    await sizeWindow(running, page, { width, zoom });
    const notice = page.getByText('Die Knöpfe dieses Fensters gehen', { exact: false });
    await expect(notice).toBeVisible({ timeout: 15_000 });
    await expect(page.getByRole('button', { name: 'Dieses Programm blockieren' })).toHaveCount(1);
    expect(await cutOff(page)).toEqual([]);
    expect(await bareButtons(page)).toEqual([]);
    await pictureOf(running, page, `not-answering-${name}`);
    await closeAsking(running);
    await asked;
  });
}
