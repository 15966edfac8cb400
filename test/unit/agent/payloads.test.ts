import { expect, it } from 'vitest';
import type { AccountRecord, Accounts } from '../../../electron/accounts/index.ts';
import { accountsBody } from '../../../electron/agent/http/payloads.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { accountRecord } from '../../support/fake-account-book.ts';

function statuses(records: readonly AccountRecord[], storage: 'ok' | 'session'): readonly string[] {
  const body = accountsBody(
    {
      accounts: { all: () => records, defaultAccountId: () => null } as unknown as Accounts,
      clock: new FakeClock(),
      appVersion: '1',
      storageState: () => storage,
      closed: () => null,
    },
    null,
  );
  return (JSON.parse(body) as { accounts: { status: string }[] }).accounts.map(({ status }) => status);
}

it('programs hear the same status as the window shows: in a session stored accounts are locked', () => {
  const [stored, kept] = [accountRecord(), accountRecord({ id: 'b', sessionOnly: true })];
  expect(statuses([stored, kept], 'ok')).toEqual(['ok', 'ok']);
  expect(statuses([stored, kept], 'session')).toEqual(['locked', 'ok']);
});
