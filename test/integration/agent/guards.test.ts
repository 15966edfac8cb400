import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { codeOf, firstAnswer, raw, type Setup, start } from './support.ts';

let setup: Setup;
let named: Setup;
beforeAll(async () => {
  setup = await start();
  named = await start({}, { allowLocalhostName: true });
});
afterAll(async () => {
  await setup.endpoint.stop();
  await named.endpoint.stop();
});

const head = (lines: readonly string[], first = 'GET /v1/status HTTP/1.1'): string =>
  `${[first, ...lines].join('\r\n')}\r\n\r\n`;
const host = (): string => `Host: 127.0.0.1:${setup.port()}`;
const bearer = (): string => `Authorization: Bearer ${setup.key}`;

describe('guard 2: Host', () => {
  it.each([
    ['a name that was rebound to 127.0.0.1', (port: number) => `evil.example:${port}`],
    ['localhost, when not allowed', (port: number) => `localhost:${port}`],
    ['no port', () => '127.0.0.1'],
    ['another port', () => '127.0.0.1:1'],
    ['another loopback address', (port: number) => `127.0.0.2:${port}`],
    ['IPv6 at the IPv4 door', (port: number) => `[::1]:${port}`],
    ['a number for an address', (port: number) => `2130706433:${port}`],
    ['a dot at the end', (port: number) => `127.0.0.1.:${port}`],
    ['a user name', (port: number) => `x@127.0.0.1:${port}`],
  ])('refuses %s', async (_what, value) => {
    const answer = await setup.call('GET', '/v1/status', { headers: { Host: value(setup.port()) } });
    expect([answer.status, codeOf(answer)]).toEqual([403, 'agent/bad-host']);
  });

  it('refuses a request without Host, with an empty one and with two', async () => {
    for (const lines of [
      [bearer()],
      ['Host:', bearer()],
      [host(), 'Host: evil.example', bearer()],
      ['Host: evil.example', host(), bearer()],
    ]) {
      const text = await raw(setup.port(), head(lines));
      expect(firstAnswer(text)).toEqual({ status: 403, code: 'agent/bad-host' });
    }
    const old = await raw(setup.port(), head([bearer()], 'GET /v1/status HTTP/1.0'));
    expect(firstAnswer(old)).toEqual({ status: 403, code: 'agent/bad-host' });
  });

  it('accepts localhost where the user allowed it, and IPv6 at its own door', async () => {
    const byName = { headers: { Host: `localhost:${named.port()}` } };
    expect((await named.call('GET', '/v1/status', byName)).status).toBe(200);
    expect((await setup.call('GET', '/v1/status', { address: '::1' })).status).toBe(200);
  });

  it('follows the setting at once, without a new port', async () => {
    const port = named.port();
    const byName = { headers: { Host: `localhost:${port}` } };
    await named.endpoint.apply({ enabled: true, port: 0, allowLocalhostName: false });
    expect((await named.call('GET', '/v1/status', byName)).status).toBe(403);
    await named.endpoint.apply({ enabled: true, port: 0, allowLocalhostName: true });
    expect(named.port()).toBe(port);
    expect((await named.call('GET', '/v1/status', byName)).status).toBe(200);
  });
});

describe('guards 3 to 5: browsers', () => {
  it.each([
    ['guard 3: Origin', { Origin: 'https://evil.example' }],
    ['guard 3: Origin null', { Origin: 'null' }],
    ['guard 3: an empty Origin', { Origin: '' }],
    ['guard 4: Sec-Fetch-Site cross-site', { 'Sec-Fetch-Site': 'cross-site' }],
    ['guard 4: Sec-Fetch-Site same-origin, as after DNS rebinding', { 'Sec-Fetch-Site': 'same-origin' }],
    ['guard 4: Sec-Fetch-Dest', { 'Sec-Fetch-Dest': 'document' }],
    ['guard 5: Referer', { Referer: 'https://evil.example/' }],
    ['guard 5: Cookie', { Cookie: 'a=b' }],
  ])('%s', async (_what, headers) => {
    for (const key of [setup.key, null]) {
      const answer = await setup.call('GET', '/v1/status', { headers, key });
      expect([answer.status, codeOf(answer)]).toEqual([403, 'agent/browser-request']);
      expect(answer.headers.connection).toBe('close');
    }
  });

  it('guard 3: OPTIONS never succeeds and no CORS header is sent', async () => {
    const answer = await setup.call('OPTIONS', '/v1/access-token', {
      headers: { 'Access-Control-Request-Method': 'POST', 'Access-Control-Request-Private-Network': 'true' },
    });
    expect([answer.status, codeOf(answer)]).toEqual([403, 'agent/browser-request']);
  });

  it('lets through what programs send: Node’s fetch, and Sec-Fetch values that say "no page"', async () => {
    const response = await fetch(`http://127.0.0.1:${setup.port()}/v1/status`, {
      headers: { Authorization: `Bearer ${setup.key}` },
    });
    expect(response.status).toBe(200);
    const headers = { 'Sec-Fetch-Site': 'none', 'Sec-Fetch-Dest': 'empty', 'Sec-Fetch-Mode': 'cors' };
    expect((await setup.call('GET', '/v1/status', { headers })).status).toBe(200);
  });
});

describe('guard 6: method and path', () => {
  it.each([
    '/',
    '/v1',
    '/v1/',
    '/v1/status/',
    '/v1/status?x=1',
    '/V1/status',
    '//v1/status',
    '/v1/%73tatus',
    '/v1/../v1/status',
    '/v1/access-token?account=home',
    '/metrics',
    '*',
  ])('knows no %s', async (path) => {
    const answer = await setup.call('GET', path);
    expect([answer.status, codeOf(answer)]).toEqual([404, 'agent/not-found']);
  });

  it('knows no absolute form, as sent to proxies', async () => {
    const text = await raw(
      setup.port(),
      head([host(), bearer()], `GET http://127.0.0.1:${setup.port()}/v1/status HTTP/1.1`),
    );
    expect(firstAnswer(text)).toEqual({ status: 404, code: 'agent/not-found' });
  });

  it.each([
    ['GET', '/v1/access-token', 'POST'],
    ['PUT', '/v1/access-token', 'POST'],
    ['DELETE', '/v1/accounts', 'GET'],
    ['POST', '/v1/status', 'GET'],
    ['GET', '/v1/challenge', 'POST'],
    ['TRACE', '/v1/status', 'GET'],
  ])('%s %s is told to use %s', async (method, path, allow) => {
    const answer = await setup.call(method, path);
    expect([answer.status, codeOf(answer)]).toEqual([405, 'agent/method-not-allowed']);
    expect(answer.headers.allow).toBe(allow);
  });

  it('HEAD and CONNECT are refused', async () => {
    expect((await setup.call('HEAD', '/v1/status')).status).toBe(405);
    const text = await raw(setup.port(), head([host()], 'CONNECT evil.example:443 HTTP/1.1'));
    expect(firstAnswer(text)).toEqual({ status: 405, code: 'agent/method-not-allowed' });
  });
});

describe('guard 7: content type', () => {
  it.each([
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'application/jsonp',
    'application/json; charset=latin1',
    'application/json, text/plain',
    'text/json',
    '',
  ])('refuses %s', async (type) => {
    const answer = await setup.token({}, { headers: { 'Content-Type': type } });
    expect([answer.status, codeOf(answer)]).toEqual([415, 'agent/unsupported-media-type']);
  });

  it.each(['application/json', 'application/json; charset=utf-8', 'Application/JSON;charset="UTF-8"'])(
    'accepts %s',
    async (type) => {
      expect((await setup.token({}, { headers: { 'Content-Type': type } })).status).toBe(200);
    },
  );

  it('refuses a missing type, a compressed body, and a body where none belongs', async () => {
    const bare = head([host(), bearer(), 'Content-Length: 2'], 'POST /v1/access-token HTTP/1.1') + '{}';
    expect(firstAnswer(await raw(setup.port(), bare))).toEqual({
      status: 415,
      code: 'agent/unsupported-media-type',
    });
    const packed = await setup.token({}, { headers: { 'Content-Encoding': 'gzip' } });
    expect(packed.status).toBe(415);
    const stray = await setup.call('GET', '/v1/status', { body: '{}' });
    expect([stray.status, codeOf(stray)]).toEqual([400, 'agent/invalid-request']);
  });
});

describe('guard 8: key', () => {
  it('refuses two Authorization headers, even when one is right', async () => {
    const text = await raw(setup.port(), head([host(), bearer(), 'Authorization: Bearer x']));
    expect(firstAnswer(text)).toEqual({ status: 401, code: 'agent/unauthorized' });
  });

  it('takes the scheme in any case (RFC 9110, 11.1)', async () => {
    const headers = { Authorization: `bearer ${setup.key}` };
    expect((await setup.call('GET', '/v1/status', { key: null, headers })).status).toBe(200);
  });

  it('does not take the key from the path, a body or another header', async () => {
    const body = JSON.stringify({ access_token: setup.key });
    expect((await setup.token({}, { key: null, body })).status).toBe(401);
    expect(
      (await setup.call('GET', '/v1/status', { key: null, headers: { 'X-Api-Key': setup.key } })).status,
    ).toBe(401);
  });
});

describe('guard 10: schema', () => {
  it.each([
    ['{"scopes":"a"}', 'scopes'],
    ['{"account":"no/name"}', 'account'],
    ['{"account":null}', 'account'],
    ['{"scope":""}', 'scope'],
    ['{"scope":[]}', 'scope'],
    ['{"scope":["a b"]}', 'scope'],
    ['{"scope":7}', 'scope'],
    ['{"audience":["a b"]}', 'audience'],
    ['{"audience":""}', 'audience'],
    ['{"min_valid_seconds":-1}', 'min_valid_seconds'],
    ['{"min_valid_seconds":1.5}', 'min_valid_seconds'],
    ['{"min_valid_seconds":"60"}', 'min_valid_seconds'],
    ['{"fresh":"yes"}', 'fresh'],
  ])('%s names the field %s', async (body, field) => {
    const answer = await setup.token({}, { body });
    expect([answer.status, codeOf(answer)]).toEqual([400, 'agent/invalid-request']);
    expect((answer.json as { field: unknown }).field).toBe(field);
    expect((answer.json as { detail: string }).detail).toContain(`"${field}"`);
  });

  it.each(['[]', '"x"', 'null', '7'])('%s is no object', async (body) => {
    const answer = await setup.token({}, { body });
    expect([answer.status, codeOf(answer)]).toEqual([400, 'agent/invalid-request']);
  });

  it.each([
    ['', 'nothing'],
    ['{', 'half an object'],
    ['{"a":1}{}', 'two objects'],
    ['\ufeff{}', 'a byte order mark'],
  ])('%s (%s) is no JSON', async (body) => {
    const answer = await setup.token({}, { body });
    expect([answer.status, codeOf(answer)]).toEqual([400, 'agent/invalid-json']);
  });

  it('bytes that are no UTF-8 are no JSON', async () => {
    const body = Buffer.from([...Buffer.from('{"application":"'), 0xff, 0xfe, ...Buffer.from('"}')]);
    expect(codeOf(await setup.token({}, { body }))).toBe('agent/invalid-json');
  });

  it('a field named __proto__ or constructor changes nothing, and of two equal names the last counts', async () => {
    setup.broker.wishes.length = 0;
    const proto = await setup.token(
      {},
      { body: '{"__proto__":{"account":"work","fresh":true},"account":"lab"}' },
    );
    expect([200, 400]).toContain(proto.status);
    for (const wish of setup.broker.wishes) expect(wish).toMatchObject({ accountId: 'lab', fresh: false });
    expect((await setup.token({}, { body: '{"constructor":{"prototype":{"fresh":true}}}' })).status).toBe(
      400,
    );
    expect(({} as { fresh?: boolean }).fresh).toBeUndefined();
    const twice = await setup.token({}, { body: '{"account":"work","account":"lab"}' });
    expect(twice.json).toMatchObject({ account: 'lab' });
  });

  it('repeats no value of the request', async () => {
    const answer = await setup.token({}, { body: '{"account":"<canary>","\\u202ecanary\\u0000":1}' });
    expect(answer.text).not.toContain('canary');
    const odd = await setup.token({}, { body: '{"\\u202ecanary\\u0000":1}' });
    expect(codeOf(odd)).toBe('agent/invalid-request');
    expect(odd.text).not.toContain('canary');
  });
});

describe('the order of the guards', () => {
  it('each earlier guard decides when a request breaks several', async () => {
    const broken: [Record<string, string>, string, string, string | null, number, string][] = [
      [
        { Host: 'evil', Origin: 'x', 'Sec-Fetch-Site': 'cross-site' },
        'GET',
        '/nowhere',
        null,
        403,
        'agent/bad-host',
      ],
      [{ Origin: 'x' }, 'GET', '/nowhere', null, 403, 'agent/browser-request'],
      [{}, 'GET', '/nowhere', null, 404, 'agent/not-found'],
      [
        { 'Content-Type': 'text/plain' },
        'POST',
        '/v1/access-token',
        null,
        415,
        'agent/unsupported-media-type',
      ],
      [{ 'Content-Type': 'application/json' }, 'POST', '/v1/access-token', null, 401, 'agent/unauthorized'],
      [{ 'Content-Type': 'application/json' }, 'POST', '/v1/access-token', 'key', 413, 'agent/too-large'],
    ];
    const body = 'x'.repeat(70_000);
    for (const [headers, method, path, key, status, code] of broken) {
      const sent = method === 'POST' ? { body } : {};
      const answer = await setup.call(method, path, {
        headers,
        key: key === null ? null : setup.key,
        ...sent,
      });
      expect([answer.status, codeOf(answer)]).toEqual([status, code]);
    }
  });
});

describe('what HTTP offers beyond requests', () => {
  it('R-44: upgrades to WebSocket or HTTP/2 are refused', async () => {
    for (const [protocol, connection] of [
      ['websocket', 'Upgrade'],
      ['h2c', 'Upgrade, HTTP2-Settings'],
    ] as const) {
      const text = await raw(
        setup.port(),
        head([
          host(),
          bearer(),
          `Connection: ${connection}`,
          `Upgrade: ${protocol}`,
          'Sec-WebSocket-Version: 13',
        ]),
      );
      expect(firstAnswer(text)).toEqual({ status: 400, code: 'agent/invalid-request' });
    }
    const preface = await raw(setup.port(), 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');
    expect(firstAnswer(preface).status).toBe(400);
  });

  it('Expect is refused, without 100 Continue and after the browser guards', async () => {
    const lines = [
      host(),
      bearer(),
      'Content-Type: application/json',
      'Content-Length: 2',
      'Expect: 100-continue',
    ];
    const text = await raw(setup.port(), head(lines, 'POST /v1/access-token HTTP/1.1'));
    expect(firstAnswer(text)).toEqual({ status: 417, code: 'agent/invalid-request' });
    expect(text).not.toContain('100 Continue');
    const page = await raw(
      setup.port(),
      head([...lines, 'Origin: https://evil.example'], 'POST /v1/access-token HTTP/1.1'),
    );
    expect(firstAnswer(page)).toEqual({ status: 403, code: 'agent/browser-request' });
    const other = await raw(setup.port(), head([host(), bearer(), 'Expect: miracles']));
    expect(firstAnswer(other)).toEqual({ status: 417, code: 'agent/invalid-request' });
  });

  it('smuggling by two lengths is refused', async () => {
    const text = await raw(
      setup.port(),
      `${head([host(), bearer(), 'Content-Type: application/json', 'Content-Length: 2', 'Transfer-Encoding: chunked'], 'POST /v1/access-token HTTP/1.1')}0\r\n\r\n`,
    );
    expect(firstAnswer(text)).toEqual({ status: 400, code: 'agent/invalid-request' });
  });

  it('a refused body is never taken for the next request', async () => {
    const smuggled = head([host(), bearer()]);
    const text = await raw(
      setup.port(),
      head(
        [host(), `Content-Length: ${smuggled.length}`, 'Content-Type: text/plain'],
        'POST /v1/access-token HTTP/1.1',
      ) + smuggled,
    );
    expect(text.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 415']);
  });
});
