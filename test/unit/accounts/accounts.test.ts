import { describe, expect, it } from 'vitest';
import { momIdOf } from '../../../electron/mytoken/index.ts';
import { Secret } from '../../../electron/ports/index.ts';
import { DomainError } from '../../../shared/errors.ts';
import { claimsOf, issuedOf, issuer, jwtOf, server } from '../../support/made-mytokens.ts';
import { MemoryAccountStorage } from '../../support/memory-account-storage.ts';
import { bench, failure, newAccount, settle } from './support.ts';

const diskFull = new DomainError('vault/write-failed', 'disk full', { retryable: true });

describe('adding an account', () => {
  it('R-31: stores the mytoken in the vault only, before the record', async () => {
    const { accounts, vault, storage } = bench();
    const claims = claimsOf();
    const seen: number[] = [];
    vault.beforePut = () => void seen.push(storage.saves);
    const record = await accounts.add(newAccount(claims));
    expect(seen).toEqual([0]);
    expect(vault.records.get(record.id)).toBe(jwtOf(claims));
    expect(JSON.stringify(storage.saved)).not.toContain(jwtOf(claims));
    expect(storage.saved.accounts).toEqual([accounts.get(record.id)]);
    expect(storage.saved.defaultAccountId).toBe(record.id);
  });

  it('leaves neither record nor mytoken behind when one of them cannot be stored', async () => {
    const { accounts, vault, storage } = bench();
    vault.putFailure = diskFull;
    expect((await failure(accounts.add(newAccount()))).code).toBe('vault/write-failed');
    expect(accounts.all()).toEqual([]);
    vault.putFailure = null;
    storage.break();
    expect((await failure(accounts.add(newAccount()))).code).toBe('settings/could-not-save');
    expect(accounts.all()).toEqual([]);
    expect([...vault.records]).toEqual([]);
  });

  it('wraps what a storage throws that is no error of ours', async () => {
    const { accounts, storage } = bench();
    storage.failure = new Error('EIO');
    expect((await failure(accounts.add(newAccount()))).code).toBe('settings/could-not-save');
  });

  it('refuses the same mytoken twice, also in two forms and at once', async () => {
    const { accounts, vault } = bench();
    const claims = claimsOf();
    const results = await Promise.allSettled([
      accounts.add(newAccount(claims)),
      accounts.add(
        newAccount(claims, { instanceUrl: `${server}/`, token: issuedOf(claims, { kind: 'short' }) }),
      ),
    ]);
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
    const [record] = accounts.all();
    const error = await failure(accounts.add(newAccount(claims)));
    expect(error.code).toBe('accounts/already-there');
    expect(error.details).toEqual({ accountId: record?.id, shortname: record?.shortname });
    expect(vault.records.size).toBe(1);
  });

  it('tells mytokens without a mom_id apart by their jti', async () => {
    const { accounts } = bench();
    await accounts.add(newAccount(claimsOf({ jti: 'one' })));
    await accounts.add(newAccount(claimsOf({ jti: 'two' })));
    expect(accounts.all().map(({ momId }) => momId)).toEqual(['jti:one', 'jti:two']);
  });

  it('makes up a short name, and another when it is taken', async () => {
    const { accounts } = bench();
    await accounts.add(newAccount());
    await accounts.add(newAccount());
    await accounts.add(newAccount(claimsOf(), { providerName: null }));
    expect(accounts.all().map(({ shortname }) => shortname)).toEqual(['example', 'example-2', 'example-3']);
  });

  it('refuses a chosen short name that is taken in any case, or impossible', async () => {
    const { accounts, vault } = bench();
    await accounts.add(newAccount(claimsOf(), { shortname: 'Work' }));
    const taken = await failure(accounts.add(newAccount(claimsOf(), { shortname: 'wORK' })));
    expect(taken.code).toBe('accounts/shortname-taken');
    const invalid = await failure(accounts.add(newAccount(claimsOf(), { shortname: '../x' })));
    expect(invalid.code).toBe('accounts/shortname-invalid');
    expect(vault.records.size).toBe(1);
  });

  it('notices a short name taken while the vault was writing', async () => {
    const { accounts, vault } = bench();
    const first = await accounts.add(newAccount());
    vault.beforePut = () => void accounts.edit(first.id, { shortname: 'wanted' });
    const error = await failure(accounts.add(newAccount(claimsOf(), { shortname: 'wanted' })));
    expect(error.code).toBe('accounts/shortname-taken');
    expect([...vault.records.keys()]).toEqual([first.id]);
  });

  it('R-58: strips names of what reorders or hides text', async () => {
    const { accounts } = bench();
    const record = await accounts.add(
      newAccount(claimsOf({ name: 'a\u202Eb\nc' }), {
        displayName: ' \u200B\u202E ',
        providerName: 'O\u202EP',
      }),
    );
    expect(record.tokenName).toBe('ab c');
    expect(record.displayName).toBe('OP');
    expect(record.providerName).toBe('OP');
  });
});

describe('finding an account', () => {
  it('looks at short names, then at issuers, and prefers the default account', async () => {
    const { accounts } = bench();
    const other = await accounts.add(newAccount(claimsOf({ oidc_iss: 'https://other.example.org' })));
    const first = await accounts.add(newAccount(claimsOf(), { shortname: 'First' }));
    const second = await accounts.add(newAccount(claimsOf(), { shortname: 'second' }));
    expect(accounts.find('fIRST').id).toBe(first.id);
    expect(accounts.find('https://op.example.org').id).toBe(first.id);
    expect(accounts.find(null).id).toBe(other.id);
    accounts.setDefault(second.id);
    expect(accounts.find(issuer).id).toBe(second.id);
    expect(accounts.find('https://other.example.org/').id).toBe(other.id);
    expect(accounts.find(null).id).toBe(second.id);
    expect((await failure(() => accounts.find('nobody'))).code).toBe('accounts/not-found');
    expect((await failure(() => accounts.find('https://OP.example.org'))).code).toBe('accounts/not-found');
  });

  it('says when there is none', async () => {
    expect((await failure(() => bench().accounts.find(null))).code).toBe('accounts/none');
  });
});

describe('changing accounts', () => {
  it('keeps order, default and edits over a restart', async () => {
    const made = bench();
    const a = await made.accounts.add(newAccount(claimsOf(), { shortname: 'a' }));
    const b = await made.accounts.add(newAccount(claimsOf(), { shortname: 'b' }));
    const c = await made.accounts.add(newAccount(claimsOf(), { shortname: 'c' }));
    made.accounts.reorder([c.id, 'gone', a.id, c.id]);
    made.accounts.setDefault(b.id);
    made.accounts.edit(a.id, { shortname: 'A', displayName: 'Alpha', defaultScopes: ['x', 'x'] });
    const accounts = made.restart();
    expect(accounts.all().map(({ shortname }) => shortname)).toEqual(['c', 'A', 'b']);
    expect(accounts.defaultAccountId()).toBe(b.id);
    expect(accounts.require(a.id)).toMatchObject({ displayName: 'Alpha', defaultScopes: ['x'] });
    expect((await failure(() => accounts.edit(a.id, { shortname: 'B' }))).code).toBe(
      'accounts/shortname-taken',
    );
    expect((await failure(() => accounts.edit('x', {}))).code).toBe('accounts/not-found');
  });

  it('changes nothing when it cannot be saved', async () => {
    const { accounts, storage } = bench();
    const a = await accounts.add(newAccount());
    const b = await accounts.add(newAccount());
    const before = accounts.all();
    storage.break();
    for (const change of [
      () => void accounts.edit(a.id, { shortname: 'new' }),
      () => accounts.reorder([b.id, a.id]),
      () => accounts.setDefault(b.id),
    ]) {
      expect((await failure(change)).code).toBe('settings/could-not-save');
    }
    expect(accounts.all()).toEqual(before);
    expect(accounts.defaultAccountId()).toBe(a.id);
    expect((await failure(() => accounts.find('new'))).code).toBe('accounts/not-found');
  });

  it('tells listeners exactly what changed', async () => {
    const { accounts } = bench();
    const changes: unknown[] = [];
    accounts.onChange(({ upsert, ...rest }) => changes.push({ ...rest, upsert: upsert.map(({ id }) => id) }));
    const a = await accounts.add(newAccount());
    const b = await accounts.add(newAccount());
    accounts.setDefault(b.id);
    accounts.markUsed(a.id, 5);
    await accounts.removeLocally(b.id);
    expect(changes).toEqual([
      { upsert: [a.id], removed: [], order: [a.id], defaultAccountId: a.id },
      { upsert: [b.id], removed: [], order: [a.id, b.id], defaultAccountId: a.id },
      { upsert: [], removed: [], order: [a.id, b.id], defaultAccountId: b.id },
      { upsert: [a.id], removed: [], order: null, defaultAccountId: b.id },
      { upsert: [], removed: [b.id], order: [a.id], defaultAccountId: a.id },
    ]);
  });

  it('R-34: removes the mytoken before the record, and keeps the account when that fails', async () => {
    const { accounts, vault } = bench();
    const record = await accounts.add(newAccount());
    vault.become('locked');
    expect((await failure(accounts.removeLocally(record.id))).code).toBe('vault/locked');
    expect(accounts.get(record.id)).not.toBeNull();
    vault.become('ok');
    await accounts.removeLocally(record.id);
    expect(accounts.all()).toEqual([]);
    expect([...vault.records]).toEqual([]);
  });
});

describe('replacing a mytoken after a new login', () => {
  it('keeps id, names and defaults', async () => {
    const { accounts, vault } = bench();
    const before = await accounts.add(
      newAccount(claimsOf(), { shortname: 'work', defaultScopes: ['openid'] }),
    );
    accounts.markStatus(before.id, 'login-needed', { code: 'mytoken/expired', atMs: 1 });
    const claims = claimsOf({ capabilities: ['AT'], oidc_iss: 'https://op.example.org' });
    const after = await accounts.replaceMytoken(before.id, issuedOf(claims), claims);
    expect(after).toMatchObject({
      id: before.id,
      shortname: 'work',
      defaultScopes: ['openid'],
      capabilities: ['AT'],
      momId: momIdOf(claims.jti),
      status: 'ok',
      problem: null,
    });
    expect(vault.records.get(before.id)).toBe(jwtOf(claims));
  });

  it.each([
    ['user', claimsOf({ oidc_sub: 'mallory' })],
    ['provider', claimsOf({ oidc_iss: 'https://other.example.org' })],
    ['instance', claimsOf({ iss: 'https://elsewhere.example.org' })],
  ])('refuses another %s', async (difference, claims) => {
    const { accounts, vault } = bench();
    const before = await accounts.add(newAccount());
    const error = await failure(accounts.replaceMytoken(before.id, issuedOf(claims), claims));
    expect(error.code).toBe('login/different-user');
    expect(error.details['difference']).toBe(difference);
    expect(vault.calls).toEqual([`put ${before.id}`]);
  });

  it('refuses the mytoken of another account', async () => {
    const { accounts } = bench();
    const claims = claimsOf();
    await accounts.add(newAccount(claims));
    const other = await accounts.add(newAccount());
    const error = await failure(accounts.replaceMytoken(other.id, issuedOf(claims), claims));
    expect(error.code).toBe('accounts/already-there');
  });

  it('puts the former mytoken back when the record cannot be saved', async () => {
    const { accounts, vault, storage } = bench();
    const old = claimsOf();
    const before = await accounts.add(newAccount(old));
    storage.break();
    const claims = claimsOf();
    const error = await failure(accounts.replaceMytoken(before.id, issuedOf(claims), claims));
    expect(error.code).toBe('settings/could-not-save');
    expect(vault.records.get(before.id)).toBe(jwtOf(old));
    expect(accounts.get(before.id)).toEqual(before);
  });

  it('R-29: works when the former mytoken is unreadable', async () => {
    const { accounts, vault } = bench();
    const before = await accounts.add(newAccount());
    vault.getFailure = new DomainError('vault/could-not-read', 'damaged');
    const claims = claimsOf();
    await accounts.replaceMytoken(before.id, issuedOf(claims), claims);
    expect(vault.records.get(before.id)).toBe(jwtOf(claims));
  });
});

describe('rotated mytokens', () => {
  const rotation = { on_AT: true, lifetime: 3600 };

  it('are in the vault before their claims are in the record', async () => {
    const { accounts, vault, storage } = bench();
    const claims = claimsOf({ rotation });
    const record = await accounts.add(newAccount(claims));
    const next = { ...claims, seq_no: 2, iat: claims.iat + 60 };
    let recordDuringPut = null as unknown;
    vault.beforePut = () => void (recordDuringPut = accounts.get(record.id));
    await accounts.storeRotated(record.id, issuedOf(next));
    expect(recordDuringPut).toEqual(record);
    expect(vault.records.get(record.id)).toBe(jwtOf(next));
    expect(accounts.require(record.id).expiresAtMs).toBe((next.iat + 3600) * 1000);
    accounts.flush();
    expect(storage.saved.accounts[0]?.expiresAtMs).toBe((next.iat + 3600) * 1000);
  });

  it('do not count as stored when the vault fails', async () => {
    const { accounts, vault } = bench();
    const claims = claimsOf({ rotation });
    const record = await accounts.add(newAccount(claims));
    vault.putFailure = diskFull;
    const next = issuedOf({ ...claims, iat: claims.iat + 60 });
    expect((await failure(accounts.storeRotated(record.id, next))).code).toBe('vault/write-failed');
    expect(accounts.get(record.id)).toEqual(record);
  });

  it('are stored when only the record cannot be saved, which is tried again', async () => {
    const { accounts, storage, clock, log } = bench();
    const claims = claimsOf({ rotation });
    const record = await accounts.add(newAccount(claims));
    clock.advance(5_000);
    storage.break();
    const next = { ...claims, iat: claims.iat + 60 };
    await accounts.storeRotated(record.id, issuedOf(next));
    expect(log.text()).toContain('accounts.save-failed');
    storage.failure = null;
    clock.advance(30_000);
    expect(storage.saved.accounts[0]?.issuedAtMs).toBe(next.iat * 1000);
  });

  it('of a mytoken that a login replaced meanwhile are left alone', async () => {
    const { accounts, vault } = bench();
    const old = claimsOf({ rotation });
    const record = await accounts.add(newAccount(old));
    const claims = claimsOf({ rotation });
    const releases: (() => void)[] = [];
    vault.beforePut = () => new Promise((resolve) => releases.push(resolve));
    const replaced = accounts.replaceMytoken(record.id, issuedOf(claims), claims);
    await settle();
    const rotated = accounts.storeRotated(record.id, issuedOf({ ...old, seq_no: 2 }));
    for (let turn = 0; turn < 3; turn += 1) {
      await settle();
      releases.shift()?.();
    }
    await Promise.all([replaced, rotated]);
    expect(vault.records.get(record.id)).toBe(jwtOf(claims));
    await accounts.storeRotated('gone', issuedOf(old));
    expect(vault.records.has('gone')).toBe(false);
  });

  it('keep what is known when a short token brings no claims', async () => {
    const { accounts, clock } = bench();
    const claims = claimsOf({ rotation });
    const record = await accounts.add(newAccount(claims, { token: issuedOf(claims, { kind: 'short' }) }));
    await accounts.storeRotated(
      record.id,
      issuedOf(claims, { kind: 'short', claims: null, capabilities: [], value: new Secret('n'.repeat(64)) }),
    );
    expect(accounts.require(record.id)).toMatchObject({
      capabilities: claims.capabilities,
      rotation,
      expiresAtMs: clock.nowMs() + 3_600_000,
    });
  });

  it('put a record right that a crash left behind, as soon as the vault is open', async () => {
    const made = bench();
    const claims = claimsOf({ rotation });
    const record = await made.accounts.add(newAccount(claims));
    // Written to the vault, then the power failed.
    const next = { ...claims, seq_no: 2, iat: claims.iat + 7200 };
    made.vault.records.set(record.id, jwtOf(next));
    made.clock.setWallClock((claims.iat + 7300) * 1000);
    const accounts = made.restart();
    expect(accounts.require(record.id).expiresAtMs).toBeLessThan(made.clock.nowMs());
    made.vault.become('ok');
    await settle();
    expect(accounts.require(record.id).expiresAtMs).toBe((next.iat + 3600) * 1000);
  });

  it('put right an account that was being renewed when the power failed', async () => {
    const made = bench();
    const record = await made.accounts.add(newAccount());
    made.accounts.markStatus(record.id, 'login-needed', { code: 'mytoken/expired', atMs: 1 });
    made.accounts.flush();
    const claims = claimsOf();
    made.vault.records.set(record.id, jwtOf(claims));
    const accounts = made.restart();
    expect(accounts.require(record.id).status).toBe('login-needed');
    made.vault.become('ok');
    await settle();
    expect(accounts.require(record.id)).toMatchObject({ status: 'ok', momId: momIdOf(claims.jti) });
  });

  it('never let a stranger’s mytoken speak for an account', async () => {
    const { accounts, vault } = bench();
    const record = await accounts.add(newAccount());
    vault.records.set(record.id, jwtOf(claimsOf({ oidc_sub: 'mallory' })));
    await accounts.mytoken(record.id);
    expect(accounts.get(record.id)).toEqual(record);
  });
});

describe('session mode', () => {
  it('keeps accounts in memory only: nothing is left after a restart', async () => {
    const made = bench();
    made.vault.become('session');
    const record = await made.accounts.add(newAccount());
    expect(record.sessionOnly).toBe(true);
    made.accounts.markStatus(record.id, 'login-needed', null);
    made.accounts.edit(record.id, { shortname: 'x' });
    made.accounts.flush();
    expect((await made.accounts.mytoken(record.id))?.reveal()).toBeDefined();
    expect(made.storage.saved.accounts).toEqual([]);
    expect(made.restart().all()).toEqual([]);
  });

  it('R-29: does not take accounts of the closed vault for broken ones', async () => {
    const made = bench();
    await made.accounts.add(newAccount(claimsOf(), { shortname: 'first' }));
    const kept = await made.accounts.add(newAccount(claimsOf(), { shortname: 'kept' }));
    made.accounts.setDefault(kept.id);
    made.vault.become('session');
    const error = await failure(made.accounts.mytoken(kept.id));
    expect(error).toMatchObject({ code: 'vault/locked', retryable: true });
    expect((await failure(made.accounts.removeLocally(kept.id))).code).toBe('vault/locked');
    expect(
      (await failure(made.accounts.storeRotated(kept.id, issuedOf(claimsOf(), { momId: null })))).code,
    ).toBe('vault/locked');
    const passing = await made.accounts.add(newAccount());
    made.accounts.setDefault(passing.id);
    made.accounts.edit(kept.id, { shortname: 'renamed' });
    const accounts = made.restart();
    expect(accounts.all().map(({ shortname }) => shortname)).toEqual(['first', 'renamed']);
    expect(accounts.defaultAccountId()).toBe(kept.id);
    expect(await accounts.mytoken(kept.id)).not.toBeNull();
  });

  it('lets a renewed account return to its stored mytoken after a restart', async () => {
    const made = bench();
    const old = claimsOf();
    const kept = await made.accounts.add(newAccount(old));
    made.vault.become('session');
    const claims = claimsOf();
    await made.accounts.replaceMytoken(kept.id, issuedOf(claims), claims);
    expect((await made.accounts.mytoken(kept.id))?.reveal()).toBe(jwtOf(claims));
    made.accounts.markUsed(kept.id, 1);
    made.accounts.edit(kept.id, { displayName: 'New' });
    const accounts = made.restart();
    expect(accounts.require(kept.id)).toMatchObject({ momId: momIdOf(old.jti), displayName: 'New' });
    expect((await accounts.mytoken(kept.id))?.reveal()).toBe(jwtOf(old));
  });
});

describe('writing to disk', () => {
  it('writes use at most once a minute, and on flush', async () => {
    const { accounts, storage, clock } = bench();
    const record = await accounts.add(newAccount());
    clock.advance(10_000);
    const before = storage.saves;
    for (let second = 0; second < 59; second += 1) {
      accounts.markUsed(record.id, clock.nowMs());
      clock.advance(1_000);
    }
    expect(storage.saves).toBe(before);
    clock.advance(1_000);
    expect(storage.saves).toBe(before + 1);
    accounts.markUsed(record.id, 42);
    accounts.flush();
    accounts.flush();
    expect(storage.saves).toBe(before + 2);
    expect(storage.saved.accounts[0]?.lastUsedAtMs).toBe(42);
    clock.advance(600_000);
    expect(storage.saves).toBe(before + 2);
  });

  it('gathers the changes of a thousand accounts', async () => {
    const template = await bench().accounts.add(newAccount());
    const records = Array.from({ length: 1000 }, (_, index) => ({
      ...template,
      id: `id-${index}`,
      shortname: `name-${index}`,
    }));
    const { accounts, storage, clock } = bench(new MemoryAccountStorage(records));
    const before = storage.saves;
    for (const { id } of accounts.all())
      accounts.markStatus(id, 'uncertain', { code: 'accounts/uncertain', atMs: 1 });
    clock.advance(10_000);
    expect(storage.saves - before).toBe(2);
    expect(storage.saved.accounts.every(({ status }) => status === 'uncertain')).toBe(true);
    expect(accounts.all()).toBe(accounts.all());
  });

  it('does not write that a server was unreachable: a restart makes it meaningless', async () => {
    const made = bench();
    const record = await made.accounts.add(newAccount());
    const before = made.storage.saves;
    made.accounts.markStatus(record.id, 'unreachable', { code: 'mytoken/timeout', atMs: 1 });
    made.accounts.markStatus(record.id, 'ok', null);
    made.accounts.markStatus(record.id, 'unreachable', { code: 'mytoken/timeout', atMs: 1 });
    made.accounts.flush();
    expect(made.storage.saves).toBe(before);
    made.accounts.edit(record.id, { displayName: 'x' });
    expect(made.restart().require(record.id)).toMatchObject({ status: 'ok', problem: null });
  });

  it('survives a full disk while quitting', async () => {
    const { accounts, storage, log } = bench();
    const record = await accounts.add(newAccount());
    accounts.markUsed(record.id, 1);
    storage.break();
    expect(() => accounts.flush()).not.toThrow();
    expect(log.text()).toContain('accounts.save-failed');
  });

  it('makes the first account the default when the stored one is not there', async () => {
    const made = bench();
    const record = await made.accounts.add(newAccount());
    const storage = new MemoryAccountStorage([record], 'gone');
    expect(bench(storage).accounts.defaultAccountId()).toBe(record.id);
  });
});
