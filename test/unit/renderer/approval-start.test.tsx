import { act } from '@testing-library/react';
import { expect, it } from 'vitest';
import type { Bridge } from '../../../renderer/api/bridge.ts';
import { start } from '../../../renderer/approval/start.tsx';

const platform = {
  ...{ platform: 'linux', tray: 'shown', version: '1', electron: '1', locale: 'en', formatLocale: 'en' },
  ...{ darkMode: false, knownInstances: [], prefillInstance: null, warnings: [] },
};

const question = (id: string) => ({
  platform,
  approval: {
    ...{ id, contentHash: id, deadlineAtMs: Date.now() + 60_000, unlockFirst: null, account: null },
    ...{ others: [], waiting: 0, asked: 1, grantable: false, offerBlock: false },
    content: { kind: 'add-account', oidcIssuer: 'https://op' },
    caller: {
      ...{ door: 'http', verified: true, pid: 1, uid: 1, program: id, executable: null },
      ...{ commandLine: [], workingDirectory: null, chain: [], via: null, confinement: null },
      ...{ claims: { application: null }, identity: null },
    },
  },
});

it('takes over from the first frame in one step, and goes on to what is asked by then', async () => {
  const root = document.createElement('div');
  root.innerHTML = '<style>p{color:red}</style><p>drawn</p>';
  document.body.append(root);
  let answer: (reply: unknown) => void = () => undefined;
  let say: (event: string, payload: unknown) => void = () => undefined;
  const painted: unknown[] = [];
  const bridge = {
    'approval:get': () => new Promise((resolve) => (answer = resolve)),
    'approval:painted': (args: unknown) => {
      painted.push(args);
      return Promise.resolve({ ok: true, result: null });
    },
    subscribe: (listener: typeof say) => (say = listener),
  } as unknown as Bridge;

  const started = start(bridge, root);
  expect(root.textContent).toContain('drawn');
  await act(async () => {
    answer({ ok: true, result: question('first') });
    await started;
  });
  expect(root.textContent).not.toContain('drawn');
  expect(root.querySelector('style')).toBeNull();
  expect(root.querySelector('h1')?.textContent).toContain('first');
  expect(document.activeElement).toBe(root.querySelector('h1'));

  act(() => say('approval:changed', question('second')));
  expect(root.querySelector('h1')?.textContent).toContain('second');
  await act(() => new Promise((resolve) => setTimeout(resolve, 100)));
  expect(painted).toContainEqual({ id: 'second' });
});
