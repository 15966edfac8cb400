/** Discovery, keys, the login with its polling states, and access tokens. */
import { createHash } from 'node:crypto';
import { sha3_256 } from '@noble/hashes/sha3.js';
import { compactVerify, createLocalJWKSet, type JSONWebKeySet } from 'jose';
import { describe, expect, it } from 'vitest';
import { call, jwtPart, nowS, useSandbox } from './support.ts';

const run = useSandbox();

async function begin(
  request: Record<string, unknown> = {},
): Promise<{ consentUri: string; poll: () => ReturnType<typeof run.post> }> {
  const start = await run.post('/token/my', {
    grant_type: 'oidc_flow',
    oidc_issuer: run.sandbox.providers[0]?.issuer,
    ...request,
  });
  expect(start.status, start.text).toBe(200);
  return {
    consentUri: String(start.body['consent_uri']),
    poll: () =>
      run.post('/token/my', { grant_type: 'polling_code', polling_code: start.body['polling_code'] }),
  };
}

describe('discovery', () => {
  it('names every endpoint at both paths', async () => {
    const first = await run.get('/.well-known/mytoken-configuration');
    const second = await run.get('/.well-known/openid-configuration');
    expect(second.body).toEqual(first.body);
    const base = run.sandbox.mytokenUrl;
    expect(first.body).toMatchObject({
      issuer: base,
      access_token_endpoint: `${base}/api/v0/token/access`,
      token_endpoint: `${base}/api/v0/token/access`,
      mytoken_endpoint: `${base}/api/v0/token/my`,
      tokeninfo_endpoint: `${base}/api/v0/tokeninfo`,
      revocation_endpoint: `${base}/api/v0/token/revoke`,
      token_transfer_endpoint: `${base}/api/v0/token/transfer`,
      usersettings_endpoint: `${base}/api/v0/settings`,
      notifications_endpoint: `${base}/api/v0/notifications`,
      profiles_endpoint: `${base}/api/v0/pt`,
      token_signing_alg_value: 'ES512',
      tokeninfo_endpoint_actions_supported: ['introspect', 'event_history', 'subtokens', 'list_mytokens'],
      access_token_endpoint_grant_types_supported: ['mytoken'],
      response_types_supported: ['token', 'short_token', 'transfer_code'],
      version: '0.10.2',
    });
    expect(first.body).not.toHaveProperty('grant_types_supported');
    expect((first.body['providers_supported'] as unknown[]).length).toBe(2);
    expect(first.headers.get('access-control-allow-origin')).toBe('*');
    expect(first.headers.get('x-request-id')).toMatch(/\S{8,}/);
  });

  it('matches paths without regard to case and trailing slashes', async () => {
    expect((await run.get('/.Well-Known/MYTOKEN-configuration/')).status).toBe(200);
  });

  it('the settings metadata names endpoints of disabled features, which are 404 in JSON', async () => {
    const base = `${run.sandbox.mytokenUrl}/api/v0/settings`;
    expect((await run.get('/api/v0/settings')).body).toEqual({
      grant_type_endpoint: `${base}/grants`,
      email_endpoint: `${base}/email`,
    });
    run.sandbox.control.setServer({ features: { mail: false } });
    const missing = await run.get('/api/v0/settings/email');
    run.sandbox.control.setServer({ features: { mail: true } });
    expect(missing.status).toBe(404);
    expect(missing.body).toEqual({ error: 'Not Found', error_description: 'Not Found' });
    const wrongMethod = await run.get('/api/v0/token/my');
    expect(wrongMethod.status).toBe(405);
    expect(wrongMethod.body['error']).toBe('Method Not Allowed');
  });
});

describe('login', () => {
  it('polls pending, then gets a signed token, then the code is gone', async () => {
    const { consentUri, poll } = await begin({
      name: 'laptop',
      restrictions: [{ exp: '+1d', usages_AT: 5 }],
    });
    expect(consentUri).toMatch(new RegExp(`^${run.sandbox.mytokenUrl}/c/[A-Za-z]{8}$`));
    const pending = await poll();
    expect(pending.status).toBe(428);
    expect(pending.body).toEqual({ error: 'authorization_pending' });
    const page = await run.sandbox.control.completeLogin(consentUri, { user: 'alice' });
    expect(page.status).toBe(200);
    expect(new URL(page.finalUrl).pathname).toBe('/native');
    const done = await poll();
    expect(done.status).toBe(200);
    expect(done.body).toMatchObject({ mytoken_type: 'token', capabilities: ['AT', 'tokeninfo'] });
    expect(Number(done.body['expires_in'])).toBeGreaterThan(86_300);
    const again = await poll();
    expect(again.status).toBe(401);
    expect(again.body).toEqual({ error: 'invalid_token', error_description: 'Bad polling or transfer code' });

    const jwt = String(done.body['mytoken']);
    const jwks = (await run.get('/jwks')).body as unknown as JSONWebKeySet;
    expect(jwks.keys).toHaveLength(1);
    await compactVerify(jwt, createLocalJWKSet(jwks));
    expect(jwtPart(jwt, 0)).toEqual({ alg: 'ES512', typ: 'MT+JWT' });
    const claims = jwtPart(jwt);
    const issuer = run.sandbox.providers[0]?.issuer ?? '';
    const alice = run.sandbox.users.find((user) => user.login === 'alice');
    expect(claims).toMatchObject({
      ver: '0.7',
      token_type: 'mytoken',
      iss: run.sandbox.mytokenUrl,
      aud: run.sandbox.mytokenUrl,
      seq_no: 1,
      name: 'laptop',
      oidc_iss: issuer,
      oidc_sub: alice?.sub,
      restrictions: [{ usages_AT: 5 }],
    });
    const subject = Buffer.from(sha3_256(Buffer.from(`${alice?.sub ?? ''}@${issuer}`))).toString('base64');
    expect(claims['sub']).toBe(subject);
    const raw = Buffer.from(String(claims['jti']).replaceAll('-', ''), 'hex');
    expect(done.body['mom_id']).toBe(createHash('sha512').update(raw).digest('base64'));
  });

  it('ends in access_denied when the user declines', async () => {
    const { consentUri, poll } = await begin({ application_name: 'my app' });
    const page = await run.sandbox.control.completeLogin(consentUri, { user: 'alice', approve: false });
    expect(page.finalUrl).toBe(`${run.sandbox.mytokenUrl}/native/abort?application=my%20app`);
    const answer = await poll();
    expect(answer.status).toBe(401);
    expect(answer.body).toEqual({ error: 'access_denied', error_description: 'user declined consent' });
  });

  it('shows 555 and forgets the code when the provider refuses', async () => {
    const { consentUri, poll } = await begin();
    const page = await run.sandbox.control.completeLogin(consentUri, {
      user: 'alice',
      allowAtProvider: false,
    });
    expect(page.status).toBe(555);
    expect(page.text).toContain('access_denied');
    expect((await poll()).body).toEqual({
      error: 'invalid_token',
      error_description: 'Bad polling or transfer code',
    });
  });

  it('stays pending when the provider sends no refresh token', async () => {
    run.sandbox.control.setOp({ omitRefreshToken: true });
    const { consentUri, poll } = await begin();
    const page = await run.sandbox.control.completeLogin(consentUri, { user: 'bob' });
    expect(page.status).toBe(555);
    expect(page.text).toContain('Did not receive a refresh token');
    expect((await poll()).status).toBe(428);
  });

  it('refuses a wrong password', async () => {
    const { consentUri, poll } = await begin();
    const page = await run.sandbox.control.completeLogin(consentUri, { user: 'alice', password: 'wrong' });
    expect(page.status).toBe(401);
    expect((await poll()).status).toBe(428);
  });

  it('expires the code', async () => {
    const { poll } = await begin();
    run.sandbox.control.advanceClock(302);
    const answer = await poll();
    run.sandbox.control.advanceClock(-302);
    expect(answer.status).toBe(401);
    expect(answer.body).toEqual({
      error: 'expired_token',
      error_description: 'polling or transfer code is expired',
    });
  });

  it('lets the user change name and capabilities, and refuses unknown capabilities', async () => {
    const { consentUri, poll } = await begin({ name: 'before', capabilities: ['AT', 'create_mytoken'] });
    const refused = await call(consentUri, {
      method: 'POST',
      body: JSON.stringify({ capabilities: ['AT', 'fly'] }),
    });
    expect(refused.status).toBe(400);
    expect(refused.body['error_description']).toBe("unknown capability 'fly'");
    await run.sandbox.control.completeLogin(consentUri, { user: 'bob', name: 'after', capabilities: ['AT'] });
    const { body } = await poll();
    expect(body['capabilities']).toEqual(['AT']);
    expect(jwtPart(body['mytoken'])['name']).toBe('after');
  });

  it('answers an approval with 278 and a PKCE request to the provider', async () => {
    const { consentUri } = await begin({
      restrictions: [{ scope: 'compute.read', audience: ['https://a.example'] }, { scope: 'profile' }],
    });
    const answer = await call(consentUri, {
      method: 'POST',
      body: JSON.stringify({ restrictions: [{ scope: 'compute.read', audience: ['https://a.example'] }] }),
    });
    expect(answer.status).toBe(278);
    const query = new URL(String(answer.body['authorization_uri'])).searchParams;
    expect(query.get('scope')?.split(' ').sort()).toEqual(['compute.read', 'offline_access', 'openid']);
    expect(query.get('code_challenge_method')).toBe('S256');
    expect(query.get('prompt')).toBe('consent');
    expect(query.get('state')).toMatch(/^[A-Za-z]{32}$/);
    expect(query.getAll('resource')).toEqual(['https://a.example']);
  });

  it('crashes when an approval adds a rotation nobody asked for', async () => {
    const { consentUri } = await begin();
    const body = JSON.stringify({ capabilities: ['AT'], rotation: { on_AT: true } });
    expect((await call(consentUri, { method: 'POST', body })).status).toBe(500);
  });

  it('consent links: 404 page, 500 answer', async () => {
    const unknown = `${run.sandbox.mytokenUrl}/c/abcdefgh`;
    expect((await call(unknown)).status).toBe(404);
    const answer = await call(unknown, { method: 'POST', body: '{}' });
    expect(answer.status).toBe(500);
    expect(answer.body).toEqual({ error: 'internal_server_error', error_description: 'Not Found' });
  });

  it('delivers a token which is not valid yet', async () => {
    const nbf = nowS() + 3600;
    const token = await run.login({ restrictions: [{ nbf }] });
    expect(jwtPart(token['mytoken'])['nbf']).toBe(nbf);
    const use = await run.post('/tokeninfo', { mytoken: token['mytoken'] });
    expect(use.status).toBe(401);
    expect(use.body['error_description']).toBe('token is not valid yet');
  });

  it('web: no polling code, a cookie at the end', async () => {
    const start = await run.post('/token/my', {
      grant_type: 'oidc_flow',
      oidc_issuer: run.sandbox.providers[0]?.issuer,
      client_type: 'web',
      redirect_uri: '/home',
    });
    expect(Object.keys(start.body)).toEqual(['consent_uri']);
    const page = await run.sandbox.control.completeLogin(String(start.body['consent_uri']), {
      user: 'alice',
    });
    expect(page.finalUrl).toBe(`${run.sandbox.mytokenUrl}/home`);
    const missing = await run.post('/token/my', {
      grant_type: 'oidc_flow',
      oidc_issuer: run.sandbox.providers[0]?.issuer,
      client_type: 'web',
    });
    expect(missing.body['error_description']).toBe(
      'parameter redirect_uri must be given for client_type=web',
    );
  });
});

describe('access tokens', () => {
  it('are JWTs which the provider’s userinfo accepts', async () => {
    const token = await run.login();
    const answer = await run.post('/token/access', { grant_type: 'mytoken', mytoken: token['mytoken'] });
    expect(answer.status, answer.text).toBe(200);
    expect(answer.body).toMatchObject({ token_type: 'Bearer', expires_in: 3600 });
    expect(answer.body).not.toHaveProperty('audience');
    const claims = jwtPart(answer.body['access_token']);
    expect(String(claims['scope']).split(' ')).toContain('compute.create');
    const issuer = run.sandbox.providers[0]?.issuer ?? '';
    const info = await call(`${issuer}/userinfo`, {
      headers: { authorization: `Bearer ${String(answer.body['access_token'])}` },
    });
    expect(info.status).toBe(200);
    expect(info.body).toMatchObject({
      sub: claims['sub'],
      email: 'alice@example.org',
      name: 'Alice Example',
    });
    const refused = await call(`${issuer}/userinfo`, { headers: { authorization: 'Bearer x.y.z' } });
    expect(refused.status).toBe(401);
    expect(refused.headers.get('www-authenticate')).toContain('error="invalid_token"');
    const foreign = await call(`${run.sandbox.providers[1]?.issuer ?? ''}/userinfo`, {
      headers: { authorization: `Bearer ${String(answer.body['access_token'])}` },
    });
    expect(foreign.status).toBe(401);
  });

  it('an unrestricted token ignores the requested scope, a restricted one is charged and narrowed', async () => {
    const free = await run.sandbox.control.issueMytoken();
    const wide = await run.post('/token/access', {
      grant_type: 'mytoken',
      mytoken: free.value,
      scope: 'openid',
    });
    expect(String(wide.body['scope']).split(' ').length).toBeGreaterThan(3);

    const { value } = await run.sandbox.control.issueMytoken({
      restrictions: [{ scope: 'openid compute.read', audience: ['https://a.example', 'b'], usages_AT: 2 }],
    });
    const narrow = await run.post('/token/access', {
      grant_type: 'mytoken',
      mytoken: value,
      scope: 'compute.read',
      audience: 'https://a.example b',
    });
    expect(narrow.body).toMatchObject({ scope: 'compute.read', audience: ['https://a.example', 'b'] });
    // 0.10.2: the clause's audience is not applied unasked.
    const plain = await run.post('/token/access', { grant_type: 'mytoken', mytoken: value });
    expect(plain.body).not.toHaveProperty('audience');
    const spent = await run.post('/token/access', { grant_type: 'mytoken', mytoken: value });
    expect(spent.status).toBe(403);
    expect(spent.body).toEqual({
      error: 'usage_restricted',
      error_description: 'The restrictions of this token does not allow this usage',
    });
  });

  it('keep the provider’s status and text, and cost nothing then', async () => {
    const { value } = await run.sandbox.control.issueMytoken({
      restrictions: [{ usages_AT: 1 }],
      rotation: { on_AT: true },
    });
    const access = (): ReturnType<typeof run.post> =>
      run.post('/token/access', { grant_type: 'mytoken', mytoken: value });
    run.sandbox.control.setOp({
      error: { error: 'invalid_grant', error_description: 'Token is not active', status: 418 },
    });
    const failed = await access();
    expect(failed.status).toBe(418);
    expect(failed.body).toEqual({
      error: 'oidc_error',
      error_description: 'invalid_grant: Token is not active',
    });
    run.sandbox.control.setOp({ error: { error: 'temporarily_unavailable', status: 503 } });
    const down = await access();
    expect([down.status, down.body]).toEqual([
      503,
      { error: 'oidc_error', error_description: 'temporarily_unavailable' },
    ]);
    run.sandbox.control.setOp({ error: null, offline: true });
    expect((await access()).status).toBe(500);
    run.sandbox.control.setOp({ offline: false });
    expect((await access()).status).toBe(200);
  });

  it('fail for ever when the provider killed the refresh token', async () => {
    const token = await run.sandbox.control.issueMytoken();
    await run.sandbox.control.revokeAtProvider(token.mom_id);
    const answer = await run.post('/token/access', { grant_type: 'mytoken', mytoken: token.value });
    expect(answer.status).toBe(400);
    expect(String(answer.body['error_description'])).toMatch(/^invalid_grant: /);
  });

  it('parallel requests of one tree do not race for the provider’s refresh token', async () => {
    const { value } = await run.sandbox.control.issueMytoken();
    const answers = await Promise.all(
      Array.from({ length: 6 }, () => run.post('/token/access', { grant_type: 'mytoken', mytoken: value })),
    );
    expect(answers.map((answer) => answer.status)).toEqual([200, 200, 200, 200, 200, 200]);
    expect(new Set(answers.map((answer) => answer.body['access_token'])).size).toBe(6);
  });

  it('the provider narrows scopes: clauses are intersected, an empty intersection means unrestricted', async () => {
    run.sandbox.control.setOp({ narrowScopes: ['openid', 'offline_access', 'profile'] });
    const token = await run.login({
      restrictions: [{ scope: 'profile email' }, { scope: 'compute.read', usages_AT: 1 }],
    });
    expect(token['restrictions']).toEqual([{ scope: 'profile' }, { usages_AT: 1 }]);
  });
});
