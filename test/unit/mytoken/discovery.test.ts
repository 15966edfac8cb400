import { describe, expect, it } from 'vitest';
import { bench, discoveryDocument, failure, issuer, json, paths, text, unreachable } from './fake-server.ts';

const serve = (over: Record<string, unknown>, headers: Record<string, string> = {}) => {
  const parts = bench();
  parts.server.on(paths.discovery, json(200, discoveryDocument(issuer, over), headers));
  return parts;
};

describe('discover', () => {
  it('reads the document', async () => {
    const { client, server } = bench();
    expect(await client.discover('mytoken.example.org/')).toEqual({
      issuer,
      version: '0.10.2',
      providers: [
        {
          issuer: 'https://op.example.org/',
          name: 'Example OP',
          scopes: ['openid', 'profile'],
          federated: false,
        },
      ],
      endpoints: {
        mytoken: `${issuer}/api/v0/token/my`,
        accessToken: `${issuer}/api/v0/token/access`,
        jwks: `${issuer}/jwks`,
        tokeninfo: `${issuer}/api/v0/tokeninfo`,
        revocation: `${issuer}/api/v0/token/revoke`,
        transfer: `${issuer}/api/v0/token/transfer`,
        profiles: `${issuer}/api/v0/pt`,
        usersettings: `${issuer}/api/v0/settings`,
        notifications: `${issuer}/api/v0/notifications`,
      },
      restrictionKeys: ['nbf', 'exp', 'scope'],
      responseTypes: ['token', 'short_token', 'transfer_code'],
      grantTypes: ['oidc_flow', 'mytoken', 'polling_code', 'transfer_code'],
      signingAlg: 'ES512',
      documentation: null,
      clockSkewMs: null,
    });
    expect(server.requests[0]).toMatchObject({ limitBytes: 4 * 1024 * 1024, sameOriginRedirects: 3 });
  });

  it('asks once in ten minutes, and once for many at a time', async () => {
    const { client, server, clock } = bench();
    await Promise.all([
      client.discover(issuer),
      client.discover(`${issuer}/`),
      client.discover('mytoken.example.org'),
    ]);
    clock.advance(599_000);
    await client.discover(issuer);
    expect(server.count(paths.discovery)).toBe(1);
    clock.sleep(1_001);
    await client.discover(issuer);
    expect(server.count(paths.discovery)).toBe(2);
    await client.discover(issuer, { refresh: true });
    expect(server.count(paths.discovery)).toBe(3);
  });

  it('asks again when the clock was set back', async () => {
    const { client, server, clock } = bench();
    await client.discover(issuer);
    clock.setWallClock(clock.nowMs() - 86_400_000);
    await client.discover(issuer);
    expect(server.count(paths.discovery)).toBe(2);
  });

  it('does not remember failures', async () => {
    const { client, server } = bench();
    server.on(paths.discovery, unreachable, json(200, discoveryDocument()));
    expect((await failure(client.discover(issuer))).code).toBe('mytoken/unreachable');
    expect((await client.discover(issuer)).issuer).toBe(issuer);
  });

  it('lets one caller give up while others wait', async () => {
    const { client, server } = bench();
    let answer = (): void => undefined;
    server.on(
      paths.discovery,
      () =>
        new Promise((resolve) => {
          answer = () => resolve(json(200, discoveryDocument()));
        }),
    );
    const abort = new AbortController();
    const impatient = failure(client.discover(issuer, { signal: abort.signal }));
    const patient = client.discover(issuer);
    await new Promise((resolve) => setImmediate(resolve));
    abort.abort();
    expect((await impatient).details).toMatchObject({ reason: 'aborted', sent: 'no' });
    answer();
    expect((await patient).issuer).toBe(issuer);
    expect(server.count(paths.discovery)).toBe(1);
  });

  it.each([
    ['https://other.example.org'],
    ['https://mytoken.example.org.evil.example'],
    ['https://MYTOKEN.example.org'],
    ['https://mytoken.example.org/sub'],
    ['http://mytoken.example.org'],
  ])('R-56 refuses a server that calls itself %s', async (answered) => {
    const { client } = serve({ issuer: answered });
    const error = await failure(client.discover(issuer));
    expect(error.code).toBe('mytoken/issuer-mismatch');
    expect(error.details).toMatchObject({ asked: issuer, sent: 'no' });
  });

  it('keeps the trailing slash of an issuer that has one', async () => {
    const { client } = serve({ issuer: `${issuer}/` });
    expect((await client.discover(issuer)).issuer).toBe(`${issuer}/`);
  });

  it.each([
    'mytoken_endpoint',
    'access_token_endpoint',
    'jwks_uri',
    'tokeninfo_endpoint',
    'revocation_endpoint',
    'token_transfer_endpoint',
    'profiles_endpoint',
    'usersettings_endpoint',
  ])('R-1 R-56 refuses %s elsewhere or without https', async (field) => {
    for (const url of ['https://evil.example/x', 'http://mytoken.example.org/x', 'http://127.0.0.1/x', 'x']) {
      const { client } = serve({ [field]: url });
      const error = await failure(client.discover(issuer));
      expect(error.code).toBe('mytoken/url-not-allowed');
      expect(error.details).toMatchObject({ field, sent: 'no' });
    }
  });

  it('takes missing endpoints for functions that are switched off', async () => {
    const { client } = serve({
      tokeninfo_endpoint: undefined,
      revocation_endpoint: undefined,
      token_transfer_endpoint: null,
      profiles_endpoint: undefined,
      usersettings_endpoint: undefined,
    });
    const { endpoints } = await client.discover(issuer);
    expect(Object.values(endpoints).filter((url) => url === null)).toHaveLength(5);
  });

  it.each([
    ['0.4.1', 'mytoken/version-too-old'],
    ['v0.4.99-rc1', 'mytoken/version-too-old'],
    ['0.5.0', null],
    ['0.10.2', null],
    ['0.50', null],
    ['1.0.0-beta', null],
    ['', null],
    [undefined, null],
  ])('version %s', async (version, code) => {
    const { client } = serve({ version });
    if (code === null) await client.discover(issuer);
    else expect((await failure(client.discover(issuer))).code).toBe(code);
  });

  it('tolerates old field names and both spellings of federation', async () => {
    const { client } = serve({
      restriction_claims_supported: undefined,
      supported_restriction_keys: ['nbf', 'ip'],
      providers_supported: [
        { issuer: 'https://a.example', scopes_supported: null, oidc_fed: true },
        { issuer: 'https://b.example', scopes_supported: [], oidfed: true },
        { issuer: 'https://c.example' },
      ],
    });
    const info = await client.discover(issuer);
    expect(info.restrictionKeys).toEqual(['nbf', 'ip']);
    expect(info.providers.map(({ federated }) => federated)).toEqual([true, true, false]);
    expect(info.providers.map(({ scopes }) => scopes)).toEqual([[], [], []]);
  });

  it('takes null for an empty list of providers', async () => {
    const { client } = serve({ providers_supported: null });
    expect((await client.discover(issuer)).providers).toEqual([]);
  });

  it('R-58 cleans names, drops providers and scopes that cannot be, and keeps the rest', async () => {
    const { client } = serve({
      providers_supported: [
        {
          issuer: 'https://op.example.org/',
          name: 'Safe\u202Eevil\u0000',
          scopes_supported: ['a', 'b c', 'd\u202E', 'a'],
        },
        { issuer: 'https://op.example.org/\u202E', name: 'x' },
        { name: 'no issuer' },
        'nonsense',
        { issuer: 'https://last.example', name: 'n'.repeat(5000) },
      ],
    });
    const { providers } = await client.discover(issuer);
    expect(providers).toMatchObject([
      { name: 'Safeevil', scopes: ['a'] },
      { issuer: 'https://last.example', name: `${'n'.repeat(199)}…` },
    ]);
  });

  it('tells the difference of the clocks', async () => {
    const { client, clock } = serve({}, { date: new Date(Date.UTC(2026, 0, 15, 12, 5)).toUTCString() });
    const { clockSkewMs } = await client.discover(issuer);
    expect(clockSkewMs).toBe(Date.UTC(2026, 0, 15, 12, 5) + 500 - clock.nowMs());
  });

  it('links documentation over https only', async () => {
    const linked = async (service_documentation: string) =>
      (await serve({ service_documentation }).client.discover(issuer)).documentation;
    expect(await linked('https://docs.example.org/#top')).toBe('https://docs.example.org/#top');
    for (const bad of ['http://docs.example.org', 'javascript:alert(1)', 'file:///etc/passwd', 'x']) {
      expect(await linked(bad)).toBeNull();
    }
  });

  it.each([
    ['HTML', text(200, '<html>', { 'content-type': 'text/html' }), 'mytoken/bad-answer'],
    ['JSON that says it is text', { ...json(200, discoveryDocument()), headers: {} }, 'mytoken/bad-answer'],
    ['broken JSON', { ...json(200, {}), body: '{"issuer":' }, 'mytoken/bad-answer'],
    ['another shape', json(200, [1, 2]), 'mytoken/bad-answer'],
    ['nothing there', text(404, 'Not Found'), 'mytoken/not-supported'],
    ['server error', text(500, ''), 'mytoken/server-error'],
    ['too many requests', text(429, '', { 'retry-after': '3' }), 'mytoken/rate-limited'],
  ])('%s', async (_name, answer, code) => {
    const { client, server } = bench();
    server.on(paths.discovery, answer);
    const error = await failure(client.discover(issuer));
    expect(error.code).toBe(code);
    expect(error.details['sent']).toBe('no');
  });

  it('never asks an address that is not allowed (R-1)', async () => {
    const { client, server } = bench();
    for (const url of ['http://mytoken.example.org', 'https://u@mytoken.example.org', 'ftp://x']) {
      expect((await failure(client.discover(url))).code).toBe('mytoken/url-not-allowed');
    }
    expect(server.requests).toEqual([]);
  });
});
