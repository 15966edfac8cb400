/** Faults on the wire, the control routes, the limiter and the request log. */
import { describe, expect, it } from 'vitest';
import { startSandbox } from '../../../sandbox/index.ts';
import { call, jwtPart, useSandbox } from './support.ts';

const run = useSandbox();
const DISCOVERY = '/.well-known/mytoken-configuration';

function discovery(): Promise<Response> {
  return fetch(run.sandbox.mytokenUrl + DISCOVERY);
}

describe('faults', () => {
  it('status and rate limit, n-th and count', async () => {
    const handle = run.sandbox.control.injectFault({
      match: { path: DISCOVERY, nth: 2, count: 1 },
      fault: { kind: 'status', status: 502, body: { error: 'x' }, headers: { 'x-test': 'yes' } },
    });
    expect((await discovery()).status).toBe(200);
    const struck = await discovery();
    expect([struck.status, struck.headers.get('x-test'), await struck.json()]).toEqual([
      502,
      'yes',
      { error: 'x' },
    ]);
    expect((await discovery()).status).toBe(200);
    expect(handle.hits()).toBe(1);
    run.sandbox.control.injectFault({ fault: { kind: 'rate-limit', retryAfterSeconds: 7 } });
    const limited = await discovery();
    expect([limited.status, limited.headers.get('retry-after')]).toEqual([429, '7']);
    expect(await limited.text()).toBe('Too Many Requests');
    expect(limited.headers.get('content-type')).toMatch(/^text\/plain/);
  });

  it('cut-before does nothing, cut-after has done everything', async () => {
    const rotation = { on_AT: true };
    const access = (value: unknown): Promise<Response> =>
      fetch(`${run.sandbox.mytokenUrl}/api/v0/token/access`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ grant_type: 'mytoken', mytoken: value }),
      });
    const spared = await run.sandbox.control.issueMytoken({ rotation });
    const before = run.sandbox.control.injectFault({
      match: { grant_type: 'mytoken' },
      fault: { kind: 'cut-before' },
    });
    await expect(access(spared.value)).rejects.toThrow();
    before.remove();
    expect((await access(spared.value)).status).toBe(200);
    const lost = await run.sandbox.control.issueMytoken({ rotation });
    run.sandbox.control.injectFault({
      match: { grant_type: 'mytoken', count: 1 },
      fault: { kind: 'cut-after' },
    });
    await expect(access(lost.value)).rejects.toThrow();
    expect(run.sandbox.control.tokens().find((entry) => entry.momId === lost.mom_id)?.seqNo).toBe(2);
    expect((await access(lost.value)).status).toBe(401);
  });

  it('latency, broken, slow and huge bodies', async () => {
    const { control } = run.sandbox;
    control.injectFault({ match: { count: 1 }, fault: { kind: 'latency', ms: 150 } });
    let started = performance.now();
    await discovery();
    expect(performance.now() - started).toBeGreaterThan(140);
    const broken = control.injectFault({ fault: { kind: 'malformed-json' } });
    await expect((await discovery()).json()).rejects.toThrow(SyntaxError);
    broken.remove();
    const slow = control.injectFault({ fault: { kind: 'slow-body', bytesPerSecond: 10_000 } });
    started = performance.now();
    const bytes = (await (await discovery()).text()).length;
    expect(performance.now() - started).toBeGreaterThan((bytes / 10_000) * 800);
    slow.remove();
    control.injectFault({ fault: { kind: 'huge-body', bytes: 3_000_000 } });
    expect((await (await discovery()).text()).length).toBe(3_000_000);
  });
});

describe('control over HTTP', () => {
  const control = (method: string, path: string, body?: unknown): ReturnType<typeof call> =>
    call(`${run.sandbox.mytokenUrl}/__sandbox/${path}`, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });

  it('faults, clock, provider, requests and login', async () => {
    const fault = await control('POST', 'faults', {
      match: { path: DISCOVERY },
      fault: { kind: 'status', status: 503 },
    });
    expect((await discovery()).status).toBe(503);
    expect((await control('GET', `faults/${String(fault.body['id'])}`)).body['hits']).toBe(1);
    await control('DELETE', `faults/${String(fault.body['id'])}`);
    expect((await discovery()).status).toBe(200);

    const clock = await control('POST', 'clock', { advanceSeconds: 100 });
    expect(Number(clock.body['nowMs']) - Date.now()).toBeGreaterThan(99_000);
    await control('POST', 'clock', { advanceSeconds: -100 });

    const start = await run.post('/token/my', {
      grant_type: 'oidc_flow',
      oidc_issuer: run.sandbox.providers[1]?.issuer,
    });
    const login = await control('POST', 'login', { user: 'bob', consentUri: start.body['consent_uri'] });
    expect(login.body['status']).toBe(200);
    const token = await run.post('/token/my', {
      grant_type: 'polling_code',
      polling_code: start.body['polling_code'],
    });
    expect(jwtPart(token.body['mytoken'])['oidc_iss']).toBe(run.sandbox.providers[1]?.issuer);

    await control('POST', 'op', { provider: 1, error: { error: 'server_error' } });
    const failed = await run.post('/token/access', { grant_type: 'mytoken', mytoken: token.body['mytoken'] });
    expect(failed.body).toEqual({ error: 'oidc_error', error_description: 'server_error' });

    const log = JSON.stringify((await control('GET', 'requests')).body);
    expect(log).toContain('"grantType":"polling_code"');
    expect(log).toContain('/c/:code');
    for (const secret of [
      token.body['mytoken'],
      start.body['polling_code'],
      String(start.body['consent_uri']).slice(-8),
    ])
      expect(log).not.toContain(String(secret));
  });

  it('is closed to web pages, and absent when switched off', async () => {
    const page = await call(`${run.sandbox.mytokenUrl}/__sandbox/clock`, {
      method: 'POST',
      headers: { origin: 'https://evil.example' },
      body: '{}',
    });
    expect(page.status).toBe(400);
    const closed = await startSandbox({ control: false, providerCount: 1 });
    try {
      expect((await call(`${closed.mytokenUrl}/__sandbox/requests`)).status).toBe(404);
    } finally {
      await closed.stop();
    }
  });
});

describe('options', () => {
  it('limiter: plain text, Retry-After and the budget headers', async () => {
    const limited = await startSandbox({ providerCount: 1, limiter: { max: 2, windowSeconds: 60 } });
    try {
      const first = await call(limited.mytokenUrl + DISCOVERY);
      expect(first.headers.get('x-ratelimit-limit')).toBe('2');
      expect(first.headers.get('x-ratelimit-remaining')).toBe('1');
      await call(`${limited.mytokenUrl}/privacy`);
      const third = await call(limited.mytokenUrl + DISCOVERY);
      expect([third.status, third.text]).toEqual([429, 'Too Many Requests']);
      expect(Number(third.headers.get('retry-after'))).toBeGreaterThan(50);
    } finally {
      await limited.stop();
    }
  });

  it('hundreds of federation providers, guest mode and a maximum lifetime', async () => {
    const sandbox = await startSandbox({
      extraProviders: 300,
      guestMode: true,
      providerSettings: [{ maxMytokenLifetimeSeconds: 1000 }],
      clientIpHeader: 'x-real-ip',
    });
    const post = (path: string, body: object, ip = '192.0.2.1'): ReturnType<typeof call> =>
      call(`${sandbox.mytokenUrl}/api/v0${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-real-ip': ip },
        body: JSON.stringify(body),
      });
    try {
      const { body } = await call(sandbox.mytokenUrl + DISCOVERY);
      const providers = body['providers_supported'] as { issuer: string; name: string; oidc_fed?: boolean }[];
      expect(providers).toHaveLength(303);
      expect(providers.filter((entry) => entry.oidc_fed)).toHaveLength(300);
      const guest = `${sandbox.mytokenUrl}/api/v0/guests`;
      expect(providers[2]).toEqual({ issuer: guest, name: 'Guest Mode', scopes_supported: ['openid'] });

      const start = await post('/token/my', { grant_type: 'oidc_flow', oidc_issuer: guest });
      await sandbox.control.completeLogin(String(start.body['consent_uri']), { user: '' });
      const poll = { grant_type: 'polling_code', polling_code: start.body['polling_code'] };
      const token = (await post('/token/my', poll)).body;
      const access = await post('/token/access', { grant_type: 'mytoken', mytoken: token['mytoken'] });
      expect(access.body).toMatchObject({ expires_in: 600, scope: 'openid' });
      expect(access.body['access_token']).toMatch(/^[a-zA-Z]{64}$/);

      const bounded = await post('/token/my', {
        grant_type: 'oidc_flow',
        oidc_issuer: sandbox.providers[0]?.issuer,
        restrictions: [{ hosts: ['this'] }],
      });
      await sandbox.control.completeLogin(String(bounded.body['consent_uri']), { user: 'alice' });
      const made = await post('/token/my', {
        grant_type: 'polling_code',
        polling_code: bounded.body['polling_code'],
      });
      expect(Number(made.body['expires_in'])).toBeLessThanOrEqual(1000);
      const [clause] = made.body['restrictions'] as { hosts: string[] }[];
      expect(clause?.hosts).toEqual(['192.0.2.1']);
      const use = { grant_type: 'mytoken', mytoken: made.body['mytoken'] };
      expect((await post('/token/access', use, '192.0.2.2')).status).toBe(403);
      expect((await post('/token/access', use)).status).toBe(200);
    } finally {
      await sandbox.stop();
    }
  });

  it('switched-off features have no route and no name in discovery', async () => {
    const sandbox = await startSandbox({
      providerCount: 1,
      features: { revocation: false, transferCodes: false, tokeninfo: false, shortTokens: false },
      disabledRestrictionKeys: ['geoip_allow', 'geoip_disallow'],
      quirks: { oldDiscoveryNames: true },
    });
    try {
      const { body } = await call(sandbox.mytokenUrl + DISCOVERY);
      for (const key of [
        'revocation_endpoint',
        'token_transfer_endpoint',
        'tokeninfo_endpoint',
        'restriction_claims_supported',
      ])
        expect(body).not.toHaveProperty(key);
      expect(body['response_types_supported']).toEqual(['token']);
      expect(body['supported_restriction_keys']).toEqual([
        'nbf',
        'exp',
        'scope',
        'audience',
        'ip',
        'usages_AT',
        'usages_other',
      ]);
      const gone = await call(`${sandbox.mytokenUrl}/api/v0/token/revoke`, { method: 'POST', body: '{}' });
      expect(gone.body).toEqual({ error: 'Not Found', error_description: 'Not Found' });
      const short = await sandbox.control.issueMytoken({ capabilities: ['create_mytoken'] });
      const child = await call(`${sandbox.mytokenUrl}/api/v0/token/my`, {
        method: 'POST',
        body: JSON.stringify({ grant_type: 'mytoken', mytoken: short.value, response_type: 'short_token' }),
      });
      expect(child.body['mytoken_type']).toBe('token');
    } finally {
      await sandbox.stop();
    }
  });
});
