import { describe, expect, it } from 'vitest';
import { fittingAccounts } from '../../../electron/agent/desk/index.ts';
import { storageSummary } from '../../../electron/agent/http/storage-summary.ts';
import { account, FakeAccounts } from './fakes.ts';

const shared = 'https://shared.example.org';
function choose(
  accountIds: readonly string[] | null,
  wish: { readonly account?: string; readonly issuer?: string },
  serves: (accountId: string) => boolean = () => true,
): string {
  const { account: name = null, issuer = null } = wish;
  return fittingAccounts(accounts, { accountIds, serves }, { account: name, issuer })[0].id;
}

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
    expect(choose(ids, wish)).toBe(expected);
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
    expect(() => choose(ids, wish)).toThrow(expect.objectContaining({ code }));
  });
});

describe('several accounts for one issuer', () => {
  const issuer = shared;
  it('the one that was used last, when the default is for another', () => {
    const [first, second, third, alone] = accounts.records;
    if (!first || !second || !third || !alone) throw new Error('four accounts');
    const used = new FakeAccounts(
      [{ ...first, lastUsedAtMs: 5 }, { ...second, lastUsedAtMs: 9 }, third, alone],
      'alone',
    );
    const pick = (serves: (id: string) => boolean): string =>
      fittingAccounts(used, { accountIds: null, serves }, { account: null, issuer })[0].id;
    expect(pick(() => true)).toBe('second');
    expect(pick((id) => id !== 'second')).toBe('first');
    expect(pick(() => false)).toBe('second');
  });

  it('never one that serves nobody while another does, were it the default', () => {
    expect(choose(null, { issuer }, (id) => id !== 'third')).toBe('first');
  });
});

describe('the accounts that may be chosen instead', () => {
  const fitting = (
    accountIds: readonly string[] | null,
    wish: { readonly account?: string; readonly issuer?: string },
    serves: (id: string) => boolean = () => true,
  ): readonly string[] =>
    fittingAccounts(
      accounts,
      { accountIds, serves },
      { account: wish.account ?? null, issuer: wish.issuer ?? null },
    ).map(({ id }) => id);

  it.each([
    [
      'issuer: all of it, the one that is meant first',
      null,
      { issuer: shared },
      ['third', 'first', 'second'],
    ],
    ['limited: those of its own', ['second', 'third', 'alone'], { issuer: shared }, ['third', 'second']],
    ['a name is a name', null, { account: 'first' }, ['first']],
    ['a name with its issuer too', null, { account: 'first', issuer: shared }, ['first']],
    ['naming nothing means the default', null, {}, ['third']],
    ['naming nothing, limited', ['third', 'second'], {}, ['third']],
  ])('%s', (_what, ids, wish, expected) => {
    expect(fitting(ids, wish)).toEqual(expected);
  });

  it('none that serves nobody', () => {
    expect(fitting(null, { issuer: shared }, (id) => id !== 'first')).toEqual(['third', 'second']);
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
