import { describe, expect, it } from 'vitest';
import { momIdOf } from '../../../electron/mytoken/index.ts';
import { unlimitedUses } from '../../../shared/model/restrictions.ts';
import { Secret } from '../../../electron/ports/index.ts';
import {
  bench,
  claims,
  discoveryDocument,
  failure,
  held,
  issuer,
  json,
  jti,
  jwt,
  paths,
  text,
  unreachable,
  withCookie,
} from './fake-server.ts';

const shortToken = 'aB'.repeat(32);
const loginRequest = {
  oidcIssuer: 'https://op.example.org/',
  tokenName: 'laptop',
  capabilities: ['AT'],
  restrictions: [],
  rotation: null,
};
const started = {
  consent_uri: `${issuer}/c/KqRtWbNx`,
  polling_code: 'UzNGU2RG',
  expires_in: 300,
  interval: 5,
};

describe('startLogin', () => {
  it('asks for a native login and keeps what comes back secret', async () => {
    const { client, server, clock } = bench();
    server.on(paths.my, json(200, started));
    const login = await client.startLogin(issuer, {
      ...loginRequest,
      restrictions: [{ exp: '+7d', hosts: ['this'] }],
      include: ['web-default'],
    });
    expect(server.lastBody(paths.my)).toEqual({
      grant_type: 'oidc_flow',
      oidc_flow: 'authorization_code',
      client_type: 'native',
      oidc_issuer: 'https://op.example.org/',
      name: 'laptop',
      application_name: 'Mytoken Desktop',
      capabilities: ['AT'],
      restrictions: [{ exp: '+7d', hosts: ['this'] }],
      rotation: {},
      include: ['web-default'],
      response_type: 'token',
    });
    expect(login.consentUri.reveal()).toBe(started.consent_uri);
    expect(login.pollingCode.reveal()).toBe('UzNGU2RG');
    expect(login.expiresAtMs).toBe(clock.nowMs() + 300_000);
    expect(login.intervalMs).toBe(5000);
    expect(JSON.stringify(login)).not.toMatch(/KqRt|UzNG/);
  });

  it('sends the rotation that is wanted, and leaves empty lists out', async () => {
    const { client, server } = bench();
    server.on(paths.my, json(200, started));
    await client.startLogin(issuer, { ...loginRequest, capabilities: [], rotation: { on_AT: true } });
    const body = server.lastBody(paths.my);
    expect(body['rotation']).toEqual({ on_AT: true });
    expect([body['capabilities'], body['restrictions'], body['include']]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });

  it('always limits usages_AT where usages_other is limited', async () => {
    const { client, server } = bench();
    server.on(paths.my, json(200, started));
    const restrictions = [{ usages_other: 3 }, { usages_other: 3, usages_AT: 0 }, { scope: 'a' }];
    await client.startLogin(issuer, { ...loginRequest, restrictions });
    expect(server.lastBody(paths.my)['restrictions']).toEqual([
      { usages_other: 3, usages_AT: unlimitedUses },
      { usages_other: 3, usages_AT: 0 },
      { scope: 'a' },
    ]);
  });

  it('cuts names that the server could not store', async () => {
    const { client, server } = bench();
    server.on(paths.my, json(200, started));
    await client.startLogin(issuer, { ...loginRequest, tokenName: 'ü'.repeat(300) });
    expect(server.lastBody(paths.my)['name']).toHaveLength(89);
  });

  it.each([
    'https://evil.example/c/KqRtWbNx',
    'http://mytoken.example.org/c/KqRtWbNx',
    'https://mytoken.example.org:444/c/KqRtWbNx',
    'javascript:alert(1)',
  ])('R-55 refuses the consent page %s', async (consent_uri) => {
    const { client, server } = bench();
    server.on(paths.my, json(200, { ...started, consent_uri }));
    const error = await failure(client.startLogin(issuer, loginRequest));
    expect(error.code).toBe('mytoken/url-not-allowed');
    expect(JSON.stringify(error.toEnvelope())).not.toContain('KqRt');
  });

  it('copes with missing and odd times', async () => {
    const { client, server, clock } = bench();
    server.on(
      paths.my,
      json(200, { consent_uri: started.consent_uri, polling_code: 'x' }),
      json(200, { ...started, interval: 1e9 }),
      json(200, { ...started, interval: -1 }),
    );
    const login = await client.startLogin(issuer, loginRequest);
    expect([login.intervalMs, login.expiresAtMs - clock.nowMs()]).toEqual([5000, 300_000]);
    expect((await client.startLogin(issuer, loginRequest)).intervalMs).toBe(60_000);
    expect((await failure(client.startLogin(issuer, loginRequest))).code).toBe('mytoken/bad-answer');
  });

  it('needs a polling code', async () => {
    const { client, server } = bench();
    server.on(paths.my, json(200, { consent_uri: started.consent_uri }));
    expect((await failure(client.startLogin(issuer, loginRequest))).code).toBe('mytoken/not-supported');
  });
});

describe('poll', () => {
  const code = new Secret('UzNGU2RG');

  it.each([
    ['428', json(428, { error: 'authorization_pending' })],
    ['428 without a body', text(428, '')],
    ['400 as in RFC 8628', json(400, { error: 'authorization_pending' })],
    ['slow down', json(400, { error: 'slow_down' })],
  ])('waits on %s', async (_name, answer) => {
    const { client, server } = bench();
    server.on(paths.my, answer);
    expect(await client.poll(issuer, code)).toEqual({ kind: 'pending' });
  });

  it.each([
    ['access_denied', 'login/declined'],
    ['expired_token', 'login/expired'],
    ['invalid_token', 'login/taken'],
  ])('ends with %s', async (error, expected) => {
    const { client, server } = bench();
    server.on(paths.my, json(401, { error }));
    expect((await failure(client.poll(issuer, code))).code).toBe(expected);
  });

  it.each([
    ['limit', text(429, '', { 'retry-after': '9' }), 'mytoken/rate-limited'],
    ['server error', json(500, { error: 'internal_server_error' }), 'mytoken/server-error'],
    ['network', unreachable, 'mytoken/unreachable'],
  ])('may go on after: %s', async (_name, answer, expected) => {
    const { client, server } = bench();
    server.on(paths.my, answer);
    expect(await failure(client.poll(issuer, code))).toMatchObject({ code: expected, retryable: true });
  });

  it('brings the verified mytoken', async () => {
    const { client, server } = bench();
    const value = jwt({ rotation: { on_AT: true }, restrictions: [{ usages_AT: 5 }], exp: 1_768_482_000 });
    server.on(paths.my, json(200, { mytoken: value, mytoken_type: 'token', expires_in: 3600 }));
    const answer = await client.poll(issuer, code);
    if (answer.kind !== 'done') throw new Error(answer.kind);
    const { value: secret, claims: read, ...rest } = answer.token;
    expect(secret.reveal()).toBe(value);
    expect(read?.jti).toBe(jti);
    expect(rest).toEqual({
      kind: 'jwt',
      momId: momIdOf(jti),
      expiresInSeconds: 3600,
      capabilities: ['AT', 'tokeninfo'],
      restrictions: [{ usages_AT: 5 }],
      rotation: { on_AT: true },
    });
  });

  it('takes a short token as it is', async () => {
    const { client, server } = bench();
    server.on(
      paths.my,
      json(200, { mytoken: shortToken, mytoken_type: 'short_token', mom_id: 'm==', capabilities: ['AT'] }),
    );
    expect(await client.poll(issuer, code)).toMatchObject({
      kind: 'done',
      token: {
        kind: 'short',
        claims: null,
        momId: 'm==',
        capabilities: ['AT'],
        restrictions: [],
        rotation: null,
      },
    });
  });

  it.each([{}, { mytoken: '' }, { mytoken: 'tooshort' }, { mytoken: 'a.b.c' }, { transfer_code: 'x' }])(
    'refuses %j',
    async (body) => {
      const { client, server } = bench();
      server.on(paths.my, json(200, body));
      expect(await failure(client.poll(issuer, code))).toMatchObject({
        code: 'mytoken/bad-answer',
        details: { sent: 'maybe' },
      });
    },
  );
});

describe('abandonLogin', () => {
  it('hands the code back, and never fails', async () => {
    const { client, server, log } = bench();
    server.on(paths.revoke, text(204, ''), unreachable, text(500, ''));
    for (let round = 0; round < 3; round += 1) await client.abandonLogin(issuer, new Secret('UzNGU2RG'));
    expect(server.lastBody(paths.revoke)['token']).toBeInstanceOf(Secret);
    expect(log.lines.join()).not.toContain('UzNG');

    const without = bench();
    without.server.on(
      paths.discovery,
      json(200, discoveryDocument(issuer, { revocation_endpoint: undefined })),
    );
    await without.client.abandonLogin(issuer, new Secret('x'));
    expect(without.server.count(paths.revoke)).toBe(0);
  });
});

describe('accessToken', () => {
  const answer = {
    access_token: 'at-1',
    token_type: 'Bearer',
    expires_in: 3600,
    scope: 'a  b',
    audience: ['x'],
  };

  it('asks for scope and audience as they are written on the wire', async () => {
    const { client, server } = bench();
    server.on(paths.access, json(200, answer));
    const { value, update } = await client.accessToken(held(jwt()), {
      scope: ['a', 'b'],
      audience: ['x', 'y'],
      comment: `by ${'c'.repeat(200)}\u0000`,
    });
    const { mytoken, ...body } = server.lastBody(paths.access);
    expect(mytoken).toBeInstanceOf(Secret);
    expect(body).toEqual({
      grant_type: 'mytoken',
      scope: 'a b',
      audience: 'x y',
      comment: `by ${'c'.repeat(96)}…`,
    });
    expect(value.accessToken.reveal()).toBe('at-1');
    expect(value).toMatchObject({
      tokenType: 'Bearer',
      expiresInSeconds: 3600,
      scope: ['a', 'b'],
      audience: ['x'],
    });
    expect(update).toBeNull();
    expect(server.requests.at(-1)?.headers).toEqual({ 'user-agent': 'Mytoken-Desktop/1.2.3' });
  });

  it('leaves out what nobody asked for', async () => {
    const { client, server } = bench();
    server.on(paths.access, json(200, { access_token: 'x', token_type: null, audience: null }));
    const { value } = await client.accessToken(held(jwt()), { scope: [], audience: [] });
    expect(server.lastBody(paths.access)).toMatchObject({
      scope: undefined,
      audience: undefined,
      comment: undefined,
    });
    expect(value).toMatchObject({ tokenType: 'Bearer', expiresInSeconds: 0, scope: [], audience: [] });
  });

  it('takes a single audience as text, and the scope asked for when the server names none', async () => {
    const { client, server } = bench();
    server.on(paths.access, json(200, { access_token: 'x', expires_in: 1, audience: 'one' }));
    const { value } = await client.accessToken(held(jwt()), { scope: ['s'] });
    expect(value).toMatchObject({ audience: ['one'], scope: ['s'] });
  });

  it('shows a mytoken to no server but its own', async () => {
    const { client, server } = bench();
    const error = await failure(client.accessToken(held(jwt({ iss: 'https://other.example' })), {}));
    expect(error).toMatchObject({ code: 'mytoken/issuer-mismatch', details: { sent: 'no' } });
    expect(server.count(paths.access)).toBe(0);
  });

  it('nothing was sent when discovery failed, however it failed', async () => {
    const { client, server } = bench();
    server.on(paths.discovery, text(502, ''));
    const error = await failure(client.accessToken(held(jwt()), {}));
    expect(error).toMatchObject({ code: 'mytoken/server-error', details: { sent: 'no' } });
  });

  it.each([
    ['no content', text(204, '')],
    ['text', text(200, 'OK')],
    ['broken JSON', { ...json(200, {}), body: '{"access_token":"at-1"' }],
    ['no token', json(200, { token_type: 'Bearer' })],
    ['forward', json(278, { access_token: 'at-1', token_type: 'Bearer' })],
  ])('an answer that cannot be read may have had effects: %s', async (_name, response) => {
    const { client, server } = bench();
    server.on(paths.access, response);
    expect(await failure(client.accessToken(held(jwt()), {}))).toMatchObject({
      code: 'mytoken/bad-answer',
      details: { sent: 'maybe' },
    });
  });
});

describe('sub-mytokens and transfer codes', () => {
  it('asks the server to refuse rather than widen', async () => {
    const { client, server } = bench();
    const value = jwt({ jti: '00000000-0000-4000-8000-000000000001', name: 'child' });
    server.on(paths.my, json(200, { mytoken: value, mytoken_type: 'token' }));
    const answer = await client.createSubMytoken(held(jwt()), {
      name: 'child',
      capabilities: ['AT'],
      restrictions: [{ usages_other: 1 }],
      responseType: 'token',
    });
    expect(server.lastBody(paths.my)).toMatchObject({
      grant_type: 'mytoken',
      name: 'child',
      capabilities: ['AT'],
      restrictions: [{ usages_other: 1, usages_AT: unlimitedUses }],
      rotation: {},
      response_type: 'token',
      error_on_restrictions: true,
    });
    expect(answer.value.kind).toBe('jwt');
    expect(answer.update).toBeNull();
  });

  it('can be had as a code', async () => {
    const { client, server } = bench();
    const code = { mytoken_type: 'transfer_code', transfer_code: 'hQmZtKcR', expires_in: 300, mom_id: 'm' };
    server.on(paths.my, json(200, code)).on(paths.transfer, json(200, { ...code, mom_id: undefined }));
    const sub = await client.createSubMytoken(held(jwt()), { responseType: 'transfer_code' });
    expect(sub.value).toMatchObject({ kind: 'transfer-code', momId: 'm', expiresInSeconds: 300 });
    const own = await client.createTransferCode(held(jwt()));
    expect(own.value.code.reveal()).toBe('hQmZtKcR');
    expect(JSON.stringify([sub, own])).not.toContain('hQmZ');
  });

  it('redeems a code', async () => {
    const { client, server } = bench();
    server.on(
      paths.my,
      json(200, { mytoken: jwt(), mytoken_type: 'token' }),
      json(401, { error: 'expired_token' }),
    );
    const token = await client.redeemTransferCode(issuer, new Secret('hQmZtKcR'));
    expect(server.lastBody(paths.my)['grant_type']).toBe('transfer_code');
    expect(token.momId).toBe(momIdOf(jti));
    expect((await failure(client.redeemTransferCode(issuer, new Secret('x')))).code).toBe('mytoken/expired');
  });

  it('says so when a server has the function switched off', async () => {
    const { client, server } = bench();
    const off = {
      token_transfer_endpoint: undefined,
      tokeninfo_endpoint: undefined,
      profiles_endpoint: undefined,
    };
    server.on(paths.discovery, json(200, discoveryDocument(issuer, off)));
    for (const call of [
      client.createTransferCode(held(jwt())),
      client.introspect(held(jwt())),
      client.templateGroups(issuer),
    ]) {
      expect(await failure(call)).toMatchObject({ code: 'mytoken/not-supported', details: { sent: 'no' } });
    }
  });
});

describe('tokeninfo', () => {
  it('introspects', async () => {
    const { client, server } = bench();
    server.on(
      paths.tokeninfo,
      json(200, {
        valid: true,
        token_type: 'short_token',
        token: claims({
          restrictions: [{ usages_AT: 20, usages_AT_done: 4 }, { usages_other: 3 }],
          name: 'a\u202Eb',
        }),
      }),
    );
    const info = await client.introspect(held(shortToken));
    expect(server.lastBody(paths.tokeninfo)['action']).toBe('introspect');
    expect(info).toMatchObject({
      kind: 'short',
      momId: momIdOf(jti),
      claims: { name: 'ab', capabilities: ['AT', 'tokeninfo'] },
    });
    expect(info.uses).toEqual([
      { AT: 4, other: null },
      { AT: null, other: null },
    ]);
    // Counters are no limits: what is stored of a mytoken must not carry them into the next request.
    expect(info.claims.restrictions).toEqual([{ usages_AT: 20 }, { usages_other: 3 }]);
  });

  it('refuses the introspection of another server', async () => {
    const { client, server } = bench();
    server.on(paths.tokeninfo, json(200, { valid: true, token: claims({ iss: 'https://other.example' }) }));
    expect((await failure(client.introspect(held(shortToken)))).code).toBe('mytoken/issuer-mismatch');
  });

  it('reads histories, null and cleaned', async () => {
    const { client, server } = bench();
    server.on(
      paths.tokeninfo,
      json(200, { events: null }),
      json(200, {
        events: [
          { event: 'AT_created', time: 1_767_230_000, comment: 'x\u202E\n', ip: '192.0.2.7', extra: 1 },
        ],
      }),
    );
    expect((await client.eventHistory(held(jwt()))).value).toEqual([]);
    expect(server.lastBody(paths.tokeninfo)).toMatchObject({ action: 'event_history', mom_ids: undefined });
    expect((await client.eventHistory(held(jwt()), ['m=='])).value).toEqual([
      {
        event: 'AT_created',
        atMs: 1_767_230_000_000,
        comment: 'x',
        ip: '192.0.2.7',
        userAgent: null,
        momId: null,
      },
    ]);
    expect(server.lastBody(paths.tokeninfo)['mom_ids']).toEqual(['m==']);
  });

  const entry = (momId: string) => ({
    token: { mom_id: momId, name: '', created: 1, expires_at: 2 },
    children: null,
  });

  it('reads trees', async () => {
    const { client, server } = bench();
    const tree = { token: { mom_id: 'root', created: 1, ip: '192.0.2.7' }, children: [entry('child')] };
    server.on(
      paths.tokeninfo,
      json(200, { mytokens: tree }),
      json(200, { mytokens: [tree] }),
      json(200, { mytokens: null }),
    );
    const read = {
      momId: 'root',
      name: '',
      createdAtMs: 1000,
      expiresAtMs: null,
      ip: '192.0.2.7',
      children: [{ momId: 'child', name: '', createdAtMs: 1000, expiresAtMs: 2000, ip: null, children: [] }],
    };
    expect((await client.subtokens(held(jwt()))).value).toEqual(read);
    expect((await client.listMytokens(held(jwt()))).value).toEqual([read]);
    expect((await client.listMytokens(held(jwt()))).value).toEqual([]);
    expect(server.requests.at(-1)?.limitBytes).toBe(16 * 1024 * 1024);
  });

  it('does not follow a tree without end', async () => {
    const { client, server } = bench();
    const node = '{"token":{"mom_id":"m","created":1},"children":[';
    const endless = `{"mytokens":${node.repeat(50_000)}${']}'.repeat(50_000)}}`;
    server.on(paths.tokeninfo, { ...json(200, {}), body: endless });
    expect((await failure(client.subtokens(held(jwt())))).details['reason']).toBe('tree-too-deep');
  });
});

describe('revoke', () => {
  it('revokes itself or another', async () => {
    const { client, server } = bench();
    server.on(paths.revoke, text(204, ''), text(204, ''), text(200, 'OK'));
    expect(await client.revoke(held(jwt()), {})).toEqual({ value: null, update: null });
    expect(server.lastBody(paths.revoke)).toMatchObject({ mom_id: undefined, recursive: false });
    expect(server.lastBody(paths.revoke)['token']).toBeInstanceOf(Secret);
    await client.revoke(held(jwt()), { momId: 'm==', recursive: true });
    expect(server.lastBody(paths.revoke)).toMatchObject({ mom_id: 'm==', recursive: true });
    expect((await client.revoke(held(jwt()), {})).value).toBeNull();
  });

  it('brings the replacement of the mytoken that revoked another', async () => {
    const { client, server } = bench();
    server.on(
      paths.revoke,
      json(200, { token_update: { mytoken: jwt({ seq_no: 2 }), mytoken_type: 'token' } }),
    );
    const { update } = await client.revoke(held(jwt()), { momId: 'm' });
    expect(update?.claims?.seq_no).toBe(2);
  });
});

describe('templates', () => {
  it('reads groups and entries of any payload', async () => {
    const { client, server } = bench();
    const entries = [{ id: 'u-1', name: '1\u202Ed', payload: [{ exp: 1 }] }];
    server
      .on(paths.templates, json(200, ['_', 'group A']))
      .on(`${paths.templates}/restrictions`, json(200, entries))
      .on(`${paths.templates}/group%20A%2F..%2Fx/profiles`, json(200, null));
    expect(await client.templateGroups(issuer)).toEqual(['_', 'group A']);
    expect(await client.templates(issuer, 'restrictions', '_')).toEqual([
      { id: 'u-1', group: '_', name: '1d', payload: [{ exp: 1 }] },
    ]);
    expect(await client.templates(issuer, 'profiles', 'group A/../x')).toEqual([]);
    expect(server.requests.at(-1)?.method).toBe('GET');
  });
});

describe('secrets (R-74)', () => {
  it('never come up in errors or logs', async () => {
    const { client, server, log } = bench();
    const token = jwt();
    const canary = 'canary-secret';
    server
      .on(
        paths.access,
        withCookie(json(200, { access_token: 7, note: canary }), `mytoken=${canary}${'x'.repeat(40)}`),
      )
      .on(paths.my, json(400, { error: canary, error_description: canary }));
    const errors = [
      await failure(client.accessToken(held(token), {})),
      await failure(client.poll(issuer, new Secret(canary))),
    ];
    const everything = `${JSON.stringify(errors.map((error) => [error.toEnvelope(), error.stack, String(error.cause)]))}${log.lines.join()}`;
    expect(everything).not.toContain(canary);
    expect(everything).not.toContain(token);
  });
});
