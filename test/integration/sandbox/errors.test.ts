/** Error catalogue, body decoders and where a token is looked for. */
import { describe, expect, it } from 'vitest';
import { call, nowS, useSandbox, type Answer } from './support.ts';

const run = useSandbox();

function form(path: string, fields: Record<string, string>): Promise<Answer> {
  return call(`${run.sandbox.mytokenUrl}/api/v0${path}`, {
    method: 'POST',
    body: new URLSearchParams(fields),
  });
}

describe('error catalogue of requests', () => {
  const issuer = (): string => run.sandbox.providers[0]?.issuer ?? '';
  const cases: [string, string, () => object, number, string, string | undefined][] = [
    [
      'unknown grant',
      '/token/my',
      () => ({ grant_type: 'x' }),
      400,
      'invalid_grant',
      'Unsupported grant_type',
    ],
    [
      'ssh over HTTP',
      '/token/my',
      () => ({ grant_type: 'ssh' }),
      400,
      'invalid_grant',
      'Unsupported grant_type',
    ],
    ['no grant', '/token/access', () => ({ mytoken: 'x' }), 400, 'invalid_grant', 'Unsupported grant_type'],
    [
      'unknown flow',
      '/token/my',
      () => ({ grant_type: 'oidc_flow', oidc_flow: 'device', oidc_issuer: issuer() }),
      400,
      'invalid_grant',
      'Unsupported oidc_flow',
    ],
    [
      'unknown issuer',
      '/token/my',
      () => ({ grant_type: 'oidc_flow', oidc_issuer: 'https://nobody.example' }),
      400,
      'invalid_request',
      'The provided issuer is not supported',
    ],
    [
      'expired before it lives',
      '/token/my',
      () => ({ grant_type: 'oidc_flow', oidc_issuer: issuer(), restrictions: [{ exp: 5 }] }),
      400,
      'invalid_request',
      'token would already be expired',
    ],
    [
      'unknown template',
      '/token/my',
      () => ({ grant_type: 'oidc_flow', oidc_issuer: issuer(), include: 'nope' }),
      400,
      'invalid_request',
      "unknown include name: 'nope'",
    ],
    [
      'empty token',
      '/token/access',
      () => ({ grant_type: 'mytoken', mytoken: '' }),
      400,
      'invalid_request',
      'token not valid',
    ],
    ['garbage', '/tokeninfo', () => ({ mytoken: 'garbage' }), 400, 'invalid_request', 'token not valid'],
    [
      'unknown short token',
      '/token/transfer',
      () => ({ mytoken: 'x'.repeat(64) }),
      400,
      'invalid_request',
      'token not valid',
    ],
    ['no token', '/tokeninfo', () => ({}), 401, 'invalid_token', 'no mytoken found in request'],
    [
      'unsigned',
      '/tokeninfo',
      () => ({ mytoken: 'eyJhbGciOiJFUzUxMiJ9.e30.AAAA' }),
      401,
      'invalid_token',
      'signature is invalid',
    ],
    [
      'unknown code',
      '/token/my',
      () => ({ grant_type: 'polling_code', polling_code: 'abcdefgh' }),
      401,
      'invalid_token',
      'Bad polling or transfer code',
    ],
    ['nothing to revoke', '/token/revoke', () => ({}), 400, 'invalid_request', 'no token given'],
  ];
  it.each(cases)('%s', async (_name, path, body, status, error, description) => {
    const answer = await run.post(path, body());
    expect(answer.status).toBe(status);
    expect(answer.body).toEqual({ error, error_description: description });
  });

  it('a trailing slash of the issuer does not matter for a login, but does for an access token', async () => {
    const oidc_issuer = `${issuer()}/`;
    expect((await run.post('/token/my', { grant_type: 'oidc_flow', oidc_issuer })).status).toBe(200);
    const { value } = await run.sandbox.control.issueMytoken();
    const answer = await run.post('/token/access', { grant_type: 'mytoken', mytoken: value, oidc_issuer });
    expect(answer.status).toBe(400);
    expect(answer.body['error_description']).toBe('token not for specified issuer');
  });

  it('expired tokens say since when', async () => {
    const { value } = await run.sandbox.control.issueMytoken({ restrictions: [{ exp: nowS() + 10 }] });
    run.sandbox.control.advanceClock(10 + 182);
    const answer = await run.post('/tokeninfo', { mytoken: value });
    run.sandbox.control.advanceClock(-(10 + 182));
    expect(answer.status).toBe(401);
    expect(answer.body['error_description']).toMatch(/^token is expired by 3m[123]s$/);
  });

  it('the quirk off, a bad token is 401', async () => {
    run.sandbox.control.setQuirks({ badTokenIs400: false });
    const answer = await run.post('/tokeninfo', { mytoken: 'garbage' });
    run.sandbox.control.setQuirks({ badTokenIs400: true });
    expect(answer.status).toBe(401);
  });
});

describe('where the token is', () => {
  it('body, then header, then cookie', async () => {
    const good = (await run.sandbox.control.issueMytoken({ name: 'good' })).value;
    const other = (await run.sandbox.control.issueMytoken({ name: 'other' })).value;
    const name = async (body: object, headers: Record<string, string>): Promise<unknown> => {
      const answer = await run.post('/tokeninfo', body, headers);
      return (answer.body['token'] as Record<string, unknown> | undefined)?.['name'];
    };
    expect(await name({ mytoken: good }, { authorization: `Bearer ${other}` })).toBe('good');
    expect(await name({}, { authorization: `bEARER ${good}`, cookie: `mytoken=${other}` })).toBe('good');
    expect(await name({}, { cookie: `mytoken=${good}` })).toBe('good');
    const bad = await run.post('/tokeninfo', {}, { authorization: 'Bearer garbage' });
    expect(bad.status).toBe(401);
    expect(bad.body['error_description']).toBe('token not valid');
  });

  it('headers beyond 8 KiB are 431', async () => {
    const answer = await run.post('/tokeninfo', {}, { authorization: `Bearer ${'x'.repeat(9000)}` });
    expect(answer.status).toBe(431);
  });
});

describe('body decoders', () => {
  it('raw JSON ignores the content type and the case of names; the query wins for grant_type', async () => {
    const { value } = await run.sandbox.control.issueMytoken();
    const base = `${run.sandbox.mytokenUrl}/api/v0`;
    const info = await call(`${base}/tokeninfo`, {
      method: 'POST',
      headers: { 'content-type': 'text/plain' },
      body: JSON.stringify({ MyToken: value, ACTION: 'introspect', unknown: 1 }),
    });
    expect(info.status).toBe(200);
    const query = await run.post('/token/my?grant_type=nonsense', { grant_type: 'mytoken', mytoken: value });
    expect(query.body['error']).toBe('invalid_grant');
  });

  it('by content type: form and multipart work, JSON without a type does not', async () => {
    const { value } = await run.sandbox.control.issueMytoken();
    const issuer = run.sandbox.providers[0]?.issuer ?? '';
    expect((await form('/token/access', { grant_type: 'mytoken', mytoken: value, issuer })).status).toBe(200);
    expect((await form('/token/access', { grant_type: 'mytoken', mytoken: value, issuer: 'x' })).status).toBe(
      400,
    );
    // The JSON name of the parameter means nothing in a form.
    expect(
      (await form('/token/access', { grant_type: 'mytoken', mytoken: value, oidc_issuer: 'x' })).status,
    ).toBe(200);
    const data = new FormData();
    data.set('grant_type', 'mytoken');
    data.set('mytoken', value);
    const url = `${run.sandbox.mytokenUrl}/api/v0/token/access`;
    expect((await call(url, { method: 'POST', body: data })).status).toBe(200);
    const xml = `<request><grant_type>mytoken</grant_type><mytoken>${value}</mytoken></request>`;
    const headers = { 'content-type': 'application/xml' };
    expect((await call(url, { method: 'POST', headers, body: xml })).status).toBe(200);
    const untyped = await call(url, {
      method: 'POST',
      headers: { 'content-type': 'text/plain' },
      body: JSON.stringify({ grant_type: 'mytoken', mytoken: value }),
    });
    expect(untyped.status).toBe(400);
    expect(untyped.body['error_description']).toBe('Unprocessable Entity');
  });
});
