import { fireEvent, render, screen, waitFor, within } from '@testing-library/react';
import { expect, it } from 'vitest';
import type { Call } from '../../../renderer/api/index.ts';
import { PlainAppProvider } from '../../../renderer/hooks/app-context.tsx';
import { ClientCard } from '../../../renderer/main/programs/ClientCard.tsx';
import type { ShownKey } from '../../../renderer/main/programs/KeyDialog.tsx';
import type { ClientView, PlatformView } from '../../../shared/model/state.ts';

const platform: PlatformView = {
  ...{ platform: 'linux', tray: 'shown', version: '1', electron: '1', locale: 'en', formatLocale: 'en' },
  ...{ darkMode: false, knownInstances: [], prefillInstance: null, warnings: [] },
};
const client: ClientView = {
  ...{ id: 'c1', name: 'Backup script', keyHint: 'mtd_abc', accountIds: null, createdAtMs: 0 },
  ...{ lastUsedAtMs: null, lastUsedBy: null, expiresAtMs: null },
};

it('replaces the key of a program only once that was confirmed', async () => {
  const called: string[] = [];
  const keys: ShownKey[] = [];
  const call = ((channel: string) => {
    called.push(channel);
    return Promise.resolve({ key: 'mtd_new' });
  }) as Call;
  render(
    <PlainAppProvider platform={platform} call={call}>
      <ClientCard client={client} onKey={(key) => keys.push(key)} />
    </PlainAppProvider>,
  );
  fireEvent.click(screen.getByRole('button', { name: 'Replace key' }));
  expect(called).toEqual([]);
  const sure = screen.getByRole('dialog', { name: 'Replace the key of Backup script?' });
  fireEvent.click(within(sure).getByRole('button', { name: 'Replace key' }));
  await waitFor(() => expect(keys).toEqual([{ name: 'Backup script', key: 'mtd_new', rotated: true }]));
  expect(called).toEqual(['clients:rotate']);
});
