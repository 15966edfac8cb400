import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { wishFor } from '../../../shared/model/login-profiles.ts';
import { type FaultSpec, type Sandbox, startSandbox } from '../../../sandbox/index.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { type Desk, openDesk } from './support.ts';

const polling: NonNullable<FaultSpec['match']> = { path: '/api/v0/token/my', grant_type: 'polling_code' };

let sandbox: Sandbox;
let desk: Desk;

beforeAll(async () => {
  sandbox = await startSandbox({ pollingIntervalSeconds: 1 });
});
afterAll(() => sandbox.stop());
beforeEach(async () => {
  desk = await openDesk();
  desk.browser = (uri) => sandbox.control.completeLogin(uri, { user: 'alice' });
});
afterEach(async () => {
  sandbox.control.clearFaults();
  await desk.stop();
});

const request = (from = sandbox) => ({
  instanceUrl: from.mytokenUrl,
  oidcIssuer: from.providers[0]?.issuer ?? '',
  wish: wishFor('agent', 'integration'),
});

async function poll(code: string | undefined): Promise<{ status: number; body: Record<string, unknown> }> {
  const answer = await fetch(`${sandbox.mytokenUrl}/api/v0/token/my`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ grant_type: 'polling_code', polling_code: code }),
  });
  const text = await answer.text();
  return {
    status: answer.status,
    body: text.startsWith('{') ? (JSON.parse(text) as Record<string, unknown>) : {},
  };
}

describe('a browser login', () => {
  it('ends in an account that gets access tokens', async () => {
    const { flowId } = await desk.logins.start({ ...request(), shortname: 'work' });
    const view = await desk.ended();
    expect(view).toMatchObject({ flowId, state: 'done', problem: null, differences: [] });
    const [account] = desk.accounts.all();
    expect(account).toMatchObject({
      id: view.accountId,
      shortname: 'work',
      instanceUrl: sandbox.mytokenUrl,
      oidcIssuer: sandbox.providers[0]?.issuer,
      tokenName: 'integration',
    });
    expect(account?.providerScopes.length).toBeGreaterThan(0);
    const grant = await desk.broker.accessToken({ accountId: account?.id ?? '' });
    expect(grant.accessToken.reveal().length).toBeGreaterThan(10);
    const stored = (await desk.accounts.mytoken(account?.id ?? ''))?.reveal() ?? '';
    for (const secret of [stored, ...desk.pollingCodes]) expect(desk.log.text()).not.toContain(secret);
  });

  it('shows what the user changed on the consent page', async () => {
    desk.browser = (uri) =>
      sandbox.control.completeLogin(uri, {
        user: 'alice',
        capabilities: ['AT', 'tokeninfo'],
        restrictions: [{ exp: Math.floor(Date.now() / 1000) + 86_400 }],
      });
    await desk.logins.start({ ...request(), wish: wishFor('careful', 'x') });
    expect((await desk.ended()).differences).toEqual([
      { kind: 'capabilities-lost', values: ['create_mytoken'] },
      { kind: 'restrictions-changed', values: ['exp'] },
    ]);
  });

  it.each(['agent', 'tokens-only', 'careful'] as const)('gets what profile %s asks for', async (profile) => {
    await desk.logins.start({ ...request(), wish: wishFor(profile, 'x') });
    expect(await desk.ended()).toMatchObject({ state: 'done', differences: [] });
  });

  it('lets the server fill in a profile of its own', async () => {
    const [profile] = await desk.client.templates(sandbox.mytokenUrl, 'profiles', '_');
    if (!profile) throw new Error('The sandbox has no profiles.');
    await desk.logins.start({ ...request(), wish: wishFor(profile, 'x') });
    expect(await desk.ended()).toMatchObject({ state: 'done' });
    expect(desk.accounts.all()[0]?.wish?.include).toEqual([profile.name]);
  });

  it('is declined when the user declines', async () => {
    desk.browser = (uri) => sandbox.control.completeLogin(uri, { user: 'alice', approve: false });
    await desk.logins.start(request());
    expect(await desk.ended()).toMatchObject({ state: 'failed', problem: 'login/declined' });
  });

  it('is taken when somebody else was faster', async () => {
    const fault = sandbox.control.injectFault({ match: polling, fault: { kind: 'status', status: 503 } });
    await desk.logins.start(request());
    await vi.waitFor(() =>
      expect(sandbox.control.tokens().some(({ name }) => name === 'integration')).toBe(true),
    );
    await vi.waitFor(() => expect(desk.logins.view()?.offline).toBe(true), 5_000);
    fault.remove();
    let thief = 428;
    await vi.waitFor(async () => {
      thief = (await poll(desk.pollingCodes[0])).status;
      expect(thief).not.toBe(428);
    });
    expect(thief).toBe(200);
    expect(await desk.ended()).toMatchObject({ state: 'failed', problem: 'login/taken' });
  });

  it('fails when the user cancels at the provider', async () => {
    desk.browser = (uri) => sandbox.control.completeLogin(uri, { user: 'alice', allowAtProvider: false });
    await desk.logins.start(request());
    expect(await desk.ended()).toMatchObject({ state: 'failed', problem: 'login/taken' });
  });

  it('waits out a rate limit and a server that is down', async () => {
    sandbox.control.injectFault({
      match: { ...polling, count: 1 },
      fault: { kind: 'rate-limit', retryAfterSeconds: 2 },
    });
    sandbox.control.injectFault({ match: { ...polling, nth: 2, count: 2 }, fault: { kind: 'cut-before' } });
    await desk.logins.start(request());
    expect(await desk.until(({ offline }) => offline)).toMatchObject({ state: 'waiting' });
    expect(await desk.ended()).toMatchObject({ state: 'done', offline: false });
  });

  it('R-55: is given up at the server when cancelled, along with a mytoken made already', async () => {
    const before = new Set(sandbox.control.tokens().map(({ momId }) => momId));
    const fault = sandbox.control.injectFault({ match: polling, fault: { kind: 'status', status: 503 } });
    const { flowId } = await desk.logins.start(request());
    const made = () => sandbox.control.tokens().filter(({ momId }) => !before.has(momId));
    await vi.waitFor(() => expect(made()).toHaveLength(1), 5_000);
    await desk.logins.cancel(flowId);
    expect(desk.logins.view()).toMatchObject({ state: 'failed', problem: 'login/cancelled' });
    await vi.waitFor(() => expect(made()).toEqual([]), 5_000);
    fault.remove();
    expect(await poll(desk.pollingCodes[0])).toMatchObject({ status: 401, body: { error: 'invalid_token' } });
    expect(desk.accounts.all()).toEqual([]);
  });

  it('keeps the mytoken in memory while the vault is closed', async () => {
    await desk.vault.close();
    await desk.logins.start(request());
    const view = await desk.until(({ state, problem }) => state === 'finishing' && problem !== null);
    expect(view.problem).toBe('vault/locked');
    await desk.vault.open();
    expect(await desk.ended()).toMatchObject({ state: 'done' });
    expect(await desk.vault.list()).toEqual([desk.accounts.all()[0]?.id]);
  });

  it('renews an account in place and revokes its former mytoken', async () => {
    await desk.logins.start({ ...request(), shortname: 'work' });
    const { accountId } = await desk.ended();
    const former = desk.accounts.require(accountId ?? '');
    await desk.logins.start({ ...request(), wish: undefined, renewsAccountId: former.id });
    expect(await desk.ended()).toMatchObject({ state: 'done', accountId: former.id });
    const renewed = desk.accounts.require(former.id);
    expect(renewed).toMatchObject({ shortname: 'work', wish: former.wish });
    expect(renewed.momId).not.toBe(former.momId);
    const atServer = () => sandbox.control.tokens().map(({ momId }) => momId);
    await vi.waitFor(() => expect(atServer()).not.toContain(former.momId), 5_000);
    expect(atServer()).toContain(renewed.momId);
    await desk.broker.accessToken({ accountId: former.id, fresh: true });
  });

  it('gives the mytoken of another user back', async () => {
    await desk.logins.start(request());
    const { accountId } = await desk.ended();
    const before = desk.accounts.require(accountId ?? '');
    const atServer = () => sandbox.control.tokens().filter(({ user }) => user !== 'alice');
    const others = atServer().length;
    const other = sandbox.users.find(({ login }) => login !== 'alice')?.login ?? '';
    desk.browser = (uri) => sandbox.control.completeLogin(uri, { user: other });
    await desk.logins.start({ ...request(), renewsAccountId: before.id });
    expect(await desk.ended()).toMatchObject({ state: 'failed', problem: 'login/different-user' });
    expect(desk.accounts.require(before.id)).toEqual(before);
    await vi.waitFor(() => expect(atServer()).toHaveLength(others), 5_000);
  });

  it('ends when the code’s time is over', async () => {
    const hasty = await startSandbox({ pollingIntervalSeconds: 1, codeSeconds: 3 });
    try {
      desk.browser = () => Promise.resolve();
      await desk.logins.start(request(hasty));
      expect(await desk.ended()).toMatchObject({ state: 'failed', problem: 'login/expired' });
    } finally {
      await hasty.stop();
    }
  });

  it('outlives a restart of the server', async () => {
    const directory = temporaryDirectory('sandbox-');
    const stateFile = join(directory, 'state.json');
    let running = await startSandbox({ pollingIntervalSeconds: 1, stateFile });
    try {
      let consentUri = '';
      desk.browser = (uri) => Promise.resolve((consentUri = uri));
      const portOf = (url: string): number => Number(new URL(url).port);
      const ports = {
        mytoken: portOf(running.mytokenUrl),
        providers: running.providers.map(({ issuer }) => portOf(issuer)),
      };
      await desk.logins.start(request(running));
      await running.stop();
      await desk.until(({ offline }) => offline);
      running = await startSandbox({ pollingIntervalSeconds: 1, stateFile, ports });
      await running.control.completeLogin(consentUri, { user: 'alice' });
      expect(await desk.ended()).toMatchObject({ state: 'done' });
    } finally {
      await running.stop();
    }
  });
});
