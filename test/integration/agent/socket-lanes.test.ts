import { randomBytes } from 'node:crypto';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { unrecognisedCaller } from '../../../electron/agent/index.ts';
import { type Libc, loadLibc } from '../../../electron/agent/native/libc.ts';
import { createKeySource } from '../../../electron/agent/socket/key-exchange.ts';
import { createNonceSource } from '../../../electron/agent/socket/secure-channel.ts';
import {
  createSocketListener,
  type ListenerDeps,
  type SocketListener,
} from '../../../electron/agent/socket/listener.ts';
import { systemClock } from '../../../electron/ports/index.ts';
import { askEncrypted, sendPlain } from '../../support/agent-client.ts';
import { type ClientThread, startClientThread } from '../../support/client-thread.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const libc = loadLibc();
/** What it was called with in the way that counts here. */
const counted = { recv: 0, send: 0 };
const watched: Libc | null = libc && {
  ...libc,
  recv(...args) {
    counted.recv += 1;
    return libc.recv(...args);
  },
  send(...args) {
    counted.send += 1;
    return libc.send(...args);
  },
};
const lanes: readonly (readonly [string, Libc | null])[] = [
  ...(watched === null ? [] : [['directly', watched] as const]),
  ['by the event loop', null],
];

let directory: string;
let path: string;
let listener: SocketListener | null;
let client: ClientThread;

beforeAll(() => {
  client = startClientThread();
});
afterAll(() => client.stop());

beforeEach(() => {
  directory = temporaryDirectory('socket-lanes-');
  path = join(directory, 'agent.sock');
  Object.assign(counted, { recv: 0, send: 0 });
});

afterEach(async () => {
  await listener?.close();
  listener = null;
});

async function open(
  lane: Libc | null,
  answer: ListenerDeps['answer'],
  again: ListenerDeps['again'] = () => null,
): Promise<{ readonly looks: () => number }> {
  let looks = 0;
  listener = createSocketListener({
    recognise: () => () => {
      looks += 1;
      return unrecognisedCaller('agent-socket');
    },
    answer,
    again,
    turnedAway: () => undefined,
    nextKey: createKeySource(systemClock()),
    nextNonce: createNonceSource(),
    clock: systemClock(),
    libc: lane,
  });
  await listener.listen(path);
  return { looks: () => looks };
}

const kindOf: ListenerDeps['answer'] = ({ request }) =>
  Promise.resolve(JSON.stringify({ kind: request.kind }));

const never: ListenerDeps['answer'] = () => new Promise(() => undefined);

describe.each(lanes)('an exchange carried %s', (_, lane) => {
  it('is answered, encrypted and plain, and its caller is looked at once', async () => {
    const { looks } = await open(lane, never, () => '{"kind":"check"}');
    const kinds: unknown[] = [];
    for (let times = 0; times < 50; times += 1) {
      kinds.push(await client.call({ kind: 'encrypted', path, request: { request: 'check' } }));
    }
    expect(kinds).toEqual(Array.from({ length: 50 }, () => ({ kind: 'check' })));
    expect(looks()).toBe(50);
    expect(await client.call({ kind: 'plain', path, text: '{"request":"check"}' })).toBe('{"kind":"check"}');
    expect(looks()).toBe(51);
    if (lane !== null) expect(counted.send).toBeGreaterThan(0);
  });

  it.each([1, 7, 43])('is the same in pieces of %i characters', async (size) => {
    const { looks } = await open(lane, kindOf);
    const request = { request: 'check' };
    expect(await client.call({ kind: 'in-pieces', path, request, size })).toEqual({ kind: 'check' });
    expect(looks()).toBe(1);
  });

  it('a plain client that goes on sending reads its answer all the same', async () => {
    await open(lane, never, () => '{"kind":"check"}');
    for (let times = 0; times < 20; times += 1) {
      const answer = client.call({ kind: 'talkative', path, text: '{"request":"check"}' });
      expect(await answer).toBe('{"kind":"check"}');
    }
  });

  it('an answer that has to wait comes when it is there', async () => {
    await open(lane, async () => {
      await sleep(50);
      return '{"late":true}';
    });
    const request = { request: 'check' };
    expect(await client.call({ kind: 'encrypted', path, request })).toEqual({ late: true });
    expect(await client.call({ kind: 'plain', path, text: JSON.stringify(request) })).toBe('{"late":true}');
  });

  it('an answer that is longer than the system takes at once arrives whole, in order', async () => {
    const long = JSON.stringify({ text: randomBytes(600_000).toString('hex') });
    await open(lane, never, () => long);
    const socket = connect(path);
    socket.pause();
    socket.write('{"request":"check"}');
    await sleep(100);
    let received = '';
    socket.on('data', (chunk) => (received += chunk.toString('utf8')));
    socket.resume();
    await new Promise((resolve) => socket.once('end', resolve));
    expect(received === long).toBe(true);
    socket.destroy();
    const asked = await Promise.all([
      client.call({ kind: 'encrypted', path, request: { request: 'check' } }),
      client.call({ kind: 'plain', path, text: '{"request":"check"}' }),
    ]);
    expect(JSON.stringify(asked[0]) === long).toBe(true);
    expect(asked[1] === long).toBe(true);
  });

  it('an encrypted client that leaves while it waits withdraws its request and frees its place', async () => {
    let waiting = 0;
    let withdrawn = 0;
    await open(lane, ({ request, gone }) => {
      if (request.kind === 'check') return Promise.resolve('{}');
      waiting += 1;
      return new Promise(() => {
        gone.addEventListener('abort', () => (withdrawn += 1));
      });
    });
    // More than there are places.
    for (let round = 1; round <= 3; round += 1) {
      const leaving = new AbortController();
      const left = Array.from({ length: 30 }, () =>
        askEncrypted(path, { request: 'status' }, leaving.signal).catch(() => 'left'),
      );
      await expect.poll(() => waiting).toBe(30 * round);
      leaving.abort();
      expect(new Set(await Promise.all(left))).toEqual(new Set(['left']));
      await expect.poll(() => withdrawn).toBe(30 * round);
    }
    expect(await askEncrypted(path, { request: 'check' })).toEqual({});
  });

  it('who finds no place is not asked for, and does not disturb those who wait', async () => {
    let asked = 0;
    let release = (): void => undefined;
    const released = new Promise<void>((resolve) => {
      release = resolve;
    });
    await open(lane, async () => {
      asked += 1;
      await released;
      return '{"there":true}';
    });
    const waiting = Array.from({ length: 256 }, () => sendPlain(path, '{"request":"status"}'));
    await expect.poll(() => asked).toBe(256);
    const tooMany = await Promise.all(
      Array.from({ length: 5 }, () => sendPlain(path, '{"request":"status"}').catch(() => '')),
    );
    expect(new Set(tooMany)).toEqual(new Set(['']));
    expect(asked).toBe(256);
    release();
    expect(new Set(await Promise.all(waiting))).toEqual(new Set(['{"there":true}']));
  });

  it('what is no request ends at once, with a word where one can be understood', async () => {
    await open(lane, kindOf);
    const noKey = client.call({ kind: 'plain', path, text: '!'.repeat(44) });
    expect(await noKey.catch(() => '')).toBe('');
    const weak = Buffer.alloc(32).toString('base64');
    const closed = await new Promise<string>((resolve) => {
      const socket: Socket = connect(path);
      let received = '';
      socket.on('data', (chunk) => (received += chunk.toString('latin1')));
      socket.on('error', () => undefined);
      socket.on('close', () => resolve(received));
      socket.write(weak);
    });
    expect(closed).toHaveLength(44); // our key, and nothing under a key that anybody knows
    const never = client.call({ kind: 'plain', path, text: '{"request":"status","x":[}]}', end: true });
    expect(await never.catch(() => '')).toBe('');
    const list = await client.call({ kind: 'plain', path, text: '["status"]' });
    expect(JSON.parse(String(list))).toMatchObject({ status: 'failure' });
  });

  it('closes with connections open, and removes its socket', async () => {
    await open(lane, never);
    const silent = connect(path);
    const waiting = askEncrypted(path, { request: 'status' }).catch(() => 'ended');
    await new Promise((resolve) => silent.once('connect', resolve));
    await sleep(20);
    await listener?.close();
    listener = null;
    expect(await waiting).toBe('ended');
    await expect(askEncrypted(path, { request: 'check' })).rejects.toThrow(/ENOENT/);
    silent.destroy();
  });
});
