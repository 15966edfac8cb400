import { expect, type Page } from '@playwright/test';
import { answer, question } from '../support/approval-page.ts';
import { cutOff, pictureOf, sizeWindow } from '../support/window-looks.ts';
import { test } from '../support/asking-stage.ts';
import { axeFindings } from '../support/axe-findings.ts';
import { call } from '../support/window-calls.ts';

const looks = [
  { name: 'light', theme: 'light', language: 'en', width: 620, zoom: 1, forced: false },
  { name: 'dark', theme: 'dark', language: 'en', width: 620, zoom: 1, forced: false },
  { name: 'narrow-de', theme: 'light', language: 'de', width: 400, zoom: 1, forced: false },
  { name: 'large-dark-de', theme: 'dark', language: 'de', width: 620, zoom: 2, forced: false },
  { name: 'forced', theme: 'light', language: 'en', width: 620, zoom: 1, forced: true },
] as const;

const words = {
  en: {
    ...{
      deny: 'Deny',
      allow: 'Allow',
      details: 'Details',
      less: 'Give less…',
      remember: 'If I allow it, do not ask again',
    },
    ...{
      block: 'Block this program',
      unlock: 'Unlock',
      programs: 'Programs',
      permissions: 'What they may do',
    },
  },
  de: {
    ...{ deny: 'Ablehnen', allow: 'Erlauben', details: 'Einzelheiten', less: 'Weniger geben …' },
    ...{
      remember: 'Wenn ich es erlaube, nicht noch einmal fragen',
      block: 'Dieses Programm blockieren',
      unlock: 'Entsperren',
    },
    ...{ programs: 'Programme', permissions: 'Was sie dürfen' },
  },
} as const;

for (const { name, theme, language, width, zoom, forced } of looks) {
  test(`axe finds nothing, and nothing is cut off (${name})`, async ({ stage }) => {
    test.setTimeout(180_000);
    const t = words[language];
    const { sandbox } = stage;
    const running = await stage.open(['Alpha']);
    const { window } = running;
    const { value: limited } = await sandbox.control.issueMytoken({
      user: 'alice',
      restrictions: [{ scope: 'openid email compute.read' }],
    });
    await call(window, 'accounts:import', {
      source: { kind: 'paste', text: limited },
      ...{ displayName: 'Institute for Applied Examples, second mytoken', shortname: 'institute' },
    });
    await call(window, 'settings:update', { theme, language });
    const problems: Record<string, unknown> = {};
    const inspect = async (page: Page, screen: string): Promise<void> => {
      await sizeWindow(running, page, { width, zoom });
      await page.emulateMedia({ forcedColors: forced ? 'active' : 'none' });
      await page.waitForTimeout(1_500); // armed, colours settled
      const found = await axeFindings(page);
      const wide = await cutOff(page);
      if (found.length + wide.length > 0) problems[screen] = { found, wide };
      await pictureOf(running, page, `approval-${screen}-${name}`);
    };

    const first = await question(running, () =>
      stage.ask({
        scope: 'openid storage.modify:/ compute.read',
        audience: 'https://storage.example.org',
        application_hint: 'Nіghtly backup',
      }),
    );
    await inspect(first.page, 'access-token');
    await first.page.getByRole('button', { name: t.details }).click();
    await inspect(first.page, 'details');
    await answer(first.page, t.deny);
    await first.asked;

    const second = await question(running, () =>
      stage.send({
        request: 'mytoken',
        account: 'alpha',
        mytoken_profile: { capabilities: ['AT', 'tokeninfo:introspect'], restrictions: [{ exp: '+7d' }] },
      }),
    );
    await inspect(second.page, 'mytoken');
    await second.page.getByRole('button', { name: t.less }).click();
    await second.page.getByRole('checkbox').first().waitFor();
    await inspect(second.page, 'less');
    await answer(second.page, t.deny);
    await second.asked;

    const issuer = sandbox.providers[0]?.issuer;
    const third = await question(running, () =>
      stage.send({ request: 'access_token', issuer, scope: 'openid email' }),
    );
    await third.page.getByRole('combobox').selectOption({ index: 1 });
    await third.page.getByRole('checkbox', { name: t.remember }).check();
    await inspect(third.page, 'account-choice');
    await answer(third.page, t.allow);
    await third.asked;

    const { value } = await sandbox.control.issueMytoken({ user: 'bob', capabilities: ['AT', 'tokeninfo'] });
    const config = {
      name: 'cluster',
      issuer_url: issuer,
      mytoken_url: sandbox.mytokenUrl,
      refresh_token: value,
    };
    const fourth = await question(running, () => stage.send({ request: 'add', config }));
    await inspect(fourth.page, 'import');
    await answer(fourth.page, t.deny);
    await fourth.asked;

    const fifth = await question(running, () =>
      stage.send({ request: 'access_token', issuer: sandbox.providers[1]?.issuer }),
    );
    await inspect(fifth.page, 'add-account');
    await answer(fifth.page, t.deny);
    await fifth.asked;

    await call(window, 'lock:lock', null);
    const sixth = await question(running, () => stage.ask({ scope: 'profile' }));
    const behind = stage.ask({ scope: 'email' });
    await inspect(sixth.page, 'locked');
    await inspect(window, 'locked-page');
    await answer(sixth.page, t.unlock);
    await inspect(sixth.page, 'block');
    await sixth.page.getByRole('checkbox', { name: t.remember }).check();
    await answer(sixth.page, t.allow);
    await sixth.asked;
    await answer(sixth.page, t.block);
    await behind;
    await window.getByRole('button', { name: t.programs, exact: true }).click();
    await window.getByRole('tab', { name: t.permissions }).click();
    await window.mouse.move(0, 0);
    await inspect(window, 'permissions');
    await window.getByRole('tabpanel').evaluate((panel) => panel.scrollIntoView({ block: 'end' }));
    await inspect(window, 'permissions-end');
    expect(problems).toEqual({});
  });
}
