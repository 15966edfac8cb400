import { afterEach, describe, expect, it, vi } from 'vitest';
import { DomainError, type ErrorCode } from '../../../shared/errors.ts';
import {
  type Answer,
  answersSeen,
  type CallOptions,
  checkAnswer,
  description,
  decide,
  raw,
  type Setup,
  start,
} from './support.ts';

type More = NonNullable<Parameters<typeof start>[0]>;

let setups: Setup[] = [];
const begin = async (more: More = {}): Promise<Setup> => {
  const setup = await start(more);
  setups.push(setup);
  return setup;
};
afterEach(async () => {
  vi.restoreAllMocks();
  await Promise.all(setups.map(({ endpoint }) => endpoint.stop()));
  setups = [];
});

interface Operation {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly path: string;
  /** Of a request that is answered. */
  readonly body: object | null;
  /** Sent without a key. */
  readonly open: boolean;
}

const nowhere = 'A'.repeat(22);
const operations: Readonly<Record<string, Operation>> = {
  accessToken: { method: 'POST', path: '/v1/access-token', body: {}, open: false },
  mytoken: { method: 'POST', path: '/v1/mytoken', body: { capabilities: ['AT'] }, open: false },
  request: { method: 'GET', path: `/v1/requests/${nowhere}`, body: null, open: false },
  withdraw: { method: 'DELETE', path: `/v1/requests/${nowhere}`, body: null, open: false },
  accounts: { method: 'GET', path: '/v1/accounts', body: null, open: false },
  status: { method: 'GET', path: '/v1/status', body: null, open: false },
  challenge: {
    ...{ method: 'POST', path: '/v1/challenge', open: true },
    body: { nonce: 'n'.repeat(20), key_hint: 'mtd_abcdef' },
  },
  pair: { method: 'POST', path: '/v1/pair', body: { label: 'Backup' }, open: true },
  pairKey: { method: 'POST', path: '/v1/pair/key', body: { pairing: nowhere }, open: true },
};

const send = (
  setup: Setup,
  { method, path, body, open }: Operation,
  more: CallOptions = {},
): Promise<Answer> =>
  setup.call(method, path, {
    ...(open ? { key: null } : {}),
    ...(body === null ? {} : { body: JSON.stringify(body) }),
    ...more,
  });

const later = { 'Idempotency-Key': 'key-0001', Prefer: 'respond-async, wait=0' };
const fails = (code: ErrorCode) => () => Promise.reject(new DomainError(code, 'Made for this test.'));

/** What the broker and the server answer to the two requests for tokens. */
async function upstream(operation: Operation, reason: () => Promise<never>): Promise<void> {
  const setup = await begin();
  setup.broker.answer = reason;
  setup.mint.meanwhile = reason;
  const asked = send(setup, operation);
  if (operation === operations['mytoken']) await decide(setup, 'allow');
  await asked;
}

async function waitingRequest(setup: Setup): Promise<string> {
  const { headers } = await setup.call('POST', '/v1/mytoken', {
    headers: later,
    body: JSON.stringify({ capabilities: ['AT'] }),
  });
  return headers.location ?? '';
}

async function pairing(setup: Setup): Promise<{ readonly pairing: string; readonly code: string }> {
  const { json } = await send(setup, operations['pair'] as Operation);
  return json as { pairing: string; code: string };
}

type Provoke = (operation: Operation, id: string) => Promise<unknown>;

/** What makes the endpoint give this answer. */
const provocations: Readonly<Record<string, Provoke>> = {
  async 200(operation, id) {
    const setup = await begin();
    if (id === 'request' || id === 'withdraw') {
      await send(setup, { ...operation, path: await waitingRequest(setup) });
    } else if (id === 'pairKey') {
      const { pairing: one, code } = await pairing(setup);
      setup.endpoint.pairing.accept(code, { name: 'x', accountIds: null, expiresInDays: null });
      await send(setup, { ...operation, body: { pairing: one } });
    } else {
      const asked = send(setup, operation);
      if (id === 'mytoken') await decide(setup, 'allow');
      await asked;
    }
  },
  async 202(operation, id) {
    const setup = await begin();
    setup.policies['home'] = 'ask-always';
    if (id === 'pair') await send(setup, operation);
    else if (id === 'pairKey') {
      await send(setup, { ...operation, body: { pairing: (await pairing(setup)).pairing } });
    } else await send(setup, operation, { headers: later });
  },
  400: async (operation) =>
    operation.body === null
      ? send(await begin(), operation, { body: '{}' })
      : send(await begin(), operation, { body: '{' }),
  401: async (operation) => send(await begin(), operation, { key: 'wrong' }),
  403: async (operation) => send(await begin(), operation, { headers: { Origin: 'null' } }),
  404: async (operation) => send(await begin(), unknownThing(operation)),
  405: async (operation) => send(await begin(), { ...operation, method: 'PUT' as 'POST', body: null }),
  async 408({ method, path, body, open }) {
    const limits = { headerTimeoutMs: 150, requestTimeoutMs: 200, timeoutCheckMs: 50 };
    const setup = await begin({ limits });
    const head = `${method} ${path} HTTP/1.1\r\nHost: 127.0.0.1:${setup.port()}\r\n`;
    const rest = `Content-Type: application/json\r\nContent-Length: 9\r\n\r\n{`;
    const key = open ? '' : `Authorization: Bearer ${setup.key}\r\n`;
    // Without a body it is the headers that never end.
    const text = await raw(setup.port(), head + key + (body === null ? '' : rest));
    checkAnswer(method, path, parsed(text));
  },
  409: (operation) => upstream(operation, fails('accounts/needs-login')),
  413: async (operation) => send(await begin(), operation, { body: `"${'x'.repeat(70_000)}"` }),
  415: async (operation) => send(await begin(), operation, { headers: { 'Content-Type': 'text/plain' } }),
  417: async (operation) => send(await begin(), operation, { headers: { Expect: 'a-miracle' } }),
  async 422(operation) {
    const setup = await begin();
    await send(setup, operation, { headers: later });
    await send(setup, { ...operation, body: { ...operation.body, account: 'work' } }, { headers: later });
  },
  429: async (operation) =>
    send(
      await begin({ limits: { keyBurst: 0, challengeBurst: 0, pairBurst: 0, pairPollBurst: 0 } }),
      operation,
    ),
  431: async (operation) => {
    const headers = Object.fromEntries(Array.from({ length: 70 }, (_, index) => [`x-${index}`, '1']));
    await send(await begin(), operation, { headers });
  },
  async 500(operation, id) {
    const unforeseen = (): never => {
      throw new TypeError('canary');
    };
    if (id === 'accessToken' || id === 'mytoken') {
      await upstream(operation, () => Promise.reject(new TypeError('canary')));
      return;
    }
    const setup = await begin(
      id === 'status' ? { storageState: unforeseen } : id === 'challenge' ? {} : { closed: unforeseen },
    );
    if (id === 'challenge') vi.spyOn(setup.keys, 'answerChallenge').mockImplementation(unforeseen);
    const answer = await send(setup, operation);
    expect(answer.text).not.toContain('canary');
  },
  502: (operation) => upstream(operation, fails('mytoken/provider-error')),
  503: async (operation) => send(await begin({ limits: { connections: 0 } }), operation),
  504: (operation) => upstream(operation, fails('mytoken/timeout')),
};

function unknownThing(operation: Operation): Operation {
  const asksForTokens = operation === operations['accessToken'] || operation === operations['mytoken'];
  return asksForTokens ? { ...operation, body: { ...operation.body, account: 'nobody' } } : operation;
}

/** An answer that Node's client would not show, as the request was not whole. */
function parsed(text: string): Answer {
  const [head = '', body = ''] = text.split('\r\n\r\n', 2);
  const [first = '', ...lines] = head.split('\r\n');
  const headers = Object.fromEntries(
    lines.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 2)]),
  );
  return { status: Number(first.split(' ')[1]), headers, text: body, json: JSON.parse(body) };
}

/** Both look for a request in memory, where nothing goes wrong that could be made to; the answer is described for what nobody foresees. */
const unprovoked = new Set(['request 500', 'withdraw 500']);

const documented = Object.values(description.paths)
  .flatMap((path) => Object.values(path))
  .filter((operation) => 'responses' in operation)
  .flatMap(({ operationId, responses }) =>
    Object.keys(responses).map((status) => [operationId, status] as const),
  );

describe('every answer in openapi.yaml is given', () => {
  it.each(documented.filter((pair) => !unprovoked.has(pair.join(' '))))('%s: %s', async (id, status) => {
    const operation = operations[id];
    if (operation === undefined) throw new Error(`Nobody knows how to send ${id}.`);
    answersSeen.clear();
    await provocations[status]?.(operation, id);
    expect([...answersSeen]).toContain(`${id} ${status}`);
  });
});
