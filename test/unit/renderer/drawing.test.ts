import { describe, expect, it } from 'vitest';
import { drawQuestion, rehearse } from '../../../renderer/approval/drawing.tsx';
import type { ApprovalView } from '../../../shared/model/approval.ts';
import type { PlatformView } from '../../../shared/model/state.ts';

const platform: PlatformView = {
  ...{ platform: 'linux', tray: 'shown', version: '1', electron: '1', locale: 'en', formatLocale: 'en' },
  ...{ darkMode: false, knownInstances: [], prefillInstance: null, warnings: [] },
};

function view(program: string, scope: readonly string[] = ['openid']): ApprovalView {
  return {
    ...{ id: 'id-1', contentHash: 'h', deadlineAtMs: Date.now() + 125_000, unlockFirst: null },
    ...{ others: [], waiting: 2, asked: 1, grantable: true, offerBlock: true },
    content: { kind: 'access-token', scope, audience: [] },
    account: {
      ...{ id: 'x', displayName: 'Alpha', shortname: 'alpha' },
      ...{ instanceUrl: 'https://mt', oidcIssuer: 'https://op' },
    },
    caller: {
      ...{ door: 'agent-socket', verified: false, pid: 1, uid: 1, program, executable: '/usr/bin/x' },
      ...{ commandLine: [], workingDirectory: null, chain: [], via: 'ssh', confinement: 'snap' },
      ...{ claims: { application: 'claimed' }, identity: null },
    },
  };
}

describe('a question drawn without a window', () => {
  it('has everything of the question, and nothing that can be allowed yet', () => {
    const drawn = drawQuestion({ platform, approval: view('curl') });
    expect(drawn?.id).toBe('id-1');
    expect(drawn?.html).toContain('curl');
    expect(drawn?.html).toContain('openid');
    expect(drawn?.html).toContain('2:05');
    expect(drawn?.html).toMatch(/<button[^>]* disabled=""[^>]*>Allow</);
    expect(drawn?.html).toMatch(/^<fieldset disabled>.*<\/fieldset>$/s);
  });

  it('keeps what programs say as text', () => {
    const bad = '<img src=x onerror=alert(1)></style><script>';
    const drawn = drawQuestion({ platform, approval: view(bad, [bad]) });
    expect(drawn?.html).not.toMatch(/<(img|script)/);
    expect(drawn?.html).not.toContain('</style');
    expect(drawn?.html).toContain('&lt;img src=x');
    expect(drawn?.css).not.toContain('onerror');
  });

  it('needs no style that the content security policy refuses', () => {
    const drawn = drawQuestion({ platform, approval: view('curl') });
    expect(drawn?.html).not.toMatch(/\sstyle=|<style/);
    expect(drawn?.css).toContain('.mt-');
    expect(drawn?.css).not.toContain('<');
  });

  it('takes nothing out of texts', () => {
    const drawn = drawQuestion({ platform, approval: view('a style="b" c') });
    expect(drawn?.html).toContain('a style=&quot;b&quot; c');
  });

  it('is dark where windows are, and in the language of its user', () => {
    const dark = drawQuestion({
      platform: { ...platform, darkMode: true, locale: 'de' },
      approval: view('x'),
    });
    expect(dark?.css).toContain('color-scheme:dark');
    expect(dark?.css).toContain('#14171c');
    expect(dark?.html).toContain('Ablehnen');
  });

  it('says by itself, without a script, when the page does not take its place', () => {
    const drawn = drawQuestion({ platform, approval: view('curl') });
    expect(drawn?.html).toContain('Closing the window denies the request.');
    const [, keyframes] = /animation:(animation-\w+) 1ms 5s forwards/.exec(drawn?.css ?? '') ?? [];
    expect(keyframes).toBeDefined();
    expect(drawn?.css).toMatch(new RegExp(`@keyframes ${keyframes ?? ''}\\{to\\{visibility:visible;?\\}`));
  });

  it('is nothing when nobody asks, and can be rehearsed', () => {
    expect(drawQuestion({ platform, approval: null })).toBeNull();
    expect(() => rehearse(platform)).not.toThrow();
  });
});
