import { createHash, createHmac } from 'node:crypto';
import http from 'node:http';
import net from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { DomainError, type ErrorCode } from '../../../shared/errors.ts';
import { en } from '../../../shared/i18n/en.ts';
import type { AccessTokenGrant } from '../../../electron/tokens/index.ts';
import { account } from '../../unit/agent/fakes.ts';
import { codeOf, eventually, firstAnswer, raw, request, type Setup, start } from './support.ts';

let setups: Setup[] = [];
const begin = async (...args: Parameters<typeof start>): Promise<Setup> => {
  const setup = await start(...args);
  setups.push(setup);
  return setup;
};
afterEach(async () => {
  await Promise.all(setups.map(({ endpoint }) => endpoint.stop()));
  setups = [];
});

interface TokenAnswer {
  access_token: string;
  expires_at: number;
  expires_in: number;
  scope: string;
  audience: string[];
  account: string;
  issuer: string;
}

function deferred<T>(): { promise: Promise<T>; resolve: (value: T) => void; reject: (error: Error) => void } {
  let resolve: (value: T) => void = () => undefined;
  let reject: (error: Error) => void = () => undefined;
  const promise = new Promise<T>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  return { promise, resolve, reject };
}

describe('access tokens', () => {
  it('serves the default account when none is named', async () => {
    const { token, broker } = await begin();
    const answer = await token();
    expect(answer.status).toBe(200);
    const json = answer.json as TokenAnswer;
    expect(json).toMatchObject({
      access_token: 'canary-access-token',
      token_type: 'Bearer',
      expires_in: 3600,
      scope: 'openid',
      audience: [],
      account: 'home',
      issuer: 'https://home.example.org/',
    });
    expect(Math.abs(json.expires_at - Date.now() / 1000 - 3600)).toBeLessThan(30);
    expect(broker.wishes).toEqual([
      { accountId: 'home', scope: ['openid'], audience: [], fresh: false, comment: 'Test program' },
    ]);
  });

  it('hands every wish on to the broker', async () => {
    const { token, broker } = await begin();
    const answer = await token({
      account: 'work',
      issuer: 'https://work.example.org',
      scope: 'openid  email',
      audience: ['https://a.example', 'b'],
      min_valid_seconds: 300,
      fresh: true,
      application: 'note\u202ebook\n',
    });
    expect(answer.status).toBe(200);
    expect(broker.wishes).toEqual([
      {
        accountId: 'work',
        scope: ['openid', 'email'],
        audience: ['https://a.example', 'b'],
        minValidMs: 300_000,
        fresh: true,
        comment: 'Test program ("notebook")',
      },
    ]);
  });

  it('finds an account by its issuer with or without slash', async () => {
    const { token } = await begin();
    expect(((await token({ issuer: 'https://lab.example.org' })).json as TokenAnswer).account).toBe('lab');
    expect(((await token({ issuer: 'https://lab.example.org/' })).json as TokenAnswer).account).toBe('lab');
  });

  it('says so when there is no account at all', async () => {
    const { token, accounts } = await begin();
    accounts.records = [];
    accounts.defaultId = null;
    const answer = await token();
    expect([answer.status, codeOf(answer)]).toEqual([404, 'accounts/none']);
  });

  it('answers 50 equal requests at the same time, none of them lost or mixed up', async () => {
    const { token, broker } = await begin();
    const gate = deferred<undefined>();
    broker.answer = async (wish) => {
      await gate.promise;
      return { ...broker.grant(wish), accessToken: broker.grant(wish).accessToken };
    };
    const names = ['home', 'work', 'lab'];
    const answers = Array.from({ length: 50 }, (_, index) => token({ account: names[index % 3] }));
    await eventually(() => {
      expect(broker.wishes).toHaveLength(50);
    });
    gate.resolve(undefined);
    const got = await Promise.all(answers);
    got.forEach((answer, index) => {
      expect(answer.status).toBe(200);
      expect((answer.json as TokenAnswer).account).toBe(names[index % 3]);
    });
  });

  it('answers pipelined requests in their order', async () => {
    const { port, key, broker } = await begin();
    const first = deferred<AccessTokenGrant>();
    broker.answer = (wish) =>
      wish.accountId === 'home' ? first.promise : Promise.resolve(broker.grant(wish));
    const one = (name: string): string => {
      const body = JSON.stringify({ account: name });
      return `POST /v1/access-token HTTP/1.1\r\nHost: 127.0.0.1:${port()}\r\nAuthorization: Bearer ${key}\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
    };
    const text = raw(port(), one('home') + one('work'), { until: (got) => got.includes('"account":"work"') });
    await eventually(() => {
      expect(broker.wishes).toHaveLength(2);
    });
    first.resolve(broker.grant({ accountId: 'home' }));
    expect((await text).match(/"account":"\w+"/g)).toEqual(['"account":"home"', '"account":"work"']);
  });

  it('accepts a chunked body, also in small pieces', async () => {
    const { port, key } = await begin();
    const head = `POST /v1/access-token HTTP/1.1\r\nHost: 127.0.0.1:${port()}\r\nAuthorization: Bearer ${key}\r\nContent-Type: application/json; charset=utf-8\r\nTransfer-Encoding: chunked\r\n\r\n`;
    const chunks = ['{"acc', 'ount":', '"lab"}'].map((part) => `${part.length.toString(16)}\r\n${part}\r\n`);
    const text = await raw(port(), `${head}${chunks.join('')}0\r\n\r\n`, {
      until: (got) => got.includes('}'),
    });
    expect(text).toContain('"account":"lab"');
  });
});

describe('errors of the broker', () => {
  const cases: [ErrorCode, boolean, number, string | undefined][] = [
    ['vault/locked', true, 503, '2'],
    ['vault/damaged', false, 503, undefined],
    ['mytoken/unreachable', true, 503, '2'],
    ['mytoken/timeout', true, 504, undefined],
    ['mytoken/tls', false, 502, undefined],
    ['mytoken/rate-limited', true, 503, '2'],
    ['mytoken/expired', false, 409, undefined],
    ['mytoken/insufficient-capabilities', false, 403, undefined],
    ['mytoken/usage-restricted', false, 403, undefined],
    ['mytoken/invalid-request', false, 400, undefined],
    ['accounts/needs-login', false, 409, undefined],
    ['accounts/uncertain', false, 409, undefined],
    ['accounts/not-found', false, 404, undefined],
    ['settings/could-not-save', true, 503, '2'],
    ['app/shutting-down', true, 503, '2'],
  ];
  it.each(cases)('%s (retryable %s) answers %i', async (code, retryable, status, retryAfter) => {
    const { token, broker } = await begin();
    broker.answer = () => Promise.reject(new DomainError(code, 'What went wrong.', { retryable }));
    const answer = await token();
    expect(answer.status).toBe(status);
    expect(answer.headers['retry-after']).toBe(retryAfter);
    expect(answer.json).toEqual({
      type: `urn:mytoken-desktop:problem:${code}`,
      title: en[`error.${code}.text`],
      status,
      detail: 'What went wrong.',
      code,
      retryable,
    });
  });

  it('tells nothing of an error nobody foresaw, nor of one that belongs elsewhere', async () => {
    const { token, broker, log } = await begin();
    broker.answer = () => Promise.reject(new TypeError('canary-inside'));
    const first = await token();
    broker.answer = () => Promise.reject(new DomainError('import/not-a-mytoken', 'canary-inside'));
    const second = await token();
    for (const answer of [first, second]) {
      expect([answer.status, codeOf(answer)]).toEqual([500, 'app/internal']);
      expect(answer.text).not.toContain('canary-inside');
      expect(answer.text).not.toContain('.ts');
    }
    expect(log.lines.join()).not.toContain('canary-inside');
    expect(log.lines.some((line) => line.startsWith('error agent.internal'))).toBe(true);
  });

  it('passes on safe details only and scrubs what looks like a secret', async () => {
    const { token, broker } = await begin();
    broker.answer = () =>
      Promise.reject(
        new DomainError(
          'accounts/needs-login',
          'No good: eyJhbGciOiJub25lIn0.eyJzdWIiOiJjYW5hcnkifQ.c2ln, Bearer canary-short, mtd_canary-canary',
          {
            details: {
              account: 'home',
              accountId: 'canary-id',
              sent: 'no',
              retryAfterSeconds: 7,
              reason: 'Bearer canary',
            },
          },
        ),
      );
    const answer = await token();
    expect((answer.json as { detail: string }).detail).toBe('No good: [secret], [secret] [secret]');
    expect(answer.text).not.toContain('canary');
    expect(answer.text).not.toContain('eyJ');
    expect(answer.json).toMatchObject({ account: 'home', sent: 'no' });
    expect(answer.headers['retry-after']).toBe('7');
  });

  it('answers in the end when the broker never does', async () => {
    const { token, broker } = await begin({ limits: { answerDeadlineMs: 50, approvalMs: 0 } });
    broker.answer = () => new Promise(() => undefined);
    const answer = await token();
    expect([answer.status, codeOf(answer)]).toEqual([504, 'mytoken/timeout']);
  });
});

describe('accounts and status', () => {
  it('lists accounts without ids, subjects or tokens', async () => {
    const { call, accounts } = await begin();
    accounts.records = [
      account('home'),
      account('work', { expiresAtMs: Date.now() + 1000 * 3600 }),
      account('old', { expiresAtMs: 5_999 }),
      account('lab', { status: 'login-needed' }),
    ];
    const answer = await call('GET', '/v1/accounts');
    expect(answer.status).toBe(200);
    const { accounts: list } = answer.json as { accounts: Record<string, unknown>[] };
    expect(list[0]).toEqual({
      shortname: 'home',
      display_name: 'Account home',
      issuer: 'https://home.example.org/',
      mytoken_server: 'https://mytoken.example.org',
      default: true,
      status: 'ok',
      expires_at: null,
    });
    expect(list.map(({ status }) => status)).toEqual(['ok', 'expiring', 'expired', 'login-needed']);
    expect(list[2]?.expires_at).toBe(5);
    expect(answer.text).not.toContain('subject-');
    expect(answer.text).not.toContain('mom-');
  });

  it('tells a locked keychain, here and in the list', async () => {
    const { call } = await begin({ storageState: () => 'locked' });
    expect((await call('GET', '/v1/status')).json).toEqual({
      name: 'Mytoken Desktop',
      version: '1.2.3',
      protocol: 1,
      storage: 'locked',
      access: 'open',
    });
    const list = (await call('GET', '/v1/accounts')).json as { accounts: { status: string }[] };
    expect(list.accounts.map(({ status }) => status)).toEqual(['locked', 'locked', 'locked']);
  });

  it('R-43: status and accounts need the key, and no GET gives a token', async () => {
    const { call } = await begin();
    for (const path of ['/v1/status', '/v1/accounts', '/v1/access-token']) {
      const answer = await call('GET', path, { key: null });
      expect(answer.status).toBe(path === '/v1/access-token' ? 405 : 401);
      expect(answer.text).not.toMatch(/home|work|1\.2\.3/);
    }
  });
});

describe('keys', () => {
  it('R-42: missing, unknown, malformed and revoked keys get the same 401, before anything about accounts', async () => {
    const { token, keys, accounts, broker } = await begin();
    const { key, clientId } = keys.create({ name: 'x', accountIds: null, expiresInDays: null });
    keys.revoke(clientId);
    accounts.records = [];
    const answers = [
      await token({}, { key: null }),
      await token({ account: 'home' }, { key: 'mtd_' + 'a'.repeat(49) }),
      await token({ account: 'nobody' }, { key: 'x' }),
      await token({ account: 'home', nonsense: 1 }, { key: key.reveal() }),
      await token({}, { key: null, headers: { Authorization: 'Basic YTpi' } }),
    ];
    expect(new Set(answers.map(({ status, text }) => `${status} ${text}`)).size).toBe(1);
    expect(answers[0]?.status).toBe(401);
    expect(broker.wishes).toEqual([]);
  });

  it('a limited key cannot tell accounts of others from accounts that do not exist', async () => {
    const { token, keys, call } = await begin();
    const { key } = keys.create({ name: 'x', accountIds: ['work'], expiresInDays: null });
    const limited = { key: key.reveal() };
    const hidden = await token({ account: 'home' }, limited);
    const missing = await token({ account: 'nobody' }, limited);
    const hiddenIssuer = await token({ issuer: 'https://home.example.org/' }, limited);
    const wrongPair = await token({ account: 'work', issuer: 'https://home.example.org/' }, limited);
    expect(hidden.status).toBe(404);
    expect(new Set([hidden, missing, hiddenIssuer, wrongPair].map(({ text }) => text)).size).toBe(1);
    expect(((await token({}, limited)).json as TokenAnswer).account).toBe('work');
    const list = (await call('GET', '/v1/accounts', limited)).json as { accounts: { shortname: string }[] };
    expect(list.accounts.map(({ shortname }) => shortname)).toEqual(['work']);
  });

  it('a key for several accounts has to name one unless the default is among them', async () => {
    const { token, keys, accounts } = await begin();
    const { key } = keys.create({ name: 'x', accountIds: ['work', 'lab'], expiresInDays: null });
    const limited = { key: key.reveal() };
    const answer = await token({}, limited);
    expect([answer.status, codeOf(answer)]).toEqual([403, 'agent/account-not-allowed']);
    accounts.defaultId = 'lab';
    expect(((await token({}, limited)).json as TokenAnswer).account).toBe('lab');
  });

  it('a key revoked while its request waits gets no token', async () => {
    const { token, keys, clientId, broker } = await begin();
    const gate = deferred<AccessTokenGrant>();
    broker.answer = () => gate.promise;
    const answer = token();
    await eventually(() => {
      expect(broker.wishes).toHaveLength(1);
    });
    keys.revoke(clientId);
    gate.resolve(broker.grant({ accountId: 'home' }));
    expect((await answer).status).toBe(401);
    expect((await answer).text).not.toContain('canary');
  });

  it('a key that lost the account while its request waits gets no token', async () => {
    const { token, keys, accounts, broker } = await begin();
    const { key } = keys.create({ name: 'x', accountIds: ['work'], expiresInDays: null });
    const gate = deferred<AccessTokenGrant>();
    broker.answer = () => gate.promise;
    const answer = token({ account: 'work' }, { key: key.reveal() });
    await eventually(() => {
      expect(broker.wishes).toHaveLength(1);
    });
    accounts.remove('work');
    gate.resolve(broker.grant({ accountId: 'work' }));
    expect(codeOf(await answer)).toBe('agent/account-not-allowed');
  });

  it('R-46: after rotation both keys work for ten minutes', async () => {
    const { call, keys, key, clientId } = await begin();
    const fresh = keys.rotate(clientId).key.reveal();
    expect((await call('GET', '/v1/status', { key })).status).toBe(200);
    expect((await call('GET', '/v1/status', { key: fresh })).status).toBe(200);
  });
});

describe('R-48 challenge', () => {
  const nonce = 'n0nce-n0nce-n0nce';
  const ask = (
    setup: Setup,
    key: string,
    more: Parameters<Setup['call']>[2] = {},
  ): ReturnType<Setup['call']> =>
    setup.call('POST', '/v1/challenge', {
      key: null,
      body: JSON.stringify({ nonce, key_hint: key.slice(0, 10) }),
      ...more,
    });
  const expected = (key: string, host: string): string =>
    createHmac('sha256', createHash('sha256').update(key).digest())
      .update(`mytoken-desktop challenge v1\n${host}\n${nonce}`)
      .digest('hex');

  it('proves knowledge of the key, for the address that was asked', async () => {
    const setup = await begin();
    const answer = await ask(setup, setup.key);
    expect(answer.json).toEqual({ protocol: 1, hmac: expected(setup.key, `127.0.0.1:${setup.port()}`) });
    const v6 = await ask(setup, setup.key, { address: '::1' });
    expect(v6.json).toEqual({ protocol: 1, hmac: expected(setup.key, `[::1]:${setup.port()}`) });
  });

  it('answers unknown hints alike, with something that fits no key', async () => {
    const setup = await begin();
    const answer = await ask(setup, 'mtd_aaaaaa');
    expect(answer.status).toBe(200);
    expect((await ask(setup, 'mtd_aaaaaa')).text).toBe(answer.text);
    expect(answer.text).not.toContain(expected(setup.key, `127.0.0.1:${setup.port()}`));
  });

  it('works with the former key during rotation, not after revocation', async () => {
    const setup = await begin();
    const fresh = setup.keys.rotate(setup.clientId).key.reveal();
    const host = `127.0.0.1:${setup.port()}`;
    expect((await ask(setup, setup.key)).json).toMatchObject({ hmac: expected(setup.key, host) });
    expect((await ask(setup, fresh)).json).toMatchObject({ hmac: expected(fresh, host) });
    setup.keys.revoke(setup.clientId);
    expect((await ask(setup, fresh)).text).not.toContain(expected(fresh, host));
  });

  it('is refused with the key on board, and for a name in place of an address', async () => {
    const setup = await begin({}, { allowLocalhostName: true });
    expect((await ask(setup, setup.key, { key: setup.key })).status).toBe(400);
    const named = await ask(setup, setup.key, { headers: { Host: `localhost:${setup.port()}` } });
    expect([named.status, codeOf(named)]).toEqual([403, 'agent/bad-host']);
  });

  it('refuses nonces that could be guessed or carry line feeds', async () => {
    const setup = await begin();
    for (const bad of ['short', 'a\nb'.repeat(10), 17, undefined]) {
      const body = JSON.stringify({ nonce: bad, key_hint: setup.key.slice(0, 10) });
      const answer = await ask(setup, setup.key, { body });
      expect([answer.status, codeOf(answer)]).toEqual([400, 'agent/invalid-request']);
    }
  });
});

describe('bounds', () => {
  it('refuses a body over 64 KiB with an answer the client can read, and closes', async () => {
    const { token, port, key } = await begin();
    const exact = JSON.stringify({ application: 'x'.repeat(100) }).padEnd(64 * 1024, ' ');
    expect((await token({}, { body: exact })).status).toBe(200);
    const answer = await token({}, { body: `${exact} ` });
    expect([answer.status, codeOf(answer)]).toEqual([413, 'agent/too-large']);
    expect(answer.headers.connection).toBe('close');
    const endless = `POST /v1/access-token HTTP/1.1\r\nHost: 127.0.0.1:${port()}\r\nAuthorization: Bearer ${key}\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n${`4000\r\n${'a'.repeat(0x4000)}\r\n`.repeat(80)}`;
    expect(firstAnswer(await raw(port(), endless))).toEqual({ status: 413, code: 'agent/too-large' });
  });

  it('refuses too many headers and too large headers', async () => {
    const { call, port } = await begin();
    const many = Object.fromEntries(Array.from({ length: 70 }, (_, index) => [`X-H${index}`, 'x']));
    const answer = await call('GET', '/v1/status', { headers: many });
    expect([answer.status, codeOf(answer)]).toEqual([431, 'agent/too-large']);
    const large = `GET /v1/status HTTP/1.1\r\nHost: 127.0.0.1:${port()}\r\nX-Large: ${'x'.repeat(20_000)}\r\n\r\n`;
    expect(firstAnswer(await raw(port(), large))).toEqual({ status: 431, code: 'agent/too-large' });
  });

  it('an Origin behind very many headers is still seen', async () => {
    const { port, key } = await begin();
    const filler = Array.from({ length: 2500 }, (_, index) => `a${index}:\r\n`).join('');
    const text = await raw(
      port(),
      `GET /v1/status HTTP/1.1\r\nHost: 127.0.0.1:${port()}\r\nAuthorization: Bearer ${key}\r\n${filler.slice(0, 15_000)}\r\nOrigin: https://evil.example\r\n\r\n`,
    );
    expect(firstAnswer(text)).toEqual({ status: 403, code: 'agent/browser-request' });
  });

  it('slow headers, slow bodies and silence end in 408', async () => {
    const { port, key } = await begin({
      limits: { headerTimeoutMs: 100, requestTimeoutMs: 200, timeoutCheckMs: 50 },
    });
    const head = `POST /v1/access-token HTTP/1.1\r\nHost: 127.0.0.1:${port()}\r\nAuthorization: Bearer ${key}\r\nContent-Type: application/json\r\nContent-Length: 10\r\n`;
    const answers = await Promise.all([
      raw(port(), 'GET /v1/st'),
      raw(port(), head),
      raw(port(), `${head}\r\n{"a`),
      raw(port(), ''),
    ]);
    for (const text of answers) expect(firstAnswer(text)).toEqual({ status: 408, code: 'agent/timeout' });
  });

  it('slow headers end long before the request as a whole has to', async () => {
    const { port } = await begin({
      limits: { headerTimeoutMs: 100, requestTimeoutMs: 60_000, timeoutCheckMs: 50 },
    });
    const [partly, silent] = await Promise.all([raw(port(), 'GET /v1/st'), raw(port(), '')]);
    expect(firstAnswer(partly)).toEqual({ status: 408, code: 'agent/timeout' });
    expect(firstAnswer(silent)).toEqual({ status: 408, code: 'agent/timeout' });
  });

  it('a connection without requests is ended by us after its idle time', async () => {
    const { port, key } = await begin({ limits: { idleTimeoutMs: 50, timeoutCheckMs: 50 } });
    const socket = net.connect(port(), '127.0.0.1');
    let endedByServer = false;
    let text = '';
    socket.on('data', (chunk: Buffer) => (text += chunk.toString()));
    socket.on('end', () => (endedByServer = true));
    socket.write(
      `GET /v1/status HTTP/1.1\r\nHost: 127.0.0.1:${port()}\r\nAuthorization: Bearer ${key}\r\n\r\n`,
    );
    await eventually(() => {
      expect(endedByServer).toBe(true);
    });
    expect(firstAnswer(text).status).toBe(200);
    socket.destroy();
  });

  it('connections over the limit are told so; the others go on', async () => {
    const { port, call, key } = await begin({ limits: { connections: 2 } });
    const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
    expect((await call('GET', '/v1/status', { agent })).status).toBe(200);
    const idle = net.connect(port(), '127.0.0.1');
    await new Promise((resolve) => idle.once('connect', resolve));
    const answer = await call('GET', '/v1/status');
    expect([answer.status, codeOf(answer)]).toEqual([503, 'agent/too-many-connections']);
    expect((await call('GET', '/v1/status', { key: 'wrong' })).status).toBe(401);
    expect((await call('GET', '/v1/status', { agent })).status).toBe(200);
    idle.destroy();
    await eventually(() => {
      expect(idle.closed).toBe(true);
    });
    let status = 0;
    for (let attempt = 0; attempt < 50 && status !== 200; attempt += 1) {
      ({ status } = await request(port(), 'GET', '/v1/status', { key }));
    }
    expect(status).toBe(200);
    agent.destroy();
  });

  it('one key can have only so many requests in flight; another key is not held up', async () => {
    const { token, broker, keys } = await begin({ limits: { requestsInFlightPerKey: 3 } });
    const gate = deferred<AccessTokenGrant>();
    broker.answer = () => gate.promise;
    const waiting = [token(), token(), token()];
    await eventually(() => {
      expect(broker.wishes).toHaveLength(3);
    });
    const over = await token();
    expect([over.status, codeOf(over)]).toEqual([503, 'agent/too-many-connections']);
    const other = keys.create({ name: 'other', accountIds: null, expiresInDays: null }).key.reveal();
    const third = token({}, { key: other });
    await eventually(() => {
      expect(broker.wishes).toHaveLength(4);
    });
    gate.resolve(broker.grant({ accountId: 'home' }));
    for (const answer of await Promise.all([...waiting, third])) expect(answer.status).toBe(200);
    expect((await token()).status).toBe(200);
  });

  it('a client that goes away frees its place, and what comes later is no noise', async () => {
    const { token, broker, log } = await begin({ limits: { requestsInFlightPerKey: 1 } });
    const gate = deferred<AccessTokenGrant>();
    broker.answer = () => gate.promise;
    const abort = new AbortController();
    const gone = token({}, { signal: abort.signal }).catch(() => 'gone');
    await eventually(() => {
      expect(broker.wishes).toHaveLength(1);
    });
    abort.abort();
    expect(await gone).toBe('gone');
    broker.answer = null;
    let status = 0;
    for (let attempt = 0; attempt < 50 && status !== 200; attempt += 1) ({ status } = await token());
    expect(status).toBe(200);
    const before = log.lines.length;
    gate.reject(new TypeError('too late'));
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(log.lines.slice(before)).toEqual([]);
  });

  it('a token for which nobody waits any more is not recorded as served', async () => {
    const { token, broker, log } = await begin();
    const gate = deferred<AccessTokenGrant>();
    broker.answer = () => gate.promise;
    broker.fromCache = false;
    const abort = new AbortController();
    const gone = token({}, { signal: abort.signal }).catch(() => 'gone');
    await eventually(() => {
      expect(broker.wishes).toHaveLength(1);
    });
    abort.abort();
    await gone;
    await new Promise((resolve) => setTimeout(resolve, 50));
    gate.resolve(broker.grant({ accountId: 'home' }));
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(log.lines.filter((line) => line.includes('token-served'))).toEqual([]);
    broker.answer = null;
    await token();
    expect(log.lines.filter((line) => line.includes('token-served'))).toHaveLength(1);
  });

  it('limits the rate of each key; answers from the cache hardly count', async () => {
    const { token, broker, keys } = await begin({
      limits: { keyBurst: 3, keyPerSecond: 0.001, cachedCost: 0.02 },
    });
    for (let round = 0; round < 20; round += 1) expect((await token()).status).toBe(200);
    broker.fromCache = false;
    expect((await token()).status).toBe(200);
    expect((await token()).status).toBe(200);
    const over = await token();
    expect([over.status, codeOf(over)]).toEqual([429, 'agent/rate-limited']);
    expect(Number(over.headers['retry-after'])).toBeGreaterThan(0);
    const other = keys.create({ name: 'other', accountIds: null, expiresInDays: null }).key.reveal();
    expect((await token({}, { key: other })).status).toBe(200);
  });

  it('limits wrong keys, but never a right one because of them', async () => {
    const { call } = await begin({ limits: { failureBurst: 2, failurePerSecond: 0.001 } });
    const statuses: number[] = [];
    for (let round = 0; round < 4; round += 1) {
      statuses.push((await call('GET', '/v1/status', { key: `wrong-${round}` })).status);
    }
    expect(statuses).toEqual([401, 401, 429, 429]);
    expect((await call('GET', '/v1/status')).status).toBe(200);
  });

  it('limits challenges', async () => {
    const setup = await begin({ limits: { challengeBurst: 1, challengePerSecond: 0.001 } });
    const body = JSON.stringify({ nonce: 'n'.repeat(20), key_hint: setup.key.slice(0, 10) });
    expect((await setup.call('POST', '/v1/challenge', { key: null, body })).status).toBe(200);
    expect((await setup.call('POST', '/v1/challenge', { key: null, body })).status).toBe(429);
  });
});

describe('R-74', () => {
  it('no key, token or body ever reaches the log', async () => {
    const { token, call, key, keys, clientId, broker, log } = await begin();
    await token({ application: 'canary-application' });
    broker.fromCache = false;
    await token();
    await token({}, { body: '{"canary-broken' });
    await token({ 'canary-field': 'canary-value' });
    await call('GET', '/v1/canary-path', { headers: { Origin: 'https://canary.example' } });
    await call('GET', '/v1/status', { key: 'canary-wrong-key' });
    broker.answer = () => Promise.reject(new DomainError('mytoken/tls', 'canary-message'));
    await token();
    const fresh = keys.rotate(clientId).key.reveal();
    keys.revoke(clientId);
    const log1 = log.lines.join('\n');
    expect(log.lines.length).toBeGreaterThan(5);
    expect(log1).not.toContain('canary');
    for (const secret of [key, fresh]) {
      expect(log1).not.toContain(secret.slice(4, 20));
      expect(log1).not.toContain(createHash('sha256').update(secret).digest('hex'));
    }
  });
});
