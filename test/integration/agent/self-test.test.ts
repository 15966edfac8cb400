import { symlinkSync, writeFileSync } from 'node:fs';
import { createServer as createHttpServer, type ServerResponse } from 'node:http';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import type { Writable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { nativeKey } from '../../../electron/agent/socket/key-exchange.ts';
import { createNonceSource, openChannel } from '../../../electron/agent/socket/secure-channel.ts';
import { runSelfTest, type SelfTestDeps } from '../../../electron/agent/index.ts';
import type { ServicePlaceView } from '../../../shared/model/in-place.ts';
import type { SelfTestResult } from '../../../shared/model/self-test.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { type Setup, start } from './support.ts';

let directory: string;
let socketPath: string;
let setup: Setup;
const endings: (() => void)[] = [];

beforeEach(async () => {
  directory = temporaryDirectory('self-test-');
  socketPath = join(directory, 'agent.sock');
  setup = await start();
});
afterEach(async () => {
  for (const end of endings.splice(0)) end();
  await setup.endpoint.stop();
});

/** An agent that answers as it is told; what it was asked for is written down. */
async function agent(path: string, reply: (request: string) => string | null): Promise<string[]> {
  const asked: string[] = [];
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    let text = '';
    let channel: ReturnType<typeof openChannel> = null;
    socket.on('error', () => undefined);
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1');
      if (channel === null && text.startsWith('{')) {
        asked.push(text);
        socket.end(reply(text) ?? '');
        return;
      }
      if (channel === null && text.length >= 44) {
        const key = nativeKey(crypto.getRandomValues(new Uint8Array(32)));
        channel = openChannel(text.slice(0, 44), key, createNonceSource());
        text = text.slice(44);
        socket.write(channel?.publicKey ?? '');
      }
      const plain = channel?.open(text) ?? null;
      if (plain === null) return;
      asked.push(plain);
      const answer = reply(plain);
      if (answer === null) socket.end();
      else socket.end(channel?.seal(answer) ?? '');
    });
  });
  await new Promise<void>((resolve) => server.listen(path, resolve));
  endings.push(() => server.close());
  return asked;
}

const ours = (request: string): string =>
  request.includes('status_json')
    ? '{"status":"success","info":{"version":"Mytoken Desktop 1.2.3"}}'
    : '{"status":"success"}';

function place(
  generation: '4' | '5',
  state: ServicePlaceView['state'],
  path = join(directory, 'x'),
): ServicePlaceView {
  return { generation, state, path, pid: null, program: null, problem: null };
}

async function run(more: Partial<SelfTestDeps> = {}): Promise<Record<string, SelfTestResult['problem']>> {
  const results = await runSelfTest({
    socket: () => ({ state: 'listening', path: socketPath, problem: null }),
    endpoint: () => setup.endpoint.state(),
    inPlace: () => ({ places: [], environment: null }),
    answerChallenge: (hint, message) => setup.keys.answerChallenge(hint, message),
    appVersion: '1.2.3',
    sessionVariable: () => Promise.resolve(null),
    patienceMs: 500,
    ...more,
  });
  return Object.fromEntries(results.map(({ check, problem }) => [check, problem]));
}

describe('the self-test', () => {
  it('finds doors that work working, over connections of its own, and asks for no token', async () => {
    const asked = await agent(socketPath, ours);
    const link = join(directory, 'oidc-agent.sock');
    symlinkSync(socketPath, link);
    expect(
      await run({
        inPlace: () => ({ places: [place('5', 'ready', link)], environment: null }),
        sessionVariable: () => Promise.resolve(link),
      }),
    ).toEqual({
      'socket-plain': null,
      'socket-encrypted': null,
      'http-file': null,
      'http-challenge': null,
      'http-socket': 'off',
      'service-5': null,
      environment: null,
    });
    expect(asked.map((text) => JSON.parse(text) as unknown)).toEqual([
      { request: 'check' },
      { request: 'status_json' },
      { request: 'status_json' },
    ]);
  });

  it('takes a socket that a client locked for its own', async () => {
    await agent(socketPath, (request) =>
      request.includes('status') ? '{"status":"failure","error":"Agent locked"}' : ours(request),
    );
    expect(await run()).toMatchObject({ 'socket-plain': null, 'socket-encrypted': null });
  });

  it('tells another agent from itself', async () => {
    await agent(socketPath, (request) => ours(request).replace('Mytoken Desktop 1.2.3', 'oidc-agent 5.3.3'));
    expect(await run()).toMatchObject({ 'socket-encrypted': 'not-us' });
  });

  it.each([
    ['nothing', () => null, 'no-answer'],
    ['no JSON', () => 'hello', 'bad-answer'],
    ['an error', () => '{"status":"failure","error":"No"}', 'bad-answer'],
    ['the wrong JSON', () => '[]', 'bad-answer'],
  ] as [string, () => string | null, string][])(
    'says so when the socket answers %s',
    async (_what, reply, problem) => {
      await agent(socketPath, reply);
      expect(await run()).toMatchObject({ 'socket-plain': problem, 'socket-encrypted': problem });
    },
  );

  it('gives up on a socket that is dead, missing or silent', async () => {
    expect(await run()).toMatchObject({ 'socket-plain': 'no-answer', 'socket-encrypted': 'no-answer' });
    const silent = createServer(() => undefined);
    await new Promise<void>((resolve) => silent.listen(socketPath, resolve));
    endings.push(() => silent.close());
    expect(await run()).toMatchObject({ 'socket-plain': 'no-answer', 'socket-encrypted': 'no-answer' });
  });

  /** Whoever sits at the socket and does as they like with each connection. */
  const stranger = async (greet: (socket: Socket) => void): Promise<void> => {
    const sockets: Socket[] = [];
    const server = createServer({ allowHalfOpen: true }, (socket) => {
      sockets.push(socket);
      socket.on('error', () => undefined);
      socket.once('data', () => greet(socket));
    });
    await new Promise<void>((resolve) => server.listen(socketPath, resolve));
    endings.push(() => {
      for (const socket of sockets) socket.destroy();
      server.close();
    });
  };
  const drip = (socket: Writable): void => {
    const timer = setInterval(() => socket.write(' '), 50);
    socket.on('close', () => clearInterval(timer));
  };

  it('takes no endless answer, no dripping one, and none in plain text to an encrypted question', async () => {
    const cases: readonly (readonly [
      greet: (socket: Socket) => void,
      plain: SelfTestResult['problem'],
      encrypted: SelfTestResult['problem'],
    ])[] = [
      [(socket) => socket.write(' '.repeat(70_000)), 'bad-answer', 'bad-answer'],
      [drip, 'no-answer', 'no-answer'],
      [(socket) => socket.end('{"status":"success"}'), null, 'bad-answer'],
      [(socket) => socket.end('A'.repeat(44)), 'bad-answer', 'bad-answer'],
      [(socket) => socket.end('='.repeat(44)), 'bad-answer', 'bad-answer'],
    ];
    for (const [greet, plain, encrypted] of cases) {
      await stranger(greet);
      const startedMs = performance.now();
      expect(await run()).toMatchObject({ 'socket-plain': plain, 'socket-encrypted': encrypted });
      expect(performance.now() - startedMs).toBeLessThan(5_000);
      for (const end of endings.splice(0)) end();
    }
  });

  it.each([
    ['never', () => undefined, 'no-answer'],
    ['a byte at a time', (response: ServerResponse) => drip(response.writeHead(200)), 'no-answer'],
    ['without an end', (response: ServerResponse) => response.write(' '.repeat(20_000)), 'bad-answer'],
    ['what is no JSON', (response: ServerResponse) => response.end('hello'), 'bad-answer'],
    [
      'half of it',
      (response: ServerResponse) =>
        response.writeHead(200, { 'Content-Length': 9 }).write('{', () => response.destroy()),
      'no-answer',
    ],
  ] as [string, (response: ServerResponse) => unknown, SelfTestResult['problem']][])(
    'takes no address that answers %s',
    async (_what, reply, problem) => {
      const server = createHttpServer((_request, response) => void reply(response));
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      endings.push(() => {
        server.closeAllConnections();
        server.close();
      });
      const { port } = server.address() as AddressInfo;
      const state = { ...setup.endpoint.state(), addresses: [`http://127.0.0.1:${port}`] };
      const startedMs = performance.now();
      expect(await run({ endpoint: () => state })).toMatchObject({ 'http-challenge': problem });
      expect(performance.now() - startedMs).toBeLessThan(5_000);
    },
  );

  it('knocks at the HTTP socket too', async () => {
    await setup.endpoint.applySocket({ enabled: true, keyless: false });
    expect(await run()).toMatchObject({ 'http-socket': null });
    const elsewhere = {
      ...setup.endpoint.state(),
      socket: { state: 'listening', path: socketPath, problem: null },
    } as const;
    expect(await run({ endpoint: () => elsewhere })).toMatchObject({ 'http-socket': 'no-answer' });
  });

  it('notices that somebody else sits at its address', async () => {
    const stranger = createHttpServer((_request, response) => {
      response.writeHead(200, { 'Content-Type': 'application/json' }).end('{"protocol":1,"hmac":"00"}');
    });
    await new Promise<void>((resolve) => stranger.listen(0, '127.0.0.1', resolve));
    endings.push(() => stranger.close());
    const address = stranger.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const state = { ...setup.endpoint.state(), addresses: [`http://127.0.0.1:${port}`] };
    expect(await run({ endpoint: () => state })).toMatchObject({
      'http-challenge': 'not-us',
      'http-file': 'not-announced',
    });
  });

  it('notices a file that announces an earlier run', async () => {
    const state = setup.endpoint.state();
    const content = { protocol: 1, addresses: state.addresses, pid: 1, started_at: 0 };
    writeFileSync(state.discoveryFile ?? '', JSON.stringify(content));
    expect(await run()).toMatchObject({ 'http-challenge': null, 'http-file': 'not-announced' });
  });

  it('calls doors that are closed switched off, not broken', async () => {
    await setup.endpoint.stop();
    const results = await run({
      socket: () => ({ state: 'off', path: null, problem: null }),
      inPlace: () => ({ places: [place('5', 'off'), place('4', 'off')], environment: null }),
    });
    expect(new Set(Object.values(results))).toEqual(new Set(['off']));
  });

  it('tells why a place is not ours', async () => {
    await agent(socketPath, ours);
    const other = join(directory, 'other.sock');
    await agent(other, ours);
    const places = [place('5', 'taken'), place('4', 'blocked')];
    expect(await run({ inPlace: () => ({ places, environment: null }) })).toMatchObject({
      'service-5': 'taken',
      'service-4': 'blocked',
    });
    // Another instance of this very app, with another profile.
    const ready = [place('5', 'ready', other)];
    expect(await run({ inPlace: () => ({ places: ready, environment: null }) })).toMatchObject({
      'service-5': 'not-us',
    });
  });

  it('tells a variable that waits for the next login from one that leads elsewhere', async () => {
    await agent(socketPath, ours);
    const written = { state: 'written', path: '/c' } as const;
    const environment = async (value: string | null, file: typeof written | null): Promise<unknown> =>
      (
        await run({
          sessionVariable: () => Promise.resolve(value),
          inPlace: () => ({ places: [], environment: file }),
        })
      )['environment'];
    expect(await environment(null, null)).toBe('off');
    expect(await environment(null, written)).toBe('next-login');
    expect(await environment('/tmp/other.sock', null)).toBe('elsewhere');
    expect(await environment(socketPath, written)).toBeNull();
  });
});
