import type http from 'node:http';
import net from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { type Clock, systemClock } from '../../../electron/ports/index.ts';
import { DomainError } from '../../../shared/errors.ts';
import { type CallOptions, codeOf, decide, eventually, type Setup, start } from './support.ts';

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

const wish = { capabilities: ['AT'], restrictions: [{ exp: '+1d' }], name: 'job' };
const ask = (
  { call }: Setup,
  headers: http.OutgoingHttpHeaders = {},
  body: unknown = wish,
  more: CallOptions = {},
): ReturnType<Setup['call']> => call('POST', '/v1/mytoken', { headers, body: JSON.stringify(body), ...more });
const later = (key: string, wait = 0): http.OutgoingHttpHeaders => ({
  'Idempotency-Key': key,
  Prefer: `respond-async, wait=${wait}`,
});
const idle = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

describe('policies hold for keys too (R-47)', () => {
  it('ask-once: the key is the yes', async () => {
    const setup = await begin();
    expect((await setup.token()).status).toBe(200);
    expect(setup.activity.list()[0]).toMatchObject({
      outcome: 'allowed',
      by: 'key',
      program: 'Test program',
    });
  });

  it('ask-always asks, deny denies, allow allows', async () => {
    const setup = await begin();
    Object.assign(setup.policies, { home: 'ask-always', work: 'deny', lab: 'allow' });
    const asked = setup.token({ account: 'home' });
    await decide(setup, 'allow');
    expect((await asked).status).toBe(200);
    const denied = await setup.token({ account: 'work' });
    expect([denied.status, codeOf(denied)]).toEqual([403, 'agent/denied']);
    expect((await setup.token({ account: 'lab' })).status).toBe(200);
  });

  it('R-63: after a no the same question has to wait, and says how long', async () => {
    const setup = await begin();
    setup.policies['home'] = 'ask-always';
    const asked = setup.token();
    await decide(setup, 'deny');
    expect(codeOf(await asked)).toBe('agent/denied');
    const again = await setup.token();
    expect([again.status, codeOf(again)]).toEqual([429, 'agent/too-many-requests']);
    expect(Number(again.headers['retry-after'])).toBeGreaterThan(20);
  });

  it.each(['locked', 'paused'] as const)(
    '%s: 503 with Retry-After, and no account is named',
    async (reason) => {
      const setup = await begin();
      setup.closed.reason = reason;
      for (const answer of [await setup.token(), await ask(setup), await setup.call('GET', '/v1/accounts')]) {
        expect([answer.status, codeOf(answer), answer.headers['retry-after']]).toEqual([
          503,
          `app/${reason}`,
          '2',
        ]);
      }
      expect((await setup.call('GET', '/v1/status')).json).toMatchObject({ access: reason });
    },
  );

  it('nobody answers: 503, and asking again is not urged upon the client', async () => {
    const setup = await begin();
    const answer = await ask(setup, { Prefer: 'wait=1' });
    expect([answer.status, codeOf(answer), answer.headers['retry-after']]).toEqual([
      ...[503, 'agent/approval-timeout', '60'],
    ]);
    expect(setup.approvals.count()).toBe(0);
  });
});

describe('mytokens', () => {
  it('R-67: always asked; the answer has the members of the protocol', async () => {
    const setup = await begin();
    setup.policies['home'] = 'allow';
    const asked = ask(setup, {}, { ...wish, response_type: 'transfer_code', application: 'a tool' });
    await decide(setup, 'allow');
    const { json } = await asked;
    expect(json).toMatchObject({
      transfer_code: 'canary-mytoken-1',
      mytoken_type: 'transfer_code',
      mom_id: 'mom-1',
      capabilities: ['AT'],
      name: 'job',
      account: 'home',
      oidc_issuer: 'https://home.example.org/',
      narrowed: [],
    });
    expect(json).not.toHaveProperty('mytoken');
  });

  it('R-64, R-68: less is given when the user says so, and the answer tells in what', async () => {
    const setup = await begin();
    const asked = ask(setup, {}, { ...wish, capabilities: ['AT', 'tokeninfo'] });
    const less = { ...wish, rotation: null, responseType: 'token' as const };
    await decide(setup, 'allow', { narrowed: { kind: 'mytoken', wish: less } });
    expect((await asked).json).toMatchObject({ capabilities: ['AT'], narrowed: ['capabilities'] });
    expect(setup.mint.made[0]?.capabilities).toEqual(['AT']);
  });

  it('a profile by name or content, or nothing, becomes a question about what it comes to', async () => {
    const setup = await begin();
    for (const body of [{ profile: 'p', name: 'n' }, { profile: { capabilities: ['AT'] } }, {}]) {
      const asked = ask(setup, {}, body);
      await decide(setup, 'allow');
      expect((await asked).status).toBe(200);
    }
    expect(setup.mint.made.map(({ name }) => name)).toEqual([
      'profile {"include":"p","name":"n"} for Test program',
      'profile {"capabilities":["AT"]} for Test program',
      'profile {"include":"web-default"} for Test program',
    ]);
  });

  it.each([
    [{ profile: 'p', capabilities: ['AT'] }, 'profile'],
    [{ restrictions: [] }, 'capabilities'],
    [{ capabilities: [] }, 'capabilities'],
    [{ capabilities: ['AT'], restrictions: [{ expires: 1 }] }, 'restrictions'],
    [{ capabilities: ['AT'], restrictions: [{ include: 'x' }] }, 'restrictions'],
    [{ response_type: 'jwt' }, 'response_type'],
    [{ scopes: 'x' }, 'scopes'],
  ])('guard 10: %j names the field %s and asks nobody', async (body, field) => {
    const setup = await begin();
    const answer = await ask(setup, {}, body);
    expect([answer.status, (answer.json as { field: string }).field]).toEqual([400, field]);
    expect(setup.approvals.count()).toBe(0);
  });
});

describe('clients that go away', () => {
  it('R-64: a closed connection takes its question along', async () => {
    const setup = await begin();
    const abort = new AbortController();
    const gone = ask(setup, {}, wish, { signal: abort.signal }).catch(() => 'gone');
    await eventually(() => {
      expect(setup.approvals.count()).toBe(1);
    });
    abort.abort();
    expect(await gone).toBe('gone');
    await eventually(() => {
      expect(setup.approvals.count()).toBe(0);
    });
    expect(setup.activity.list()[0]).toMatchObject({ outcome: 'withdrawn' });
  });

  it('R-64: a mytoken that was being made when its client went away is revoked', async () => {
    const setup = await begin();
    let made: () => void = () => undefined;
    setup.mint.meanwhile = () => new Promise((resolve) => (made = resolve));
    const abort = new AbortController();
    const gone = ask(setup, {}, wish, { signal: abort.signal }).catch(() => 'gone');
    await decide(setup, 'allow');
    abort.abort();
    await gone;
    await idle(50);
    made();
    await eventually(() => {
      expect(setup.mint.revoked).toEqual(['canary-mytoken-1']);
    });
  });

  it('R-64: a mytoken behind an answer that never came is revoked with its connection; nothing stays counted', async () => {
    const setup = await begin({ limits: { requestsInFlightPerKey: 3 } });
    setup.broker.answer = () => new Promise(() => undefined);
    const head = (path: string, body: string): string =>
      `POST ${path} HTTP/1.1\r\nHost: 127.0.0.1:${setup.port()}\r\nAuthorization: Bearer ${setup.key}\r\n` +
      `Content-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
    for (let round = 1; round <= 3; round += 1) {
      const client = net.connect(setup.port(), '127.0.0.1');
      client.write(
        head('/v1/access-token', '{}') +
          head('/v1/mytoken', JSON.stringify({ ...wish, name: `job ${round}` })),
      );
      await decide(setup, 'allow');
      await eventually(() => {
        expect(setup.mint.made).toHaveLength(round);
      });
      await idle(50);
      client.destroy();
      await eventually(() => {
        expect(setup.mint.revoked).toContain(`canary-mytoken-${round}`);
      });
    }
    expect((await setup.call('GET', '/v1/status')).status).toBe(200);
  });

  it('one of two that wait for the same may go; the other gets it', async () => {
    const setup = await begin();
    const headers = { 'Idempotency-Key': 'same-request' };
    const abort = new AbortController();
    const gone = ask(setup, headers, wish, { signal: abort.signal }).catch(() => 'gone');
    const stays = ask(setup, headers);
    await eventually(() => {
      expect(setup.endpoint.state().state).toBe('listening');
      expect(setup.approvals.count()).toBe(1);
    });
    await idle(50);
    abort.abort();
    await gone;
    await decide(setup, 'allow');
    expect((await stays).json).toMatchObject({ mytoken: 'canary-mytoken-1' });
    expect(setup.mint.made).toHaveLength(1);
    expect(setup.mint.revoked).toEqual([]);
  });
});

describe('Prefer: respond-async (RFC 7240)', () => {
  it('R-43: 202 with a place to look, whose GET never has the token; the POST again has', async () => {
    const setup = await begin();
    const begun = await ask(setup, later('key-0001'));
    expect(begun.status).toBe(202);
    expect(begun.headers['preference-applied']).toBe('respond-async');
    const path = begun.headers.location ?? '';
    expect((await setup.call('GET', path)).json).toMatchObject({ state: 'waiting', kind: 'mytoken' });
    expect(setup.approvals.count()).toBe(1);
    await decide(setup, 'allow');
    await eventually(() => {
      expect(setup.mint.made).toHaveLength(1);
    });
    const ready = await setup.call('GET', path);
    expect(ready.json).toMatchObject({ state: 'ready' });
    expect(ready.text).not.toContain('canary');
    const fetched = await ask(setup, later('key-0001'));
    expect([fetched.status, fetched.json]).toMatchObject([200, { mytoken: 'canary-mytoken-1' }]);
    expect((await ask(setup, later('key-0001'))).json).toMatchObject({ mytoken: 'canary-mytoken-1' });
    expect(setup.mint.made).toHaveLength(1);
  });

  it('a result that is there in time comes at once', async () => {
    const setup = await begin();
    const headers = later('key-0001', 5);
    expect((await setup.token({}, { headers })).status).toBe(200);
  });

  it('needs an Idempotency-Key of the right form', async () => {
    const setup = await begin();
    for (const headers of [
      { Prefer: 'respond-async' },
      later('short'),
      later('with blank'),
      later('x'.repeat(129)),
    ]) {
      const answer = await ask(setup, headers);
      expect([answer.status, (answer.json as { field: string }).field]).toEqual([400, 'Idempotency-Key']);
    }
    expect(setup.approvals.count()).toBe(0);
  });

  it('DELETE withdraws the question, and revokes what was made and not fetched', async () => {
    const setup = await begin();
    const first = (await ask(setup, later('key-0001'))).headers.location ?? '';
    expect((await setup.call('DELETE', first)).json).toMatchObject({ state: 'withdrawn' });
    await eventually(() => {
      expect(setup.approvals.count()).toBe(0);
    });
    expect((await setup.call('GET', first)).status).toBe(404);

    const second = (await ask(setup, later('key-0001'))).headers.location ?? '';
    expect(second).not.toBe(first);
    await decide(setup, 'allow');
    await eventually(() => {
      expect(setup.mint.made).toHaveLength(1);
    });
    await setup.call('DELETE', second);
    await eventually(() => {
      expect(setup.mint.revoked).toEqual(['canary-mytoken-1']);
    });
  });

  it('what nobody fetches in time is revoked at the server', async () => {
    const setup = await begin({ limits: { resultLifeMs: 300 } });
    await ask(setup, later('key-0001'));
    await decide(setup, 'allow');
    await eventually(() => {
      expect(setup.mint.revoked).toEqual(['canary-mytoken-1']);
    });
    expect(setup.activity.list()[0]?.mytoken?.revokedAtMs).toEqual(expect.any(Number));
  });

  it.each([
    [1, ['canary-mytoken-1'], [10_000]],
    [2, ['canary-mytoken-1'], [10_000, 60_000]],
    [9, [], [10_000, 60_000]],
  ])(
    'a server that fails %i times when it shall revoke is asked again, twice',
    async (failures, revoked, waits) => {
      const clock = systemClock();
      const waited: number[] = [];
      const after: Clock['after'] = (ms, task) => {
        if (ms >= 10_000) waited.push(ms);
        return clock.after(Math.min(ms, 300), task);
      };
      const setup = await begin({ limits: { resultLifeMs: 300 }, clock: { ...clock, after } });
      let asked = 0;
      setup.mint.revoking = () => {
        asked += 1;
        return asked > failures
          ? Promise.resolve()
          : Promise.reject(new DomainError('mytoken/unreachable', 'No route.'));
      };
      await ask(setup, later('key-0001'));
      await decide(setup, 'allow');
      const told = (): string =>
        setup.log.lines.filter((line) => line.includes('agent.unfetched')).join('\n');
      const tries = Math.min(failures + 1, 3);
      await eventually(() => {
        expect(told().split('\n')).toHaveLength(tries);
      });
      expect(told()).toContain('agent.unfetched-not-revoked {"code":"mytoken/unreachable"}');
      await idle(400);
      expect({ asked, waited, revoked: setup.mint.revoked }).toEqual({
        asked: tries,
        waited: waits,
        revoked,
      });
      const revokedAtMs = setup.activity.list()[0]?.mytoken?.revokedAtMs;
      expect(typeof revokedAtMs).toBe(revoked.length === 0 ? 'object' : 'number');
    },
  );

  it('what was fetched is forgotten after that time and not revoked; the key is free', async () => {
    const setup = await begin({ limits: { resultLifeMs: 300 } });
    const asked = ask(setup, { 'Idempotency-Key': 'key-0001' });
    await decide(setup, 'allow');
    expect((await asked).status).toBe(200);
    await idle(500);
    expect(setup.mint.revoked).toEqual([]);
    const again = ask(setup, { 'Idempotency-Key': 'key-0001' });
    await decide(setup, 'allow');
    expect((await again).json).toMatchObject({ mytoken: 'canary-mytoken-2' });
  });

  it('quitting revokes what was not fetched', async () => {
    const setup = await begin();
    await ask(setup, later('key-0001'));
    await decide(setup, 'allow');
    await eventually(() => {
      expect(setup.mint.made).toHaveLength(1);
    });
    await setup.endpoint.stop();
    expect(setup.mint.revoked).toEqual(['canary-mytoken-1']);
  });
});

describe('Idempotency-Key', () => {
  it('a different body is refused, another spelling of the same is not', async () => {
    const setup = await begin();
    const headers = { 'Idempotency-Key': 'key-0001' };
    expect((await setup.token({ account: 'home', scope: 'a b' }, { headers })).status).toBe(200);
    const quoted = { 'Idempotency-Key': '"key-0001"' };
    const same = await setup.token({ scope: ['a', 'b'], account: 'home' }, { headers: quoted });
    expect(same.status).toBe(200);
    expect(setup.broker.wishes).toHaveLength(1);
    const other = await setup.token({ account: 'work' }, { headers });
    expect([other.status, codeOf(other)]).toEqual([422, 'agent/idempotency-mismatch']);
    const elsewhere = await ask(setup, headers);
    expect(elsewhere.status).toBe(422);
  });

  it('R-46: each client key has its own, and cannot see the requests of others', async () => {
    const setup = await begin();
    const other = setup.keys.create({ name: 'other', accountIds: null, expiresInDays: null }).key.reveal();
    const mine = (await ask(setup, later('key-0001'))).headers.location ?? '';
    const stranger = await setup.call('GET', mine, { key: other });
    expect([stranger.status, codeOf(stranger)]).toEqual([404, 'agent/request-gone']);
    expect((await setup.call('DELETE', mine, { key: other })).status).toBe(404);
    expect((await setup.call('GET', mine, { key: null })).status).toBe(401);
    const theirs = await ask(setup, later('key-0001'), { profile: 'x' }, { key: other });
    expect(theirs.status).toBe(202);
    expect((await setup.call('GET', mine)).json).toMatchObject({ state: 'waiting' });
  });

  it('a no is repeated, what may work later is tried anew', async () => {
    const setup = await begin();
    const asked = ask(setup, { 'Idempotency-Key': 'key-0001' });
    await decide(setup, 'deny');
    const texts = [(await asked).text, (await ask(setup, { 'Idempotency-Key': 'key-0001' })).text];
    expect(new Set(texts).size).toBe(1);
    setup.broker.answer = () =>
      Promise.reject(new DomainError('mytoken/unreachable', 'away', { retryable: true }));
    const headers = { 'Idempotency-Key': 'key-0002' };
    expect((await setup.token({}, { headers })).status).toBe(503);
    setup.broker.answer = null;
    expect((await setup.token({}, { headers })).status).toBe(200);
  });

  it.each(['locked', 'paused'] as const)(
    'R-33 %s: what was given is not given again, and decided anew afterwards',
    async (reason) => {
      const setup = await begin();
      const headers = { 'Idempotency-Key': 'key-0001' };
      expect((await setup.token({}, { headers })).status).toBe(200);
      setup.closed.reason = reason;
      const closed = await setup.token({}, { headers });
      expect([closed.status, codeOf(closed)]).toEqual([503, `app/${reason}`]);
      expect(closed.text).not.toContain('canary');
      setup.endpoint.forgetAnswers(); // as the app does with each of these changes
      setup.closed.reason = null;
      setup.policies['home'] = 'deny';
      expect(codeOf(await setup.token({}, { headers }))).toBe('agent/denied');
      expect(setup.broker.wishes).toHaveLength(1);
    },
  );

  it('R-33 locked: a mytoken that is ready waits for the unlocking, and is still the same one', async () => {
    const setup = await begin();
    await ask(setup, later('key-0001'));
    await decide(setup, 'allow');
    await eventually(() => {
      expect(setup.mint.made).toHaveLength(1);
    });
    setup.closed.reason = 'locked';
    setup.endpoint.forgetAnswers();
    const closed = await ask(setup, later('key-0001', 5));
    expect([closed.status, codeOf(closed)]).toEqual([503, 'app/locked']);
    setup.closed.reason = null;
    expect((await ask(setup, later('key-0001', 5))).json).toMatchObject({ mytoken: 'canary-mytoken-1' });
    expect(setup.mint.revoked).toEqual([]);
  });

  it('an access token that has ended is asked for anew', async () => {
    const setup = await begin();
    const headers = { 'Idempotency-Key': 'key-0001' };
    setup.broker.answer = (wanted) =>
      Promise.resolve({ ...setup.broker.grant(wanted), expiresAtMs: Date.now() + 100 });
    await setup.token({}, { headers });
    await idle(150);
    await setup.token({}, { headers });
    expect(setup.broker.wishes).toHaveLength(2);
  });

  it('so many are remembered for one key and no more; those that were fetched make room', async () => {
    const setup = await begin({ limits: { rememberedPerKey: 2 } });
    for (let index = 0; index < 5; index += 1) {
      const headers = { 'Idempotency-Key': `fetched-${index}` };
      expect((await setup.token({}, { headers })).status).toBe(200);
    }
    const waiting = [
      await ask(setup, later('waiting-1')),
      await ask(setup, later('waiting-2'), { profile: 'x' }),
    ];
    expect(waiting.map(({ status }) => status)).toEqual([202, 202]);
    const over = await ask(setup, later('waiting-3'));
    expect([over.status, codeOf(over)]).toEqual([429, 'agent/too-many-requests']);
    const other = setup.keys.create({ name: 'other', accountIds: null, expiresInDays: null }).key.reveal();
    expect((await setup.token({}, { key: other, headers: { 'Idempotency-Key': 'others-1' } })).status).toBe(
      200,
    );
  });

  it('a key that was revoked meanwhile fetches nothing, and the mytoken is revoked', async () => {
    const setup = await begin();
    const asked = ask(setup, { 'Idempotency-Key': 'key-0001' });
    await eventually(() => {
      expect(setup.approvals.count()).toBe(1);
    });
    setup.keys.revoke(setup.clientId);
    await decide(setup, 'allow');
    const answer = await asked;
    expect(answer.status).toBe(401);
    expect(answer.text).not.toContain('canary');
    await eventually(() => {
      expect(setup.mint.revoked).toEqual(['canary-mytoken-1']);
    });
  });
});

describe('waiting for the user takes nobody’s place', () => {
  it('connections that wait leave room for others', async () => {
    const setup = await begin({ limits: { connections: 4, requestsInFlightPerKey: 4, parkAfterMs: 100 } });
    const waiting = Array.from({ length: 4 }, () => ask(setup));
    await eventually(() => {
      expect(setup.approvals.current()?.asked).toBe(4);
    });
    const full = await setup.call('GET', '/v1/status');
    expect(codeOf(full)).toBe('agent/too-many-connections');
    let status = 0;
    for (let attempt = 0; attempt < 100 && status !== 200; attempt += 1) {
      ({ status } = await setup.call('GET', '/v1/status'));
      await idle(50);
    }
    expect(status).toBe(200);
    expect((await setup.token()).status).toBe(200);
    await decide(setup, 'allow');
    for (const answer of await Promise.all(waiting)) expect(answer.status).toBe(200);
    expect(setup.mint.made).toHaveLength(4);
  });

  it('one key can have only so many waiting; another key is not held up', async () => {
    const setup = await begin({ limits: { parkedPerKey: 1, parkAfterMs: 0 } });
    const waiting = [ask(setup), ask(setup)];
    const over = await Promise.race(waiting);
    expect([over.status, codeOf(over)]).toEqual([429, 'agent/too-many-requests']);
    expect(setup.approvals.current()?.asked).toBe(1);
    const other = setup.keys.create({ name: 'other', accountIds: null, expiresInDays: null }).key.reveal();
    expect((await setup.token({}, { key: other })).status).toBe(200);
    await decide(setup, 'deny');
    await Promise.all(waiting);
  });

  it('fifty identical requests at once are one question', async () => {
    const setup = await begin();
    setup.policies['home'] = 'ask-always';
    const waiting = Array.from({ length: 50 }, () => setup.token());
    await eventually(() => {
      expect(setup.approvals.current()?.asked).toBe(50);
    });
    expect(setup.approvals.count()).toBe(1);
    await decide(setup, 'allow');
    for (const answer of await Promise.all(waiting)) expect(answer.status).toBe(200);
  });

  it('a stalled client at the door does not hold up others', async () => {
    const setup = await begin();
    const stalled = net.connect(setup.port(), '127.0.0.1');
    stalled.write(`POST /v1/mytoken HTTP/1.1\r\nHost: 127.0.0.1:${setup.port()}\r\n`);
    expect((await setup.token()).status).toBe(200);
    stalled.destroy();
  });
});
