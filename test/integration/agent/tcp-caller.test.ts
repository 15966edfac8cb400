import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import Module from 'node:module';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createTcpCallerRecogniser, ownerInProc } from '../../../electron/agent/callers/identify-tcp.ts';
import { loadLibc } from '../../../electron/agent/native/libc.ts';
import { linuxSocketDiag } from '../../../electron/agent/callers/socket-diag.ts';
import type { TcpEnds } from '../../../electron/agent/callers/tcp-table.ts';
import { eventually, raw, type Setup, start } from './support.ts';

const servers: Server[] = [];
const sockets: Socket[] = [];
const clients: ChildProcess[] = [];
const setups: Setup[] = [];
afterEach(async () => {
  vi.restoreAllMocks();
  for (const client of clients.splice(0)) client.kill('SIGKILL');
  for (const socket of sockets.splice(0)) socket.destroy();
  for (const server of servers.splice(0)) server.close();
  for (const { endpoint } of setups.splice(0)) await endpoint.stop();
});

const me = process.getuid?.() ?? 0;
/** `nobody` and `daemon`: users that every Linux has. */
const [nobody, daemon] = [65534, 1];
const asRoot = process.platform === 'linux' && me === 0;

async function listen(host: string): Promise<{ port: number; connection: Promise<Socket> }> {
  const server = createServer({ allowHalfOpen: true });
  servers.push(server);
  server.listen(0, host);
  await once(server, 'listening');
  const connection = once(server, 'connection').then(([socket]) => {
    sockets.push(socket as Socket);
    return socket as Socket;
  });
  return { port: (server.address() as AddressInfo).port, connection };
}

const endsOf = ({ localAddress, localPort, remoteAddress, remotePort }: Socket): TcpEnds => ({
  ...{ localAddress: localAddress ?? '', localPort: localPort ?? 0 },
  ...{ remoteAddress: remoteAddress ?? '', remotePort: remotePort ?? 0 },
});

/** A program that connects and then does as `script` says with its `socket`. */
function connect(port: number, to: string, script = '', uid = me): ChildProcess {
  const client = spawn(
    process.execPath,
    [
      '-e',
      `const socket = require('node:net').connect({ port: ${port}, host: '${to}', allowHalfOpen: true });
       socket.on('error', () => process.exit()).on('close', () => process.exit());
       ${script}`,
    ],
    { stdio: ['ignore', 'pipe', 'ignore'], cwd: '/', ...(uid === me ? {} : { uid }) },
  );
  clients.push(client);
  return client;
}

/** All that a program of another user gets to read. */
async function answerTo(port: number, to: string, request: string, uid: number): Promise<string> {
  const script = `socket.write(${JSON.stringify(request)}); socket.pipe(process.stdout);`;
  const client = connect(port, to, script, uid);
  let text = '';
  client.stdout?.on('data', (chunk: Buffer) => (text += chunk.toString('latin1')));
  await once(client, 'close');
  return text;
}

describe.runIf(process.platform === 'linux')('R-40 the end of a client', () => {
  const ways = { 'by netlink': linuxSocketDiag(loadLibc), 'by the files': ownerInProc() };
  const recognise = createTcpCallerRecogniser({
    ...{ platform: 'linux', userId: me },
    owner: ways['by netlink'],
  });
  const families = [
    ['127.0.0.1', '127.0.0.1'],
    ['127.0.0.1', '::ffff:127.0.0.1'],
    ['::1', '::1'],
    ['::', '127.0.0.1'],
  ] as const;

  it.each(families)('is told with its process: server on %s, client to %s', async (host, to) => {
    const { port, connection } = await listen(host);
    const client = connect(port, to);
    const ends = endsOf(await connection);
    const found = recognise(ends);
    if (typeof found === 'string') throw new Error(found);
    const caller = await found.describe();
    expect(caller).toMatchObject({
      ...{ door: 'http', verified: true, pid: client.pid, uid: me },
      executable: process.execPath,
    });
    expect(caller.chain.map(({ pid }) => pid)).toContain(process.pid);
    // `node -e` could be anything.
    expect(caller.identity).toBeNull();
    for (const socket of sockets) socket.destroy();
    await once(client, 'exit');
    expect(recognise(ends)).toBe('gone');
  });

  for (const [name, owner] of Object.entries(ways)) {
    it.each(families)(`${name}: server on %s, client to %s, open and half closed`, async (host, to) => {
      const { port, connection } = await listen(host);
      connect(port, to, "socket.on('connect', () => socket.end());");
      const socket = await connection;
      expect(owner(endsOf(socket))).toMatchObject({ uid: me, inode: expect.any(Number) as number });
      socket.resume();
      await once(socket, 'end');
      expect(owner(endsOf(socket))).toMatchObject({ uid: me });
    });

    it(`${name}: a client that closed is gone, and so is one that reset the connection`, async () => {
      for (const how of ['destroy', 'resetAndDestroy']) {
        const { port, connection } = await listen('127.0.0.1');
        const client = connect(port, '127.0.0.1', `socket.on('data', () => socket.${how}());`);
        const socket = await connection;
        socket.on('error', () => undefined);
        const ends = endsOf(socket); // of a connection that was reset already nobody can tell
        socket.write('now');
        await once(client, 'exit');
        expect(owner(ends), how).toBe('gone');
      }
    });

    it.runIf(asRoot)(`${name}: the user is the client’s`, async () => {
      for (const [host, to] of families) {
        const { port, connection } = await listen(host);
        connect(port, to, '', nobody);
        expect(owner(endsOf(await connection)), to).toMatchObject({ uid: nobody });
      }
    });
  }

  it('where the kernel cannot be asked for a socket, the files are', async () => {
    const loader = Module as unknown as { _load: (name: string, ...more: unknown[]) => unknown };
    const load = loader._load;
    vi.spyOn(loader, '_load').mockImplementation((name, ...more) => {
      if (name === 'koffi') throw new Error('not there');
      return load.call(Module, name, ...more);
    });
    // Loaded once for good: a copy of the modules that has not tried yet.
    vi.resetModules();
    const fresh = {
      ...(await import('../../../electron/agent/callers/socket-diag.ts')),
      ...(await import('../../../electron/agent/callers/identify-tcp.ts')),
      ...(await import('../../../electron/agent/native/libc.ts')),
    };
    const { port, connection } = await listen('127.0.0.1');
    const client = connect(port, '127.0.0.1');
    const ends = endsOf(await connection);
    expect(fresh.linuxSocketDiag(fresh.loadLibc)(ends)).toBeNull();
    const found = fresh.createTcpCallerRecogniser({ platform: 'linux', userId: me })(ends);
    if (typeof found === 'string') throw new Error(found);
    expect(await found.describe()).toMatchObject({ verified: true, pid: client.pid });
  });

  it('a first connection does not wait for the library, which is there soon after', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout'] });
    vi.resetModules();
    const { libcSoon } = await import('../../../electron/agent/native/libc.ts');
    expect(libcSoon()).toBeUndefined();
    expect(libcSoon()).toBeUndefined();
    expect(vi.getTimerCount()).toBe(1);
    vi.runAllTimers();
    vi.useRealTimers();
    expect(libcSoon()).not.toBeFalsy();
  });

  it('a listener is nobody’s end', async () => {
    const [server, other] = [await listen('127.0.0.1'), await listen('127.0.0.1')];
    const ends: TcpEnds = {
      ...{ localAddress: '127.0.0.1', localPort: server.port },
      ...{ remoteAddress: '127.0.0.1', remotePort: other.port },
    };
    for (const owner of Object.values(ways)) expect(owner(ends)).toBe('gone');
  });

  it('nothing is told of a place where nobody listens', () => {
    const ends: TcpEnds = {
      ...{ localAddress: '127.0.0.1', localPort: 1 },
      ...{ remoteAddress: '127.0.0.1', remotePort: 2 },
    };
    for (const owner of Object.values(ways)) expect(owner(ends)).toBeNull();
    expect(ways['by netlink']({ ...ends, remoteAddress: 'fe80::1' })).toBeNull();
  });
});

describe.runIf(asRoot)('R-40 the endpoint of a user, asked by others with the right key', () => {
  const begin = async (userId: number): Promise<Setup> => {
    const setup = await start({ recogniseTcp: createTcpCallerRecogniser({ platform: 'linux', userId }) });
    setups.push(setup);
    return setup;
  };
  const requests = (host: string, key: string): Readonly<Record<string, string>> => ({
    token: `POST /v1/access-token HTTP/1.1\r\nHost: ${host}\r\nAuthorization: Bearer ${key}\r\nContent-Type: application/json\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}`,
    status: `GET /v1/status HTTP/1.1\r\nHost: ${host}\r\nAuthorization: Bearer ${key}\r\nConnection: close\r\n\r\n`,
    pair: `POST /v1/pair HTTP/1.1\r\nHost: ${host}\r\nContent-Type: application/json\r\nContent-Length: 13\r\nConnection: close\r\n\r\n{"label":"x"}`,
    tunnel: `CONNECT ${host} HTTP/1.1\r\nHost: ${host}\r\n\r\n`,
    expectation: `GET /v1/status HTTP/1.1\r\nHost: ${host}\r\nExpect: 100-continue\r\n\r\n`,
    garbage: 'no HTTP at all\r\n\r\n',
  });

  it('nobody of another user gets a single byte, whatever they send and over whichever address', async () => {
    const setup = await begin(daemon);
    for (const [to, host] of [
      ['127.0.0.1', `127.0.0.1:${setup.port()}`],
      ['::ffff:127.0.0.1', `127.0.0.1:${setup.port()}`],
      ['::1', `[::1]:${setup.port()}`],
    ] as const) {
      for (const [name, bytes] of Object.entries(requests(host, setup.key))) {
        expect(await answerTo(setup.port(), to, bytes, nobody), `${name} to ${to}`).toBe('');
      }
    }
    expect(setup.broker.wishes).toEqual([]);
    expect(setup.approvals.count()).toBe(0);
    expect(setup.log.lines.filter((line) => line.includes('pairing'))).toEqual([]);
    // It is noted, and does not fill the log.
    expect(setup.log.lines.filter((line) => line.includes('agent.foreign-user'))).toHaveLength(2);
  });

  it('the user and root are answered', async () => {
    const setup = await begin(daemon);
    const host = `127.0.0.1:${setup.port()}`;
    const { token = '', status = '' } = requests(host, setup.key);
    for (const uid of [daemon, 0]) {
      expect(await answerTo(setup.port(), '127.0.0.1', token, uid)).toMatch(/^HTTP\/1\.1 200 /);
      expect(await answerTo(setup.port(), '::ffff:127.0.0.1', status, uid)).toMatch(/^HTTP\/1\.1 200 /);
    }
    expect(await raw(setup.port(), status)).toMatch(/^HTTP\/1\.1 200 /);
  });

  it('who sends a request and is gone at once has nothing done for it', async () => {
    const setup = await begin(daemon);
    const { token = '' } = requests(`127.0.0.1:${setup.port()}`, setup.key);
    const script = `socket.on('connect', () => socket.write(${JSON.stringify(token)}, () => socket.resetAndDestroy()));`;
    // The event loop is held until the client is gone: the look comes after its end.
    const client = connect(setup.port(), '127.0.0.1', script, nobody);
    const until = performance.now() + 10_000;
    while (performance.now() < until && isRunning(client)) Atomics.wait(pause, 0, 0, 5);
    expect(isRunning(client)).toBe(false);
    await eventually(() => {
      expect(client.exitCode).not.toBeNull();
    });
    await raw(setup.port(), 'x\r\n\r\n');
    expect(setup.broker.wishes).toEqual([]);
  });
});

const pause = new Int32Array(new SharedArrayBuffer(4));

/** Without the event loop: a process that ended and was not waited for yet is a zombie. */
function isRunning({ pid }: ChildProcess): boolean {
  return pid !== undefined && !/\) Z /.test(stateOf(pid));
}

function stateOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch {
    return ') Z ';
  }
}
