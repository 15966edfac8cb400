import { fireEvent, render, screen, within } from '@testing-library/react';
import { expect, it } from 'vitest';
import type { Store } from '../../../renderer/api/index.ts';
import { AppProvider } from '../../../renderer/hooks/app-context.tsx';
import { KeptProvider } from '../../../renderer/main/manage/kept.tsx';
import { RemindersTab } from '../../../renderer/main/notices/RemindersTab.tsx';
import type { NoticesView, TreeNodeView } from '../../../shared/ipc/contract.ts';
import type { AccountView } from '../../../shared/model/account.ts';
import { defaultSettings } from '../../../shared/model/settings.ts';
import type { AppState } from '../../../shared/model/state.ts';

const account = {
  ...{ id: 'a', displayName: 'Alpha', tokenName: 'alpha', momId: 'own', status: 'ok', expiresAtMs: 9e12 },
  ...{ capabilities: ['tokeninfo', 'manage_mytokens'], restrictions: [], rotation: null },
} as unknown as AccountView;

const tree: TreeNodeView[] = ['own', 'other'].map((momId) => ({
  ...{ momId, name: `name of ${momId}`, createdAtMs: 0, expiresAtMs: 9e12, ip: null, depth: 0 },
}));

const view: NoticesView = {
  notifications: [
    {
      ...{ notificationId: 7, userWide: false, classes: ['expiration', 'from_the_future'] },
      ...{ momIds: ['other', 'gone-mytoken'], tags: [] },
    },
  ],
  calendars: [{ calendarId: 'c', title: 'work', momIds: ['own'], tags: [], hasFeed: true, editable: false }],
  mail: { address: 'alice@example.org', verified: true },
  newer: false,
};

function show(listed: NoticesView, who: AccountView = account): [string, unknown][] {
  const calls: [string, unknown][] = [];
  const state = {
    ...{ accounts: [who], settings: defaultSettings, platform: { locale: 'en', formatLocale: 'en' } },
  } as unknown as AppState;
  const answers: Record<string, unknown> = {
    'notices:list': listed,
    'manage:tree': tree,
    'notices:change': { ...listed.notifications?.[0], momIds: ['own'] },
  };
  const store = {
    call: (channel: string, args: unknown) => {
      calls.push([channel, args]);
      return Promise.resolve(answers[channel] ?? null);
    },
    getState: () => state,
    subscribe: () => () => undefined,
    onNavigate: () => () => undefined,
  } as unknown as Store;
  render(
    <AppProvider store={store} loading={null}>
      <KeptProvider>
        <RemindersTab account={who} go={() => undefined} />
      </KeptProvider>
    </AppProvider>,
  );
  return calls;
}

it('names what mails are about, and sends only what was changed', async () => {
  const calls = show(view);
  const card = await screen.findByRole('listitem', { name: /^name of other and mytoken gone-myt/ });
  expect(within(card).getByText(/expires soon and from_the_future/)).toBeDefined();
  fireEvent.click(within(card).getByRole('button', { name: 'Edit…' }));
  const dialog = await screen.findByRole('dialog', { name: 'Change mails' });
  fireEvent.click(within(dialog).getByRole('checkbox', { name: /^name of other/ }));
  fireEvent.click(within(dialog).getByRole('checkbox', { name: /mytoken gone-myt/ }));
  expect(within(dialog).getByRole('button', { name: 'Save' }).hasAttribute('disabled')).toBe(true);
  fireEvent.click(within(dialog).getByRole('checkbox', { name: /this account/ }));
  fireEvent.click(within(dialog).getByRole('button', { name: 'Save' }));
  expect(await screen.findByRole('listitem', { name: 'name of own (this account)' })).toBeDefined();
  expect(calls.at(-1)).toEqual([
    'notices:change',
    {
      ...{ accountId: 'a', notificationId: 7, classes: ['expiration', 'from_the_future'] },
      ...{ add: ['own'], remove: ['other', 'gone-mytoken'], includeChildren: false },
    },
  ]);
  // One answer took the place of the other: nothing was asked for again.
  expect(calls.filter(([channel]) => channel === 'notices:list')).toHaveLength(1);
});

it('offers to rename and to take out single mytokens only where the server can', async () => {
  show(view);
  const card = await screen.findByRole('listitem', { name: 'work' });
  expect(within(card).queryByRole('button', { name: 'Rename…' })).toBeNull();
  expect(within(card).queryByRole('button', { name: /^Take out/ })).toBeNull();
  expect(within(card).getByText(/cannot take out single mytokens/)).toBeDefined();
});

it('asks for nothing by itself where uses are counted', () => {
  const calls = show(view, { ...account, restrictions: [{ usages_other: 3 }] });
  expect(screen.getByRole('combobox', { name: 'Show' })).toBeDefined();
  expect(calls).toEqual([]);
});

it('says what is not there, and where the address is set', async () => {
  show({ ...view, calendars: null, mail: { address: '', verified: false } });
  expect(await screen.findByText('This server has no calendars.')).toBeDefined();
  expect(screen.getByRole('button', { name: 'Mail address' })).toBeDefined();
});
