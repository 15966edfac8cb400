import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import {
  createHttp,
  createMytokenClient,
  type HeldMytoken,
  type Http,
  type LoginRequest,
  momIdOf,
  type MytokenClient,
} from '../../../electron/mytoken/index.ts';
import { Secret, silentLogger, systemClock } from '../../../electron/ports/index.ts';
import { startSandbox, type Fault, type Sandbox } from '../../../sandbox/index.ts';
import { failure } from '../../unit/mytoken/fake-server.ts';

let sandbox: Sandbox;
let http: Http;
let client: MytokenClient;

beforeAll(async () => {
  sandbox = await startSandbox({ extraProviders: 300 });
  http = createHttp({
    extraCa: () => Promise.resolve([]),
    proxyFromEnvironment: true,
    clock: systemClock(),
    userAgent: 'test/1',
  });
  client = createMytokenClient({
    http,
    clock: systemClock(),
    log: silentLogger,
    appName: 'Mytoken Desktop',
    appVersion: '1.2.3',
  });
});

afterEach(() => {
  sandbox.control.clearFaults();
  sandbox.control.setOp({ error: null, offline: false });
  sandbox.control.setQuirks({ tokenUpdateCookieOnly: false, oldDiscoveryNames: false, oddStatuses: true });
  sandbox.control.clearRequests();
});

afterAll(async () => {
  await http.stop();
  await sandbox.stop();
});

type Issue = Parameters<Sandbox['control']['issueMytoken']>[0];

async function hold(options: Issue = {}): Promise<HeldMytoken & { momId: string }> {
  const issued = await sandbox.control.issueMytoken(options);
  return { instanceUrl: sandbox.mytokenUrl, value: new Secret(issued.value), momId: issued.mom_id };
}

const after = (token: HeldMytoken, update: { value: Secret } | null): HeldMytoken => {
  if (!update) throw new Error('the mytoken was not replaced');
  return { instanceUrl: token.instanceUrl, value: update.value };
};

const seqNo = (momId: string) => sandbox.control.tokens().find((token) => token.momId === momId)?.seqNo;

const requests = (path: string) => sandbox.control.requests().filter((entry) => entry.path === path).length;

const login = (over: Partial<LoginRequest> = {}): LoginRequest => ({
  oidcIssuer: sandbox.providers[0]?.issuer ?? '',
  tokenName: 'laptop',
  capabilities: ['AT', 'tokeninfo'],
  restrictions: [],
  rotation: null,
  ...over,
});

describe('discovery', () => {
  it('reads a server with hundreds of providers', async () => {
    const info = await client.discover(`${sandbox.mytokenUrl}/`, { refresh: true });
    expect(info.issuer).toBe(sandbox.mytokenUrl);
    expect(info.providers).toHaveLength(302);
    expect(info.providers.filter((provider) => provider.federated)).toHaveLength(300);
    expect(Math.abs(info.clockSkewMs ?? Number.NaN)).toBeLessThan(5_000);
  });

  it('reads the document of an older server', async () => {
    sandbox.control.setQuirks({ oldDiscoveryNames: true });
    const info = await client.discover(sandbox.mytokenUrl, { refresh: true });
    expect(info.restrictionKeys).toContain('ip');
    sandbox.control.setQuirks({ oldDiscoveryNames: false });
    expect((await client.discover(sandbox.mytokenUrl, { refresh: true })).restrictionKeys).toContain('hosts');
  });

  it('R-56 takes another name of the same machine for another server', async () => {
    const other = sandbox.mytokenUrl.replace('127.0.0.1', 'localhost');
    expect((await failure(client.discover(other))).code).toBe('mytoken/issuer-mismatch');
  });
});

describe('a login in the browser', () => {
  it('goes from pending to a verified mytoken that works', async () => {
    const started = await client.startLogin(
      sandbox.mytokenUrl,
      login({ restrictions: [{ exp: '+7d', usages_AT: 5 }], rotation: { on_AT: true, lifetime: 86_400 } }),
    );
    expect(await client.poll(sandbox.mytokenUrl, started.pollingCode)).toEqual({ kind: 'pending' });
    await sandbox.control.completeLogin(started.consentUri.reveal(), { user: 'alice' });
    const answer = await client.poll(sandbox.mytokenUrl, started.pollingCode);
    if (answer.kind !== 'done') throw new Error(answer.kind);
    const { claims, momId, rotation, value } = answer.token;
    expect(claims).toMatchObject({ iss: sandbox.mytokenUrl, name: 'laptop', seq_no: 1 });
    expect(momId).toBe(momIdOf(claims?.jti ?? ''));
    expect(rotation).toEqual({ on_AT: true, lifetime: 86_400 });
    expect(await client.verify(value)).toEqual(claims);

    const { value: access, update } = await client.accessToken(
      { instanceUrl: sandbox.mytokenUrl, value },
      {},
    );
    expect(access.accessToken.reveal().length).toBeGreaterThan(10);
    expect(access.expiresInSeconds).toBeGreaterThan(0);
    expect(update).toMatchObject({ momId, claims: { seq_no: 2 } });
    expect(await failure(client.poll(sandbox.mytokenUrl, started.pollingCode))).toMatchObject({
      code: 'login/taken',
    });
  });

  it('survives a rotation that the user adds on the consent page', async () => {
    const started = await client.startLogin(sandbox.mytokenUrl, login());
    await sandbox.control.completeLogin(started.consentUri.reveal(), {
      user: 'alice',
      rotation: { on_AT: true },
    });
    const answer = await client.poll(sandbox.mytokenUrl, started.pollingCode);
    expect(answer).toMatchObject({ kind: 'done', token: { rotation: { on_AT: true } } });
  });

  it('can be declined', async () => {
    const started = await client.startLogin(sandbox.mytokenUrl, login());
    await sandbox.control.completeLogin(started.consentUri.reveal(), { user: 'alice', approve: false });
    expect((await failure(client.poll(sandbox.mytokenUrl, started.pollingCode))).code).toBe('login/declined');
  });

  it('can fail at the provider', async () => {
    const started = await client.startLogin(sandbox.mytokenUrl, login());
    await sandbox.control.completeLogin(started.consentUri.reveal(), {
      user: 'alice',
      allowAtProvider: false,
    });
    expect((await failure(client.poll(sandbox.mytokenUrl, started.pollingCode))).code).toBe('login/taken');
  });

  it('can come too late', async () => {
    const started = await client.startLogin(sandbox.mytokenUrl, login());
    sandbox.control.advanceClock(301);
    try {
      expect((await failure(client.poll(sandbox.mytokenUrl, started.pollingCode))).code).toBe(
        'login/expired',
      );
    } finally {
      sandbox.control.advanceClock(-301);
    }
  });

  it('can be abandoned; what was issued for it already is revoked', async () => {
    const started = await client.startLogin(sandbox.mytokenUrl, login({ tokenName: 'abandoned' }));
    await sandbox.control.completeLogin(started.consentUri.reveal(), { user: 'alice' });
    await client.abandonLogin(sandbox.mytokenUrl, started.pollingCode);
    expect((await failure(client.poll(sandbox.mytokenUrl, started.pollingCode))).code).toBe('login/taken');
    expect(sandbox.control.tokens().some(({ name }) => name === 'abandoned')).toBe(false);
  });

  it('needs a provider the server knows', async () => {
    const error = await failure(
      client.startLogin(sandbox.mytokenUrl, login({ oidcIssuer: 'https://nobody.example' })),
    );
    expect(error).toMatchObject({
      code: 'mytoken/invalid-request',
      details: { reason: 'provider-not-supported' },
    });
  });
});

describe('rotation', () => {
  const rotation = { on_AT: true, on_other: true };

  it('is followed from use to use', async () => {
    let token: HeldMytoken = await hold({ rotation });
    for (let use = 2; use <= 4; use += 1) {
      const { update } = await client.accessToken(token, {});
      expect(update?.claims?.seq_no).toBe(use);
      token = after(token, update);
    }
  });

  it('is followed when only the cookie tells', async () => {
    sandbox.control.setQuirks({ tokenUpdateCookieOnly: true });
    const token = await hold({ rotation });
    const { update } = await client.accessToken(token, {});
    expect(update).toMatchObject({ kind: 'jwt', momId: token.momId, claims: { seq_no: 2 } });
    expect((await client.accessToken(after(token, update), {})).update?.claims?.seq_no).toBe(3);
  });

  it.each([false, true])('is followed for short tokens (cookie only: %s)', async (tokenUpdateCookieOnly) => {
    sandbox.control.setQuirks({ tokenUpdateCookieOnly });
    const token = await hold({ rotation, responseType: 'short_token' });
    const { update } = await client.accessToken(token, {});
    expect(update?.kind).toBe('short');
    const next = after(token, update);
    expect((await client.accessToken(next, {})).update?.kind).toBe('short');
    expect((await failure(client.accessToken(token, {}))).code).toBe('mytoken/token-unusable');
  });

  it('an outdated mytoken is unusable', async () => {
    const token = await hold({ rotation });
    await client.accessToken(token, {});
    expect(await failure(client.accessToken(token, {}))).toMatchObject({
      code: 'mytoken/token-unusable',
      details: { reason: 'revoked-or-replaced', sent: 'rejected' },
    });
  });
});

describe('everything else that mytokens do', () => {
  const capabilities = ['AT', 'create_mytoken', 'tokeninfo', 'manage_mytokens'];

  it('sub-mytokens in all forms', async () => {
    const parent = await hold({ capabilities });
    const jwt = await client.createSubMytoken(parent, {
      name: 'child',
      capabilities: ['AT'],
      restrictions: [{ usages_AT: 1 }],
    });
    expect(jwt.value).toMatchObject({ kind: 'jwt', capabilities: ['AT'], restrictions: [{ usages_AT: 1 }] });
    const short = await client.createSubMytoken(parent, {
      capabilities: ['AT'],
      responseType: 'short_token',
    });
    expect(short.value.kind).toBe('short');
    const code = await client.createSubMytoken(parent, {
      capabilities: ['AT'],
      responseType: 'transfer_code',
    });
    if (code.value.kind !== 'transfer-code') throw new Error(code.value.kind);
    expect((await client.redeemTransferCode(sandbox.mytokenUrl, code.value.code)).kind).toBe('jwt');
    expect(await failure(client.redeemTransferCode(sandbox.mytokenUrl, code.value.code))).toMatchObject({
      code: 'mytoken/token-unusable',
      details: { reason: 'unknown-code' },
    });
    const { value: tree } = await client.subtokens(parent);
    expect(tree.momId).toBe(parent.momId);
    expect(tree.children).toHaveLength(3);
  });

  it('limited other uses do not crash the server', async () => {
    const parent = await hold({ capabilities });
    const { value } = await client.createSubMytoken(parent, {
      capabilities: ['tokeninfo'],
      restrictions: [{ usages_other: 2 }],
    });
    if (value.kind === 'transfer-code') throw new Error('unexpected');
    const child = { instanceUrl: sandbox.mytokenUrl, value: value.value };
    await client.eventHistory(child);
    await client.eventHistory(child);
    expect((await failure(client.eventHistory(child))).code).toBe('mytoken/usage-restricted');
  });

  it('transfer codes', async () => {
    const token = await hold();
    const { value } = await client.createTransferCode(token);
    expect((await client.redeemTransferCode(sandbox.mytokenUrl, value.code)).momId).toBe(token.momId);
  });

  it('introspection, history and lists', async () => {
    const token = await hold({ capabilities, name: 'looker' });
    expect(await client.introspect(token)).toMatchObject({
      kind: 'jwt',
      momId: token.momId,
      claims: { name: 'looker' },
    });
    await client.accessToken(token, {});
    const { value: events } = await client.eventHistory(token);
    expect(events.map(({ event }) => event)).toContain('AT_created');
    expect(events.find(({ event }) => event === 'AT_created')?.userAgent).toBe('Mytoken-Desktop/1.2.3');
    const { value: list } = await client.listMytokens(token);
    expect(list.map(({ momId }) => momId)).toContain(token.momId);
    const other = await hold();
    expect(
      (await client.eventHistory(token, [other.momId])).value.every(({ momId }) => momId === other.momId),
    ).toBe(true);
  });

  it('revocation of itself and of others', async () => {
    const token = await hold({ capabilities });
    const other = await hold();
    expect(await client.revoke(token, { momId: other.momId, recursive: true })).toEqual({
      value: null,
      update: null,
    });
    expect((await failure(client.accessToken(other, {}))).code).toBe('mytoken/token-unusable');
    expect(await failure(client.revoke(token, { momId: other.momId }))).toMatchObject({
      code: 'mytoken/invalid-request',
      details: { reason: 'foreign-mytoken' },
    });
    await client.revoke(token, {});
    expect((await failure(client.accessToken(token, {}))).code).toBe('mytoken/token-unusable');
    await client.revoke(token, {});
  });

  it('templates', async () => {
    const groups = await client.templateGroups(sandbox.mytokenUrl);
    expect(groups).toContain('_');
    const restrictions = await client.templates(sandbox.mytokenUrl, 'restrictions', '_');
    expect(restrictions.map(({ name }) => name)).toContain('web-default');
    expect(restrictions.every(({ group }) => group === '_')).toBe(true);
    for (const kind of ['profiles', 'capabilities', 'rotation'] as const) {
      expect((await client.templates(sandbox.mytokenUrl, kind, '_')).length).toBeGreaterThan(0);
    }
  });
});

describe('what the server refuses', () => {
  it('capabilities, restrictions, time', async () => {
    const poor = await hold({ capabilities: ['AT'] });
    expect((await failure(client.listMytokens(poor))).code).toBe('mytoken/insufficient-capabilities');
    const once = await hold({ restrictions: [{ usages_AT: 1 }] });
    await client.accessToken(once, {});
    expect(await failure(client.accessToken(once, {}))).toMatchObject({
      code: 'mytoken/usage-restricted',
      details: { sent: 'rejected' },
    });
    const brief = await hold({ restrictions: [{ exp: Math.floor(sandbox.control.nowMs() / 1000) + 60 }] });
    sandbox.control.advanceClock(61);
    try {
      expect((await failure(client.accessToken(brief, {}))).code).toBe('mytoken/expired');
    } finally {
      sandbox.control.advanceClock(-61);
    }
    const later = await hold({ restrictions: [{ nbf: Math.floor(sandbox.control.nowMs() / 1000) + 600 }] });
    expect((await failure(client.accessToken(later, {}))).code).toBe('mytoken/not-yet-valid');
  });

  it('mytokens that are none, in the 400 and the 401 form', async () => {
    const token = { instanceUrl: sandbox.mytokenUrl, value: new Secret('aB'.repeat(32)) };
    for (const badTokenIs400 of [true, false]) {
      sandbox.control.setQuirks({ badTokenIs400 });
      expect(await failure(client.accessToken(token, {}))).toMatchObject({
        code: 'mytoken/token-unusable',
        details: { status: badTokenIs400 ? 400 : 401, sent: 'rejected' },
      });
    }
    sandbox.control.setQuirks({ badTokenIs400: true });
  });

  it('what the provider refuses', async () => {
    const token = await hold();
    sandbox.control.setOp({ error: { error: 'invalid_scope', error_description: 'no' } });
    expect(await failure(client.accessToken(token, {}))).toMatchObject({
      code: 'mytoken/provider-error',
      details: { providerError: 'invalid_scope', sent: 'rejected' },
    });
    sandbox.control.setOp({ error: null });
    await sandbox.control.revokeAtProvider(token.momId);
    expect((await failure(client.accessToken(token, {}))).code).toBe('mytoken/provider-session-ended');

    const bare = await hold({ capabilities: ['AT', 'create_mytoken'] });
    sandbox.control.dropRefreshToken(bare.momId);
    expect((await failure(client.accessToken(bare, {}))).code).toBe('mytoken/provider-session-ended');
    expect((await failure(client.createSubMytoken(bare, {}))).code).toBe('mytoken/provider-session-ended');
  });
});

describe('faults on the way', () => {
  const strike = (fault: Fault) =>
    sandbox.control.injectFault({ fault, match: { path: '/api/v0/token/access' } });

  it.each<[string, Fault, string, string]>([
    ['cut before it was processed', { kind: 'cut-before' }, 'mytoken/unreachable', 'maybe'],
    ['cut after it was processed', { kind: 'cut-after' }, 'mytoken/unreachable', 'maybe'],
    ['malformed', { kind: 'malformed-json' }, 'mytoken/bad-answer', 'maybe'],
    ['huge', { kind: 'huge-body', bytes: 3 * 1024 * 1024 }, 'mytoken/too-large', 'maybe'],
    ['gateway', { kind: 'status', status: 502, body: '<html>' }, 'mytoken/server-error', 'maybe'],
    ['gateway timeout', { kind: 'status', status: 504 }, 'mytoken/server-error', 'maybe'],
    [
      'server error',
      { kind: 'status', status: 500, body: { error: 'internal_server_error' } },
      'mytoken/server-error',
      'rejected',
    ],
    ['limit', { kind: 'rate-limit', retryAfterSeconds: 7 }, 'mytoken/rate-limited', 'rejected'],
    ['proxy page', { kind: 'status', status: 200, body: '<html>' }, 'mytoken/bad-answer', 'maybe'],
  ])('%s', async (_name, fault, code, sent) => {
    const token = await hold({ rotation: { on_AT: true } });
    const handle = strike(fault);
    expect(await failure(client.accessToken(token, {}))).toMatchObject({ code, details: { sent } });
    // One request, one strike: nothing was sent a second time.
    expect(handle.hits()).toBe(1);
    expect(requests('/api/v0/token/access')).toBe(1);
  });

  it('a lost answer really may have replaced the mytoken', async () => {
    const token = await hold({ rotation: { on_AT: true } });
    strike({ kind: 'cut-after' });
    await failure(client.accessToken(token, {}));
    expect(seqNo(token.momId)).toBe(2);
    const kept = await hold({ rotation: { on_AT: true } });
    sandbox.control.clearFaults();
    strike({ kind: 'cut-before' });
    await failure(client.accessToken(kept, {}));
    expect(seqNo(kept.momId)).toBe(1);
  });

  it('time to wait is told', async () => {
    strike({ kind: 'rate-limit', retryAfterSeconds: 7 });
    expect((await failure(client.accessToken(await hold(), {}))).details).toMatchObject({
      retryAfterMs: 7000,
    });
  });

  it.each<[string, Fault]>([
    ['latency', { kind: 'latency', ms: 60_000 }],
    ['a slow body', { kind: 'slow-body', bytesPerSecond: 20 }],
  ])('%s ends when the caller has enough', async (_name, fault) => {
    strike(fault);
    const token = await hold();
    const error = await failure(client.accessToken(token, {}, { signal: AbortSignal.timeout(300) }));
    expect(error).toMatchObject({
      code: 'mytoken/unreachable',
      details: { reason: 'aborted', sent: 'maybe' },
    });
  });

  it('discovery out of order means that no mytoken was sent', async () => {
    const fresh = createMytokenClient({
      http,
      clock: systemClock(),
      log: silentLogger,
      appName: 'x',
      appVersion: '1',
    });
    const token = await hold();
    const path = '/.well-known/mytoken-configuration';
    for (const fault of [
      { kind: 'cut-before' },
      { kind: 'malformed-json' },
      { kind: 'status', status: 503 },
    ] as const) {
      const handle = sandbox.control.injectFault({ fault, match: { path } });
      expect((await failure(fresh.accessToken(token, {}))).details['sent']).toBe('no');
      handle.remove();
    }
    expect(requests('/api/v0/token/access')).toBe(0);
  });

  it('discovery may be larger than other answers, but not without end', async () => {
    const fresh = createMytokenClient({
      http,
      clock: systemClock(),
      log: silentLogger,
      appName: 'x',
      appVersion: '1',
    });
    sandbox.control.injectFault({
      fault: { kind: 'huge-body', bytes: 5 * 1024 * 1024 },
      match: { path: '/.well-known/*' },
    });
    expect((await failure(fresh.discover(sandbox.mytokenUrl))).code).toBe('mytoken/too-large');
  });

  it('keys out of reach do not cost a replaced mytoken', async () => {
    const fresh = createMytokenClient({
      http,
      clock: systemClock(),
      log: silentLogger,
      appName: 'x',
      appVersion: '1',
    });
    sandbox.control.injectFault({ fault: { kind: 'cut-before' }, match: { path: '/jwks' } });
    const token = await hold({ rotation: { on_AT: true } });
    const { update } = await fresh.accessToken(token, {});
    expect(update?.claimsVerified).toBe(false);
    sandbox.control.clearFaults();
    expect((await fresh.accessToken(after(token, update), {})).update?.claimsVerified).toBeUndefined();
  });
});
