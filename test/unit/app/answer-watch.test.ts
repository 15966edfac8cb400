import { describe, expect, it } from 'vitest';
import type { AccountChange, AccountRecord } from '../../../electron/accounts/index.ts';
import { type AnswerSources, forgetAnswersOnChange } from '../../../electron/app/answer-watch.ts';
import { Emitter } from '../../../electron/ports/index.ts';
import { account } from '../agent/fakes.ts';

function bench() {
  const changed = {
    ...{ lock: new Emitter<never>(), pause: new Emitter<never>(), settings: new Emitter<never>() },
    ...{ grants: new Emitter<never>(), approvals: new Emitter<never>(), broker: new Emitter<never>() },
    vault: new Emitter<never>(),
  };
  const accounts = new Emitter<AccountChange>();
  const records: AccountRecord[] = [account('kit'), account('egi')];
  const on = (emitter: Emitter<never>) => (listener: (value: never) => void) => emitter.on(listener);
  let forgotten = 0;
  const end = forgetAnswersOnChange(
    {
      ...{ lock: { onChange: on(changed.lock) }, pause: { onChange: on(changed.pause) } },
      ...{ settings: { onChange: on(changed.settings) }, grants: { onChange: on(changed.grants) } },
      ...{ approvals: { onRuled: on(changed.approvals) }, broker: { onForgotten: on(changed.broker) } },
      vault: { onState: on(changed.vault) },
      accounts: {
        all: () => records,
        defaultAccountId: () => 'kit',
        onChange: (listener: (change: AccountChange) => void) => accounts.on(listener),
      },
    } as unknown as AnswerSources,
    () => (forgotten += 1),
  );
  const change = (next: Partial<AccountChange>): void => {
    accounts.emit({ upsert: [], removed: [], order: null, defaultAccountId: 'kit', ...next });
  };
  return { changed, change, records, end, forgotten: () => forgotten };
}

describe('answers are not given again without a new decision after', () => {
  it.each([
    ['lock or unlock', 'lock'],
    ['a pause of local access', 'pause'],
    ['a change of policy or other settings', 'settings'],
    ['a grant that was revoked, cleared or changed', 'grants'],
    ['a decision of the user, a block among them', 'approvals'],
    ['tokens that were forgotten, after a new login or a revocation', 'broker'],
    ['a store that locked or changed', 'vault'],
  ] as const)('%s', (_, source) => {
    const { changed, forgotten, end } = bench();
    changed[source].emit(undefined as never);
    expect(forgotten()).toBe(1);
    end();
    changed[source].emit(undefined as never);
    expect(forgotten()).toBe(1);
  });

  it.each([
    ['the removal of an account', { removed: ['kit'] }],
    ['another default account', { defaultAccountId: 'egi' }],
    ['another order', { order: ['egi', 'kit'] }],
    ['an account’s other name', { upsert: [{ ...account('kit'), shortname: 'kit2' }] }],
    ['an account that needs a login', { upsert: [{ ...account('kit'), status: 'login-needed' as const }] }],
    ['a new account', { upsert: [account('new')] }],
  ])('%s', (_, next) => {
    const { change, forgotten, end } = bench();
    change(next);
    expect(forgotten()).toBe(1);
    end();
    change({ removed: ['egi'] });
    expect(forgotten()).toBe(1);
  });

  it('but not because an account was used', () => {
    const { change, records, forgotten } = bench();
    for (const atMs of [5, 6]) {
      change({ upsert: records.map((record) => ({ ...record, lastUsedAtMs: atMs })) });
    }
    expect(forgotten()).toBe(0);
  });
});
