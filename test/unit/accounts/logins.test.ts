import { describe, expect, it } from 'vitest';
import { Secret } from '../../../electron/ports/index.ts';
import type { ErrorCode } from '../../../shared/errors.ts';
import { claimsOf, issuedOf, jwtOf, server } from '../../support/made-mytokens.ts';
import { consentUri, loginBench, pollingCode, problem, request } from './login-bench.ts';
import { failure, newAccount, settle } from './support.ts';

const done = (claims = claimsOf({ capabilities: ['AT'] })) => ({
  kind: 'done' as const,
  token: issuedOf(claims),
});

function deferred<T>(): { promise: Promise<T>; resolve: (value: T) => void } {
  let resolve: (value: T) => void = () => undefined;
  const promise = new Promise<T>((settled) => (resolve = settled));
  return { promise, resolve };
}

describe('a login', () => {
  it('opens the browser, polls at the server’s interval and adds the account', async () => {
    const made = loginBench();
    const claims = claimsOf({ capabilities: ['AT'] });
    made.server.polls.push({ kind: 'pending' }, done(claims));
    const { flowId } = await made.logins.start({ ...request, shortname: 'work', defaultScopes: ['openid'] });
    expect(made.opened).toEqual([consentUri]);
    expect(made.view()).toMatchObject({ flowId, state: 'waiting', offline: false, problem: null });
    await made.pass(5_000);
    expect(made.server.pollCount).toBe(0);
    await made.pass(1_000);
    expect(made.server.pollCount).toBe(1);
    await made.pass(6_000);
    const [account] = made.accounts.all();
    expect(account).toMatchObject({
      shortname: 'work',
      instanceUrl: server,
      providerName: 'Example',
      providerScopes: ['openid', 'email'],
      defaultScopes: ['openid'],
      wish: request.wish,
    });
    expect(made.vault.records.get(account?.id ?? '')).toBe(jwtOf(claims));
    expect(made.view()).toMatchObject({ state: 'done', accountId: account?.id, differences: [] });
    expect(made.views.map((view) => view?.state)).toEqual(['starting', 'waiting', 'finishing', 'done']);
    await made.pass(60_000);
    expect(made.server.calls).toEqual(['poll', 'poll']);
    made.logins.dismiss(flowId);
    expect(made.logins.view()).toBeNull();
  });

  it('tells what came back differently', async () => {
    const made = loginBench();
    made.server.polls.push(done(claimsOf({ capabilities: ['AT', 'tokeninfo'] })));
    await made.logins.start(request);
    await made.pass(6_000);
    expect(made.view().differences).toEqual([{ kind: 'capabilities-added', values: ['tokeninfo'] }]);
  });

  it('names a mytoken that nobody named', async () => {
    const made = loginBench();
    await made.logins.start({ ...request, wish: { ...request.wish, tokenName: '  ' } });
    expect(made.server.wishes).toMatchObject([{ tokenName: 'mytoken-desktop on host' }]);
  });

  it('refuses before anything is asked what could not be stored', async () => {
    const made = loginBench();
    await made.accounts.add(newAccount(claimsOf(), { shortname: 'Work' }));
    const codes = [];
    for (const over of [
      { shortname: 'wORK' },
      { shortname: 'a b' },
      { renewsAccountId: 'x' },
      { wish: undefined },
    ]) {
      codes.push((await failure(made.logins.start({ ...request, ...over }))).code);
    }
    expect(codes).toEqual([
      'accounts/shortname-taken',
      'accounts/shortname-invalid',
      'accounts/not-found',
      'ipc/invalid-argument',
    ]);
    expect(made.server.wishes).toEqual([]);
    expect(made.logins.view()).toBeNull();
  });

  it('goes away when the server refuses to begin', async () => {
    const made = loginBench();
    made.server.startFailure = problem('mytoken/rate-limited', { retryAfterMs: 9 });
    expect((await failure(made.logins.start(request))).code).toBe('mytoken/rate-limited');
    expect(made.views.at(-1)).toBeNull();
  });

  it('goes on without a browser: the link can be copied and opened again', async () => {
    const made = loginBench();
    made.browserFails = true;
    const { flowId } = await made.logins.start(request);
    expect(made.view()).toMatchObject({ state: 'waiting', problem: 'login/browser-failed' });
    expect((await failure(made.logins.openAgain(flowId))).code).toBe('login/browser-failed');
    expect(made.logins.link(flowId).reveal()).toBe(consentUri);
    made.browserFails = false;
    await made.logins.openAgain(flowId);
    expect(made.view().problem).toBeNull();
    made.server.polls.push(done());
    await made.pass(6_000);
    expect(made.view()).toMatchObject({ state: 'done', problem: null });
    expect((await failure(() => made.logins.link(flowId))).code).toBe('login/unknown-flow');
    expect((await failure(made.logins.openAgain(flowId))).code).toBe('login/unknown-flow');
  });

  it('R-74: writes neither link nor code nor mytoken to the log', async () => {
    const made = loginBench();
    const claims = claimsOf();
    made.browserFails = true;
    made.vault.putFailure = problem('vault/locked');
    made.server.polls.push(problem('mytoken/timeout'), done(claims));
    await made.logins.start(request);
    await made.pass(20_000);
    await made.logins.stop();
    expect(made.log.lines.length).toBeGreaterThan(3);
    for (const secret of [consentUri, 'canaryConsent', pollingCode, jwtOf(claims)]) {
      expect(made.log.text()).not.toContain(secret);
      expect(JSON.stringify(made.views)).not.toContain(secret);
    }
  });
});

describe('the end of a login', () => {
  it.each<ErrorCode>(['login/declined', 'login/taken', 'mytoken/bad-signature'])(
    'is told apart: %s',
    async (code) => {
      const made = loginBench();
      made.server.polls.push(problem(code));
      const { flowId } = await made.logins.start(request);
      await made.pass(6_000);
      expect(made.view()).toMatchObject({ state: 'failed', problem: code });
      await made.pass(60_000);
      expect(made.server.calls).toEqual(['poll']);
      expect((await failure(() => made.logins.link(flowId))).code).toBe('login/unknown-flow');
      await made.logins.cancel(flowId);
      expect(made.view().problem).toBe(code);
    },
  );

  it('R-55: comes right after a last question at the end of the code’s time', async () => {
    const made = loginBench();
    made.server.expiresInMs = 12_000;
    await made.logins.start(request);
    await made.pass(9_500);
    expect(made.server.pollCount).toBe(1);
    await made.pass(1_000);
    expect(made.server.pollCount).toBe(2);
    made.server.polls.push(done());
    await made.pass(1_500);
    expect(made.view().state).toBe('done');
  });

  it('is expired when even that one finds nothing, and the code is given back', async () => {
    const made = loginBench();
    made.server.expiresInMs = 12_000;
    await made.logins.start(request);
    await made.pass(13_000);
    expect(made.view()).toMatchObject({ state: 'failed', problem: 'login/expired' });
    expect(made.server.calls).toEqual(['poll', 'poll', 'poll', 'abandon']);
    await made.pass(60_000);
    expect(made.server.pollCount).toBe(3);
  });

  it('is expired when the server says so, which may leave a mytoken to give back', async () => {
    const made = loginBench();
    made.server.polls.push(problem('login/expired'));
    await made.logins.start(request);
    await made.pass(6_000);
    expect(made.view().problem).toBe('login/expired');
    expect(made.server.calls).toEqual(['poll', 'abandon']);
  });
});

describe('polling', () => {
  it.each<ErrorCode>([
    'mytoken/unreachable',
    'mytoken/timeout',
    'mytoken/tls',
    'mytoken/server-error',
    'mytoken/bad-answer',
    'mytoken/not-supported',
  ])('goes on through %s and says that it is offline', async (code) => {
    const made = loginBench();
    made.server.polls.push(problem(code), { kind: 'pending' }, done());
    await made.logins.start(request);
    await made.pass(6_000);
    expect(made.view()).toMatchObject({ state: 'waiting', offline: true });
    await made.pass(6_000);
    expect(made.view()).toMatchObject({ state: 'waiting', offline: false });
    await made.pass(6_000);
    expect(made.view().state).toBe('done');
  });

  it('waits as long as a busy server asks, but asks once more at the end', async () => {
    const made = loginBench();
    made.server.polls.push(problem('mytoken/rate-limited', { retryAfterMs: 60_000 }));
    await made.logins.start(request);
    await made.pass(65_000);
    expect(made.view().offline).toBe(false);
    expect(made.server.pollCount).toBe(1);
    made.server.polls.push(problem('mytoken/rate-limited', { retryAfterMs: 3_600_000 }), done());
    await made.pass(1_000);
    expect(made.server.pollCount).toBe(2);
    await made.pass(230_000);
    expect(made.server.pollCount).toBe(2);
    await made.pass(3_000);
    expect(made.view().state).toBe('done');
  });

  it('is not hurried by a server that names no interval', async () => {
    const made = loginBench();
    made.server.intervalMs = 0;
    await made.logins.start(request);
    await made.pass(10_000);
    expect(made.server.pollCount).toBeLessThanOrEqual(10);
  });

  it('does not overlap and does not pile up while an answer takes long', async () => {
    const made = loginBench();
    const slow = deferred<{ kind: 'pending' }>();
    made.server.polls.push(slow.promise);
    await made.logins.start(request);
    await made.pass(60_000);
    expect(made.server.pollCount).toBe(1);
    slow.resolve({ kind: 'pending' });
    await made.pass(6_000);
    expect(made.server.pollCount).toBe(2);
  });

  it('wakes up with the machine', async () => {
    const made = loginBench();
    await made.logins.start(request);
    made.clock.sleep(120_000);
    made.server.polls.push(done());
    made.logins.resumed();
    await settle();
    expect(made.view().state).toBe('done');
  });

  it('asks at once when the machine woke up during a question that nobody answers any more', async () => {
    const made = loginBench();
    const slow = deferred<{ kind: 'pending' }>();
    made.server.polls.push(slow.promise, done());
    await made.logins.start(request);
    await made.pass(6_000);
    made.logins.resumed();
    slow.resolve({ kind: 'pending' });
    await settle();
    expect(made.view().state).toBe('done');
  });

  it('believes the server, not a clock that somebody set, about the code’s time', async () => {
    const made = loginBench();
    await made.logins.start(request);
    made.clock.setWallClock(made.clock.nowMs() + 86_400_000);
    made.server.polls.push({ kind: 'pending' }, done());
    await made.pass(12_000);
    expect(made.view().state).toBe('done');
  });
});

describe('cancelling', () => {
  it('ends the login at once and tells the server', async () => {
    const made = loginBench();
    const { flowId } = await made.logins.start(request);
    await made.logins.cancel(flowId);
    expect(made.view()).toMatchObject({ state: 'failed', problem: 'login/cancelled' });
    await made.pass(60_000);
    expect(made.server.calls).toEqual(['abandon']);
    expect((await failure(() => made.logins.cancel('x'))).code).toBe('login/unknown-flow');
  });

  it('revokes a mytoken that arrives all the same', async () => {
    const made = loginBench();
    const claims = claimsOf();
    const slow = deferred<ReturnType<typeof done>>();
    made.server.polls.push(slow.promise);
    const { flowId } = await made.logins.start(request);
    await made.pass(6_000);
    await made.logins.cancel(flowId);
    made.server.revokeFailures = [problem('mytoken/unreachable')];
    slow.resolve(done(claims));
    await made.pass(3_000);
    const revoke = `revoke ${jwtOf(claims)} false`;
    expect(made.server.calls).toEqual(['poll', revoke, revoke]);
    expect(made.accounts.all()).toEqual([]);
    expect(made.view().problem).toBe('login/cancelled');
  });

  it('works while the server is still being asked', async () => {
    const made = loginBench();
    const slow = deferred<undefined>();
    made.server.duringStart = slow.promise;
    const started = made.logins.start(request);
    await settle();
    await made.logins.cancel(made.view().flowId);
    slow.resolve(undefined);
    expect((await failure(started)).code).toBe('login/cancelled');
    expect(made.server.calls).toEqual(['abandon']);
    expect(made.opened).toEqual([]);
    expect(made.view().problem).toBe('login/cancelled');
  });

  it('happens to a login when the next one starts', async () => {
    const made = loginBench();
    const first = await made.logins.start(request);
    const second = await made.logins.start(request);
    await settle();
    expect(made.server.calls).toEqual(['abandon']);
    expect(made.view()).toMatchObject({ flowId: second.flowId, state: 'waiting' });
    expect((await failure(() => made.logins.cancel(first.flowId))).code).toBe('login/unknown-flow');
    made.server.polls.push(done());
    await made.pass(6_000);
    expect(made.view()).toMatchObject({ flowId: second.flowId, state: 'done' });
  });

  it('happens to all when the app quits', async () => {
    const made = loginBench();
    await made.logins.start(request);
    await made.logins.stop();
    expect(made.server.calls).toEqual(['abandon']);
    expect(made.clock.pending).toBe(0);
    expect((await failure(made.logins.start(request))).code).toBe('app/shutting-down');
  });
});

describe('a mytoken that cannot be stored', () => {
  it.each<[string, ErrorCode]>([
    ['the vault is locked', 'vault/locked'],
    ['the disk is full', 'vault/write-failed'],
    ['something unheard of happens', 'app/internal'],
  ])('is kept and stored later when %s', async (_, code) => {
    const made = loginBench();
    const claims = claimsOf({ capabilities: ['AT'] });
    made.vault.putFailure = problem(code);
    made.server.polls.push(done(claims));
    await made.logins.start(request);
    await made.pass(8_000);
    expect(made.view()).toMatchObject({ state: 'finishing', problem: code });
    await made.pass(300_000);
    expect(made.view()).toMatchObject({ state: 'finishing', problem: code });
    made.vault.putFailure = null;
    await made.pass(30_000);
    expect(made.view()).toMatchObject({ state: 'done', problem: null });
    expect([...made.vault.records.values()]).toEqual([jwtOf(claims)]);
    expect(made.server.calls).toEqual(['poll']);
  });

  it('is stored at once when the machine wakes up', async () => {
    const made = loginBench();
    made.vault.become('locked');
    made.server.polls.push(done());
    await made.logins.start(request);
    await made.pass(60_000);
    made.vault.become('ok');
    made.logins.resumed();
    await settle();
    expect(made.view().state).toBe('done');
  });

  it('is kept when the record cannot be saved', async () => {
    const made = loginBench();
    made.storage.break();
    made.server.polls.push(done());
    await made.logins.start(request);
    await made.pass(7_000);
    expect(made.view()).toMatchObject({ state: 'finishing', problem: 'settings/could-not-save' });
    made.storage.failure = null;
    await made.pass(30_000);
    expect(made.view().state).toBe('done');
    expect(made.vault.records.size).toBe(1);
  });

  it('is revoked when the user gives up', async () => {
    const made = loginBench();
    const claims = claimsOf();
    made.vault.become('locked');
    made.server.polls.push(done(claims));
    const { flowId } = await made.logins.start(request);
    await made.pass(20_000);
    await made.logins.cancel(flowId);
    await settle();
    expect(made.view()).toMatchObject({ state: 'failed', problem: 'login/cancelled' });
    expect(made.server.calls).toEqual(['poll', `revoke ${jwtOf(claims)} false`]);
  });

  it('is not revoked when storing just succeeded as the user gave up', async () => {
    const made = loginBench();
    const writing = deferred<undefined>();
    made.vault.beforePut = () => writing.promise;
    made.server.polls.push(done());
    const { flowId } = await made.logins.start(request);
    await made.pass(6_000);
    await made.logins.cancel(flowId);
    expect(made.view().state).toBe('finishing');
    writing.resolve(undefined);
    await settle();
    expect(made.view().state).toBe('done');
    expect(made.accounts.all()).toHaveLength(1);
    expect(made.server.calls).toEqual(['poll']);
  });

  it('is tried once more, then revoked, when the app quits', async () => {
    const made = loginBench();
    const claims = claimsOf();
    made.vault.become('locked');
    made.server.polls.push(done(claims));
    await made.logins.start(request);
    await made.pass(20_000);
    made.server.revokeFailures = [problem('mytoken/timeout')];
    await made.logins.stop();
    const revoke = `revoke ${jwtOf(claims)} false`;
    expect(made.server.calls).toEqual(['poll', revoke, revoke]);
  });

  it('is stored when the app quits and the vault opens in the last moment', async () => {
    const made = loginBench();
    made.vault.become('locked');
    made.server.polls.push(done());
    await made.logins.start(request);
    await made.pass(20_000);
    made.vault.become('ok');
    await made.logins.stop();
    expect(made.accounts.all()).toHaveLength(1);
    expect(made.server.calls).toEqual(['poll']);
  });

  it('gets a made-up short name when the chosen one was taken meanwhile', async () => {
    const made = loginBench();
    await made.logins.start({ ...request, shortname: 'work' });
    await made.accounts.add(newAccount(claimsOf(), { shortname: 'work' }));
    made.server.polls.push(done());
    await made.pass(6_000);
    expect(made.view().state).toBe('done');
    expect(made.accounts.all().map(({ shortname }) => shortname)).toEqual(['work', 'example']);
  });

  it('is asked for its claims when it is a short one', async () => {
    const made = loginBench();
    const claims = claimsOf({ capabilities: ['AT'] });
    made.server.introspection = claims;
    const token = issuedOf(claims, { kind: 'short', claims: null, value: new Secret('s'.repeat(64)) });
    made.server.polls.push({ kind: 'done', token });
    await made.logins.start(request);
    await made.pass(6_000);
    expect(made.accounts.all()).toMatchObject([{ tokenKind: 'short', oidcSubject: 'alice' }]);
  });

  it('is given back when it does not even tell whose it is', async () => {
    const made = loginBench();
    made.server.introspection = problem('mytoken/insufficient-capabilities');
    const token = issuedOf(claimsOf(), { kind: 'short', claims: null, value: new Secret('s'.repeat(64)) });
    made.server.polls.push({ kind: 'done', token });
    await made.logins.start(request);
    await made.pass(6_000);
    expect(made.view()).toMatchObject({ state: 'failed', problem: 'mytoken/insufficient-capabilities' });
    expect(made.server.calls).toEqual(['poll', 'introspect', `revoke ${'s'.repeat(64)} false`]);
  });
});

describe('renewing', () => {
  async function withAccount() {
    const made = loginBench();
    const old = claimsOf();
    const wish = { ...request.wish, tokenName: 'former', restrictions: [{ exp: '+7d' }] };
    const account = await made.accounts.add(newAccount(old, { wish, shortname: 'work' }));
    return { made, account, old };
  }

  it('asks for the same as before, replaces in place, then revokes the former mytoken', async () => {
    const { made, account, old } = await withAccount();
    made.accounts.markStatus(account.id, 'login-needed', null);
    const claims = claimsOf();
    made.server.polls.push(done(claims));
    await made.logins.start({
      ...{ instanceUrl: 'https://ignored.example.org', oidcIssuer: 'https://ignored.example.org' },
      renewsAccountId: account.id,
    });
    expect(made.view()).toMatchObject({ instanceUrl: server, renewsAccountId: account.id });
    expect(made.server.wishes).toMatchObject([
      { tokenName: 'former', restrictions: [{ exp: '+7d' }], oidcIssuer: account.oidcIssuer },
    ]);
    await made.pass(6_000);
    expect(made.view()).toMatchObject({ state: 'done', accountId: account.id });
    expect(made.accounts.all()).toMatchObject([{ id: account.id, shortname: 'work', status: 'ok' }]);
    expect(made.vault.records.get(account.id)).toBe(jwtOf(claims));
    expect(made.server.calls).toEqual(['poll', `revoke ${jwtOf(old)} false`]);
  });

  it('remembers a new wish', async () => {
    const { made, account } = await withAccount();
    made.server.polls.push(done());
    await made.logins.start({ ...request, renewsAccountId: account.id });
    await made.pass(6_000);
    expect(made.accounts.require(account.id).wish).toEqual(request.wish);
  });

  it('succeeds although the former mytoken cannot be read or revoked', async () => {
    const { made, account } = await withAccount();
    made.vault.getFailure = problem('vault/could-not-read');
    made.server.polls.push(done());
    await made.logins.start({ ...request, renewsAccountId: account.id });
    await made.pass(6_000);
    expect(made.view().state).toBe('done');
    expect(made.server.calls).toEqual(['poll']);
  });

  it('gives the mytoken of another user back and leaves the account alone', async () => {
    const { made, account, old } = await withAccount();
    const claims = claimsOf({ oidc_sub: 'mallory' });
    made.server.polls.push(done(claims));
    await made.logins.start({ ...request, renewsAccountId: account.id });
    await made.pass(6_000);
    expect(made.view()).toMatchObject({ state: 'failed', problem: 'login/different-user' });
    expect(made.vault.records.get(account.id)).toBe(jwtOf(old));
    expect(made.server.calls).toEqual(['poll', `revoke ${jwtOf(claims)} false`]);
  });

  it('gives the mytoken back when the account was removed meanwhile', async () => {
    const { made, account } = await withAccount();
    const claims = claimsOf();
    await made.logins.start({ ...request, renewsAccountId: account.id });
    await made.accounts.removeLocally(account.id);
    made.server.polls.push(done(claims));
    await made.pass(6_000);
    expect(made.view()).toMatchObject({ state: 'failed', problem: 'accounts/not-found' });
    expect(made.server.calls).toEqual(['poll', `revoke ${jwtOf(claims)} false`]);
    expect(made.accounts.all()).toEqual([]);
    expect([...made.vault.records]).toEqual([]);
  });
});
