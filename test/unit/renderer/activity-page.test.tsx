import { fireEvent, render, screen } from '@testing-library/react';
import { expect, it } from 'vitest';
import type { Store } from '../../../renderer/api/index.ts';
import { AppProvider } from '../../../renderer/hooks/app-context.tsx';
import { ActivityPage } from '../../../renderer/main/activity/ActivityPage.tsx';
import type { ActivityRecord } from '../../../shared/model/activity.ts';
import { defaultSettings } from '../../../shared/model/settings.ts';
import type { AppState } from '../../../shared/model/state.ts';

const record: ActivityRecord = {
  ...{ id: '1', atMs: Date.now(), durationMs: 1_500, program: 'backup.sh', verified: true },
  ...{ accountId: 'a', accountName: 'Alice', kind: 'mytoken', summary: 'AT', outcome: 'allowed', by: 'user' },
  mytoken: {
    ...{ instanceUrl: 'https://mt.example.org', momId: 'mom', name: 'night job', expiresAtMs: null },
    ...{ revokedAtMs: null, revokeProblem: null },
  },
};

it('lists what happened in a sentence, shows the details, and asks before it revokes', async () => {
  const calls: [string, unknown][] = [];
  const state = {
    ...{ accounts: [], settings: defaultSettings, platform: { locale: 'en', formatLocale: 'en' } },
    activity: { changes: 1, total: 1, damaged: 0, problem: null },
  } as unknown as AppState;
  const store = {
    call: (channel: string, args: unknown) => {
      calls.push([channel, args]);
      return Promise.resolve(
        channel === 'activity:query'
          ? { records: [record], total: 1, programs: ['backup.sh'], changes: 1 }
          : null,
      );
    },
    getState: () => state,
    subscribe: () => () => undefined,
    onNavigate: () => () => undefined,
  } as unknown as Store;
  render(
    <AppProvider store={store} loading={null}>
      <ActivityPage />
    </AppProvider>,
  );
  expect(await screen.findByText('1 entry')).toBeDefined();
  const list = screen.getByRole('listbox');
  fireEvent.keyDown(list, { key: 'ArrowDown' });
  fireEvent.keyDown(list, { key: 'Enter' });
  expect(await screen.findByText('backup.sh got a mytoken made from Alice')).toBeDefined();
  fireEvent.click(screen.getByRole('button', { name: 'Revoke this mytoken' }));
  expect(await screen.findByText('Revoke the mytoken “night job”?')).toBeDefined();
  expect(calls.some(([channel]) => channel === 'activity:revoke')).toBe(false);
  fireEvent.click(screen.getAllByRole('button', { name: 'Revoke this mytoken' }).at(-1) ?? list);
  await expect.poll(() => calls.at(-1)).toEqual(['activity:revoke', { recordId: '1' }]);
});
