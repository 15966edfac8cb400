import { act } from '@testing-library/react';
import { beforeEach, expect, it } from 'vitest';
import type { Bridge } from '../../../renderer/api/bridge.ts';
import { start } from '../../../renderer/approval/start.tsx';

const platform = {
  ...{ platform: 'linux', tray: 'shown', version: '1', electron: '1', locale: 'en', formatLocale: 'en' },
  ...{ darkMode: false, knownInstances: [], prefillInstance: null, warnings: [] },
};

const question = (id: string, waitMs = 60_000) => ({
  platform,
  approval: {
    ...{ id, contentHash: id, deadlineAtMs: Date.now() + waitMs, unlockFirst: null, account: null },
    ...{ others: [], waiting: 0, asked: 1, grantable: false, offerBlock: false },
    content: { kind: 'add-account', oidcIssuer: 'https://op' },
    caller: {
      ...{ door: 'http', verified: true, pid: 1, uid: 1, program: id, executable: null },
      ...{ commandLine: [], workingDirectory: null, chain: [], via: null, confinement: null },
      ...{ claims: { application: null }, identity: null },
    },
  },
});

let root: HTMLElement;
let answer: (reply: unknown) => void;
let say: (event: string, payload: unknown) => void;
let painted: unknown[];

beforeEach(() => {
  root = document.createElement('div');
  document.body.append(root);
  painted = [];
});

const bridge = {
  'approval:get': () => new Promise((resolve) => (answer = resolve)),
  'approval:painted': (args: unknown) => {
    painted.push(args);
    return Promise.resolve({ ok: true, result: null });
  },
  subscribe: (listener: typeof say) => (say = listener),
} as unknown as Bridge;

/** The page with its first question. */
async function open(first: ReturnType<typeof question>): Promise<void> {
  const started = start(bridge, root);
  await act(async () => {
    answer({ ok: true, result: first });
    await started;
  });
}

it('takes over from the first frame in one step, and goes on to what is asked by then', async () => {
  root.innerHTML = '<style>p{color:red}</style><p>drawn</p>';
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
  expect(root.textContent).not.toContain('ran out');
  await act(() => new Promise((resolve) => setTimeout(resolve, 100)));
  expect(painted).toContainEqual({ id: 'second' });
});

it('R-64 when the time ran out it says so, and there is nothing to answer any more', async () => {
  await open(question('first'));
  const names = (): readonly (string | null)[] =>
    [...root.querySelectorAll('button')].map(({ textContent }) => textContent);
  expect(names()).toContain('Deny');
  act(() => say('approval:over', 'first'));
  expect(root.querySelector('h1')?.textContent).toContain('first');
  expect(root.textContent).toContain('The time ran out. first was given nothing.');
  expect(names().slice(-1)).toEqual(['Close']);
  expect(names()).not.toContain('Deny');
  act(() => say('approval:changed', question('second')));
  expect(root.textContent).not.toContain('What you changed here');
  expect(names()).toContain('Deny');
});

it('the next question says that nobody answered the one before in time', async () => {
  await open(question('first', 0));
  act(() => say('approval:changed', question('second')));
  act(() => say('approval:changed', question('second'))); // news about it
  expect(root.querySelector('h1')?.textContent).toContain('second');
  expect(root.textContent).toContain('ran out. first was given nothing.');
  act(() => say('approval:changed', question('third')));
  expect(root.textContent).not.toContain('ran out');
});
