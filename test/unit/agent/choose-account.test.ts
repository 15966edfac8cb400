import { describe, expect, it } from 'vitest';
import { chooseAccount, storageSummary } from '../../../electron/agent/http/choose-account.ts';
import { account, FakeAccounts } from './fakes.ts';

const shared = 'https://shared.example.org';
const accounts = new FakeAccounts(
  [
    account('first', { oidcIssuer: shared }),
    account('second', { oidcIssuer: `${shared}/` }),
    account('third', { oidcIssuer: shared }),
    account('alone'),
  ],
  'third',
);

describe('the account a request means', () => {
  it.each([
    ['nothing named: the default', null, {}, 'third'],
    ['issuer: the default account of it', null, { issuer: shared }, 'third'],
    ['name before issuer', null, { account: 'first', issuer: `${shared}/` }, 'first'],
    ['limited, issuer: the first of its own', ['second', 'first'], { issuer: shared }, 'first'],
    ['limited to one: that one', ['alone'], {}, 'alone'],
    ['limited, the default among them', ['third', 'alone'], {}, 'third'],
  ])('%s', (_what, ids, wish, expected) => {
    expect(chooseAccount(accounts, ids, wish).id).toBe(expected);
  });

  it.each([
    ['unknown name', null, { account: 'nobody' }, 'accounts/not-found'],
    ['unknown issuer', null, { issuer: 'https://nowhere.example' }, 'accounts/not-found'],
    ['name and issuer that do not fit', null, { account: 'alone', issuer: shared }, 'accounts/not-found'],
    ['limited: a name of others', ['alone'], { account: 'first' }, 'accounts/not-found'],
    ['limited: an issuer of others', ['alone'], { issuer: shared }, 'accounts/not-found'],
    ['limited to several without the default', ['first', 'alone'], {}, 'agent/account-not-allowed'],
    ['limited to none', [], {}, 'agent/account-not-allowed'],
    ['limited to one that is gone', ['gone'], {}, 'agent/account-not-allowed'],
  ])('%s', (_what, ids, wish, code) => {
    expect(() => chooseAccount(accounts, ids, wish)).toThrow(expect.objectContaining({ code }));
  });
});

describe('storage', () => {
  it('sums up the vault', () => {
    const kinds = ['ok', 'session', 'locked', 'closed', 'unavailable', 'backend-changed', 'damaged'] as const;
    expect(kinds.map(storageSummary)).toEqual([
      'ok',
      'ok',
      'locked',
      'locked',
      'unavailable',
      'unavailable',
      'unavailable',
    ]);
  });
});
