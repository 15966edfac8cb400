import { describe, expect, it } from 'vitest';
import { type AccountRecord, createRemoval } from '../../../electron/accounts/index.ts';
import type { Answer, HeldMytoken } from '../../../electron/mytoken/index.ts';
import { DomainError, type ErrorCode } from '../../../shared/errors.ts';
import { claimsOf, jwtOf } from '../../support/made-mytokens.ts';
import { problem } from './login-bench.ts';
import { bench, failure, newAccount } from './support.ts';

async function removalBench(rotation?: { on_AT: boolean }) {
  const made = bench();
  const claims = claimsOf(rotation ? { rotation } : {});
  const account: AccountRecord = await made.accounts.add(newAccount(claims));
  const state = {
    ...made,
    account,
    token: jwtOf(claims),
    revoked: [] as string[],
    lendFailure: null as DomainError | null,
    revokeFailure: null as DomainError | null,
    lent: 0,
  };
  const remove = createRemoval({
    accounts: made.accounts,
    log: made.log,
    client: {
      revoke: (token) => {
        if (state.revokeFailure) return Promise.reject(state.revokeFailure);
        expect(made.accounts.get(account.id)).not.toBeNull();
        state.revoked.push(token.value.reveal());
        return Promise.resolve({ value: null, update: null });
      },
    },
    withMytoken: async <T>(accountId: string, task: (token: HeldMytoken) => Promise<Answer<T>>) => {
      if (state.lendFailure) throw state.lendFailure;
      state.lent += 1;
      const value = await made.accounts.mytoken(accountId);
      if (value === null) throw problem('accounts/needs-login');
      return (await task({ instanceUrl: account.instanceUrl, value })).value;
    },
  });
  return Object.assign(state, { remove });
}

describe('removing an account', () => {
  it('R-34: revokes at the server first, then removes mytoken and record', async () => {
    const made = await removalBench();
    await made.remove(made.account.id, 'revoke');
    expect(made.revoked).toEqual([made.token]);
    expect(made.lent).toBe(1);
    expect(made.accounts.all()).toEqual([]);
    expect([...made.vault.records]).toEqual([]);
  });

  it.each<ErrorCode>([
    'mytoken/unreachable',
    'mytoken/timeout',
    'mytoken/not-supported',
    'mytoken/server-error',
  ])('keeps the account when the server answers %s', async (code) => {
    const made = await removalBench();
    made.revokeFailure = problem(code);
    expect((await failure(made.remove(made.account.id, 'revoke'))).code).toBe(code);
    expect(made.accounts.get(made.account.id)).not.toBeNull();
    expect(made.vault.records.size).toBe(1);
  });

  it('keeps the account while the vault is locked', async () => {
    const made = await removalBench();
    made.vault.become('locked');
    expect((await failure(made.remove(made.account.id, 'revoke'))).code).toBe('vault/locked');
    expect((await failure(made.remove(made.account.id, 'local-only'))).code).toBe('vault/locked');
    expect(made.accounts.all()).toHaveLength(1);
    expect(made.revoked).toEqual([]);
  });

  it.each<ErrorCode>(['mytoken/token-unusable', 'mytoken/expired'])('takes %s for revoked', async (code) => {
    const made = await removalBench();
    made.revokeFailure = problem(code);
    await made.remove(made.account.id, 'revoke');
    expect(made.accounts.all()).toEqual([]);
  });

  it.each<ErrorCode>(['accounts/needs-login', 'accounts/uncertain'])(
    'still revokes a mytoken that is not lent because of %s',
    async (code) => {
      const made = await removalBench();
      made.lendFailure = problem(code);
      made.revokeFailure = problem('mytoken/unreachable');
      expect((await failure(made.remove(made.account.id, 'revoke'))).code).toBe('mytoken/unreachable');
      made.revokeFailure = null;
      await made.remove(made.account.id, 'revoke');
      expect(made.revoked).toEqual([made.token]);
      expect(made.accounts.all()).toEqual([]);
    },
  );

  it('goes on when there is no mytoken', async () => {
    const made = await removalBench();
    made.vault.records.clear();
    await made.remove(made.account.id, 'revoke');
    expect(made.accounts.all()).toEqual([]);
  });

  it('takes the internal error that servers make of an outdated string for what it is', async () => {
    const outdated = new DomainError('mytoken/server-error', '500', { details: { sent: 'rejected' } });
    for (const rotation of [{ on_AT: true }, undefined]) {
      const made = await removalBench(rotation);
      made.lendFailure = problem('accounts/uncertain');
      made.revokeFailure = outdated;
      const removed = made.remove(made.account.id, 'revoke');
      if (rotation) await removed;
      else expect((await failure(removed)).code).toBe('mytoken/server-error');
      expect(made.accounts.all()).toHaveLength(rotation ? 0 : 1);
    }
  });

  it('asks no server when told so', async () => {
    const made = await removalBench();
    await made.remove(made.account.id, 'local-only');
    expect(made.lent).toBe(0);
    expect(made.revoked).toEqual([]);
    expect(made.accounts.all()).toEqual([]);
    expect((await failure(made.remove(made.account.id, 'local-only'))).code).toBe('accounts/not-found');
  });
});
