import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import http from 'node:http';
import net from 'node:net';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { type Door, openDoor } from '../../../electron/agent/http/door.ts';
import type { EndpointView } from '../../../shared/model/state.ts';
import type { AccessTokenGrant } from '../../../electron/tokens/index.ts';
import { codeOf, eventually, request, type Setup, start } from './support.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

let setups: Setup[] = [];
let others: net.Server[] = [];
const begin = async (...args: Parameters<typeof start>): Promise<Setup> => {
  const setup = await start(...args);
  setups.push(setup);
  return setup;
};
const occupy = async (host: string, port = 0): Promise<number> => {
  const server = net.createServer((socket) => socket.destroy());
  others.push(server);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  return (server.address() as net.AddressInfo).port;
};
/** A port that was free a moment ago on both addresses. */
const freePort = async (): Promise<number> => {
  const port = await occupy('127.0.0.1');
  await new Promise((resolve) => others.pop()?.close(resolve));
  return port;
};
afterEach(async () => {
  await Promise.all(setups.map(({ endpoint }) => endpoint.stop()));
  setups = [];
  for (const server of others) server.close();
  others = [];
});

const on = (port: number): { enabled: boolean; port: number; allowLocalhostName: boolean } => ({
  enabled: true,
  port,
  allowLocalhostName: false,
});
const off = { ...on(0), enabled: false };

describe('addresses', () => {
  it('listens on 127.0.0.1 and ::1 with one port and nowhere else', async () => {
    const setup = await begin();
    const port = setup.port();
    expect(setup.endpoint.state().addresses).toEqual([`http://127.0.0.1:${port}`, `http://[::1]:${port}`]);
    expect((await setup.call('GET', '/v1/status', { address: '127.0.0.1' })).status).toBe(200);
    expect((await setup.call('GET', '/v1/status', { address: '::1' })).status).toBe(200);
    // On Linux all of 127.0.0.0/8 is local: a wildcard would answer here.
    await expect(setup.call('GET', '/v1/status', { address: '127.0.0.2' })).rejects.toThrow('ECONNREFUSED');
  });

  it('R-49: a fixed port is used as it is', async () => {
    const port = await freePort();
    const setup = await begin({}, { port });
    expect(setup.port()).toBe(port);
  });

  it.each(['127.0.0.1', '::1'])(
    'R-49: a fixed port taken on %s is an error, and nothing listens',
    async (host) => {
      const port = await occupy(host);
      const setup = await begin({}, { port });
      const { endpoint } = setup;
      expect(endpoint.state()).toEqual({
        state: 'error',
        addresses: [],
        discoveryFile: null,
        problem: 'agent/port-taken',
        socket: { state: 'off', path: null, problem: null },
      });
      const free = host === '::1' ? '127.0.0.1' : '::1';
      await expect(request(port, 'GET', '/v1/status', { address: free })).rejects.toThrow('ECONNREFUSED');
      expect(setup.log.lines.join()).toContain('EADDRINUSE');
      for (const server of others) server.close();
      await endpoint.apply(on(port));
      expect(endpoint.state().state).toBe('listening');
      expect(endpoint.portHolder()).toBeNull();
    },
  );

  it.runIf(process.platform === 'linux')('says who holds the port', async () => {
    const port = await occupy('127.0.0.1');
    const { endpoint } = await begin({}, { port });
    const holder = endpoint.portHolder();
    expect(holder).toMatchObject({ port, userId: process.getuid?.() });
    // This very process holds it here.
    expect(holder?.processId).toBe(process.pid);
    expect(holder?.program).not.toBeNull();
  });
});

describe('switching', () => {
  it('off means off, and on again works', async () => {
    const setup = await begin();
    const port = setup.port();
    const file = setup.endpoint.state().discoveryFile ?? '';
    const seen: EndpointView['state'][] = [];
    setup.endpoint.onState(({ state }) => seen.push(state));
    await setup.endpoint.apply(off);
    expect(setup.endpoint.state()).toEqual({
      state: 'off',
      addresses: [],
      discoveryFile: null,
      problem: null,
      socket: { state: 'off', path: null, problem: null },
    });
    expect(existsSync(file)).toBe(false);
    await expect(setup.call('GET', '/v1/status', { port })).rejects.toThrow('ECONNREFUSED');
    await setup.endpoint.apply(on(0));
    expect((await setup.call('GET', '/v1/status')).status).toBe(200);
    expect(seen).toEqual(['off', 'starting', 'listening']);
  });

  it('nothing listens before the first apply, and applying the same again moves nothing', async () => {
    const setup = await begin();
    const port = setup.port();
    await setup.endpoint.apply(on(0));
    expect(setup.port()).toBe(port);
  });

  it('a request in flight is finished at the old port, which then closes, keep-alive or not', async () => {
    const setup = await begin();
    const { broker, endpoint } = setup;
    let answer: (grant: AccessTokenGrant) => void = () => undefined;
    broker.answer = () => new Promise((resolve) => (answer = resolve));
    const agent = new http.Agent({ keepAlive: true });
    const port = setup.port();
    const waiting = setup.token({}, { agent });
    await eventually(() => {
      expect(broker.wishes).toHaveLength(1);
    });
    const next = await freePort();
    await endpoint.apply(on(next));
    expect(setup.port()).toBe(next);
    await expect(setup.call('GET', '/v1/status', { port })).rejects.toThrow('ECONNREFUSED');
    expect((await setup.call('GET', '/v1/status')).status).toBe(200);
    answer(broker.grant({ accountId: 'home' }));
    expect((await waiting).status).toBe(200);
    expect((await waiting).headers.connection).toBe('close');
    agent.destroy();
  });

  it('many changes at once end in the last one', async () => {
    const setup = await begin();
    await Promise.all([on(0), off, on(0), off, on(0)].map((settings) => setup.endpoint.apply(settings)));
    expect(setup.endpoint.state().state).toBe('listening');
    expect((await setup.call('GET', '/v1/status')).status).toBe(200);
    await Promise.all([on(0), off].map((settings) => setup.endpoint.apply(settings)));
    expect(setup.endpoint.state().state).toBe('off');
  });

  it('changes do not overtake each other: no door is left open', async () => {
    const open = new Set<Door>();
    let most = 0;
    const setup = await begin({
      async openDoor(...args) {
        const door = await openDoor(...args);
        open.add(door);
        most = Math.max(most, open.size);
        return {
          ...door,
          retire() {
            open.delete(door);
            return door.retire();
          },
        };
      },
    });
    await Promise.all([off, on(0), off, on(0)].map((settings) => setup.endpoint.apply(settings)));
    expect(setup.endpoint.state().state).toBe('listening');
    expect(open.size).toBe(2);
    expect(most).toBe(2);
    await Promise.all([setup.endpoint.apply(off), setup.endpoint.apply(on(0)), setup.endpoint.stop()]);
    expect(open.size).toBe(0);
  });

  it('stop gives waiting requests an answer and then ends everything', async () => {
    const setup = await begin({ limits: { stopGraceMs: 50 } });
    const { broker, endpoint } = setup;
    broker.answer = () => new Promise(() => undefined);
    const port = setup.port();
    const waiting = setup.token();
    const idle = net.connect(port, '127.0.0.1');
    idle.on('error', () => undefined);
    await eventually(() => {
      expect(broker.wishes).toHaveLength(1);
    });
    await endpoint.stop();
    expect([(await waiting).status, codeOf(await waiting)]).toEqual([503, 'app/shutting-down']);
    await eventually(() => {
      expect(idle.closed).toBe(true);
    });
    expect(endpoint.state().state).toBe('off');
    await expect(request(port, 'GET', '/v1/status', {})).rejects.toThrow('ECONNREFUSED');
  });
});

describe('discovery file', () => {
  const read = (setup: Setup): Record<string, unknown> =>
    JSON.parse(readFileSync(join(setup.directory, 'endpoint.json'), 'utf8')) as Record<string, unknown>;

  it('R-48: tells address, protocol, pid and start, never a key, and only to this user', async () => {
    const setup = await begin();
    const content = read(setup);
    expect(Object.keys(content).sort()).toEqual(['addresses', 'pid', 'protocol', 'socket', 'started_at']);
    expect(content).toMatchObject({
      protocol: 1,
      pid: process.pid,
      addresses: setup.endpoint.state().addresses,
    });
    expect(Math.abs(Number(content.started_at) - Date.now() / 1000)).toBeLessThan(60);
    expect(setup.endpoint.state().discoveryFile).toBe(join(setup.directory, 'endpoint.json'));
    expect(readdirSync(setup.directory)).toEqual(['endpoint.json']);
    if (process.platform !== 'win32') {
      expect(statSync(join(setup.directory, 'endpoint.json')).mode & 0o777).toBe(0o600);
      expect(statSync(setup.directory).mode & 0o777).toBe(0o700);
    }
  });

  it('is gone after stop, and the empty directory stays', async () => {
    const setup = await begin();
    await setup.endpoint.stop();
    expect(readdirSync(setup.directory)).toEqual([]);
  });

  it('R-78: what a crash left behind is replaced without asking', async () => {
    const directory = temporaryDirectory('agent-');
    writeFileSync(
      join(directory, 'endpoint.json'),
      JSON.stringify({ protocol: 1, addresses: ['http://127.0.0.1:9'], pid: 4_190_000, started_at: 1 }),
    );
    writeFileSync(join(directory, 'endpoint.json.4190000.0123456789ab.tmp'), '{');
    writeFileSync(join(directory, 'keep.txt'), 'not ours');
    const setup = await begin({ runtimeDirectory: directory });
    const content = JSON.parse(readFileSync(join(directory, 'endpoint.json'), 'utf8')) as { pid: number };
    expect(content.pid).toBe(process.pid);
    expect(readdirSync(directory).sort()).toEqual(['endpoint.json', 'keep.txt']);
    expect(setup.log.lines.join()).toContain('agent.discovery-leftover {"pid":4190000,"alive":false}');
  });

  it('a damaged file is replaced too', async () => {
    const directory = temporaryDirectory('agent-');
    writeFileSync(join(directory, 'endpoint.json'), '{"pid":');
    await begin({ runtimeDirectory: directory });
    expect(readFileSync(join(directory, 'endpoint.json'), 'utf8')).toContain('127.0.0.1');
  });

  it('a file that became somebody else’s is not removed', async () => {
    const setup = await begin();
    const path = join(setup.directory, 'endpoint.json');
    writeFileSync(path, JSON.stringify({ ...read(setup), pid: process.pid + 1 }));
    await setup.endpoint.stop();
    expect(existsSync(path)).toBe(true);
  });

  it.skipIf(process.platform === 'win32')('a directory open to others is closed first', async () => {
    const directory = temporaryDirectory('agent-');
    chmodSync(directory, 0o777);
    await begin({ runtimeDirectory: directory });
    expect(statSync(directory).mode & 0o777).toBe(0o700);
  });

  it.skipIf(process.platform === 'win32')(
    'a link in place of the directory is not followed; the endpoint still works',
    async () => {
      const parent = temporaryDirectory('agent-');
      mkdirSync(join(parent, 'elsewhere'), { mode: 0o700 });
      symlinkSync(join(parent, 'elsewhere'), join(parent, 'runtime'));
      const setup = await begin({ runtimeDirectory: join(parent, 'runtime') });
      expect(setup.endpoint.state()).toMatchObject({ state: 'listening', discoveryFile: null });
      expect(readdirSync(join(parent, 'elsewhere'))).toEqual([]);
      expect((await setup.call('GET', '/v1/status')).status).toBe(200);
    },
  );
});
