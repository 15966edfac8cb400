import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { createCallerRecogniser, unknownCaller } from '../../../electron/agent/index.ts';
import { codeOf, decide, eventually, firstAnswer, type Setup, start } from './support.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

let setups: Setup[] = [];
const begin = async (keyless: boolean, more: Parameters<typeof start>[0] = {}): Promise<Setup> => {
  const setup = await start(more);
  setups.push(setup);
  await setup.endpoint.applySocket({ enabled: true, keyless });
  return setup;
};
afterEach(async () => {
  await Promise.all(setups.map(({ endpoint }) => endpoint.stop()));
  setups = [];
});
const by = (identity: string | null) => (): ReturnType<ReturnType<typeof createCallerRecogniser>> => () => ({
  mark: identity,
  identity,
  describe: () => ({ ...unknownCaller('http-socket'), verified: true, program: 'job', identity }),
});
const exchange = (path: string, bytes: string): Promise<string> =>
  new Promise((resolve) => {
    const socket = net.connect(path);
    let text = '';
    socket.on('connect', () => socket.write(bytes));
    socket.on('data', (chunk) => (text += chunk.toString('latin1')));
    socket.on('error', () => undefined);
    socket.on('close', () => resolve(text));
  });

describe('http.sock', () => {
  it('R-37: only the user can reach it, it is listed, and it goes away with the door', async () => {
    const setup = await begin(false);
    expect(statSync(setup.socketPath).mode & 0o777).toBe(0o600);
    expect(statSync(setup.directory).mode & 0o777).toBe(0o700);
    expect(setup.endpoint.state().socket).toEqual({
      state: 'listening',
      path: setup.socketPath,
      problem: null,
    });
    const file = join(setup.directory, 'endpoint.json');
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ socket: setup.socketPath });
    await setup.endpoint.apply({ enabled: false, port: 0, allowLocalhostName: false });
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ addresses: [], socket: setup.socketPath });
    expect((await setup.token({}, { socket: setup.socketPath })).status).toBe(200);
    await setup.endpoint.applySocket({ enabled: false, keyless: false });
    await eventually(() => {
      expect(existsSync(setup.socketPath)).toBe(false);
    });
    expect(existsSync(file)).toBe(false);
  });

  it('R-37: what lies in its place and is no dead socket of ours stays', async () => {
    const setup = await start();
    setups.push(setup);
    mkdirSync(setup.directory, { recursive: true, mode: 0o700 });
    writeFileSync(setup.socketPath, 'precious');
    await setup.endpoint.applySocket({ enabled: true, keyless: false });
    expect(setup.endpoint.state().socket).toMatchObject({ state: 'error', problem: 'agent/socket-path' });
    expect(readFileSync(setup.socketPath, 'utf8')).toBe('precious');

    const other = join(temporaryDirectory('agent-'), 'http.sock');
    const living = net.createServer();
    await new Promise<void>((resolve) => living.listen(other, resolve));
    const second = await begin(false, { socketPath: other });
    expect(second.endpoint.state().socket).toMatchObject({ state: 'error', problem: 'agent/socket-taken' });
    living.close();
  });

  it('guard 2: the Host is one fixed name', async () => {
    const { socketPath, key, call } = await begin(false);
    for (const host of ['localhost', '127.0.0.1', 'mytoken-desktop:80', 'evil.example', '']) {
      const answer = await call('GET', '/v1/status', { socket: socketPath, headers: { Host: host } });
      expect([answer.status, codeOf(answer)]).toEqual([403, 'agent/bad-host']);
    }
    const text = await exchange(
      socketPath,
      `GET /v1/status HTTP/1.1\r\nAuthorization: Bearer ${key}\r\nConnection: close\r\n\r\n`,
    );
    expect(firstAnswer(text)).toEqual({ status: 403, code: 'agent/bad-host' });
    expect((await call('GET', '/v1/status', { socket: socketPath })).status).toBe(200);
  });

  it('guards 3 to 5: what comes from a page is refused here too', async () => {
    const { socketPath, call } = await begin(true);
    const headers = { Origin: 'https://evil.example' };
    const answer = await call('GET', '/v1/status', { socket: socketPath, key: null, headers });
    expect(codeOf(answer)).toBe('agent/browser-request');
  });

  it('guard 8: off by default, a key is needed; a wrong key is never better than none', async () => {
    const setup = await begin(false);
    const { socketPath, token, endpoint } = setup;
    expect((await token({}, { socket: socketPath, key: null })).status).toBe(401);
    await endpoint.applySocket({ enabled: true, keyless: true });
    expect((await setup.call('GET', '/v1/status', { socket: socketPath, key: null })).status).toBe(200);
    expect((await token({}, { socket: socketPath, key: 'wrong' })).status).toBe(401);
    expect((await token({}, { key: null })).status).toBe(401);
    await endpoint.applySocket({ enabled: true, keyless: false });
    expect((await token({}, { socket: socketPath, key: null })).status).toBe(401);
  });

  it('without a key the user is asked once, and the program is known again by what it is', async () => {
    const setup = await begin(true, { recogniseSocket: by('me') });
    const options = { socket: setup.socketPath, key: null };
    const first = setup.token({ application: 'says so' }, options);
    await eventually(() => {
      expect(setup.approvals.current()).toMatchObject({
        grantable: true,
        caller: { program: 'job', verified: true, claims: { application: 'says so' } },
      });
    });
    await decide(setup, 'allow', { grant: '15min' });
    expect((await first).status).toBe(200);
    expect((await setup.token({}, options)).status).toBe(200);
    expect(setup.activity.list()[0]).toMatchObject({ by: 'grant', program: 'job' });
    const headers = { 'Idempotency-Key': 'key-0001' };
    expect((await setup.token({}, { ...options, headers })).status).toBe(200);
  });

  it('who cannot be recognised is asked about every time and can leave nothing to come back for', async () => {
    const setup = await begin(true);
    const options = { socket: setup.socketPath, key: null };
    const first = setup.token({}, options);
    await decide(setup, 'allow', { grant: '1h' });
    expect((await first).status).toBe(200);
    const second = setup.token({}, options);
    await decide(setup, 'deny');
    expect((await second).status).toBe(403);
    const headers = { 'Idempotency-Key': 'key-0001' };
    const answer = await setup.token({}, { ...options, headers });
    expect([answer.status, (answer.json as { field: string }).field]).toEqual([400, 'Idempotency-Key']);
  });

  it('R-40: another user is dropped without a word', async () => {
    const setup = await begin(true, { recogniseSocket: () => null });
    expect(await exchange(setup.socketPath, 'GET /v1/status HTTP/1.1\r\nHost: mytoken-desktop\r\n\r\n')).toBe(
      '',
    );
  });

  it.runIf(process.platform === 'linux')('R-40: the system names this very process', async () => {
    const recogniseSocket = createCallerRecogniser({ platform: 'linux', userId: process.getuid?.() ?? null });
    const setup = await begin(true, { recogniseSocket });
    const asked = setup.token({}, { socket: setup.socketPath, key: null });
    await eventually(() => {
      expect(setup.approvals.current()?.caller).toMatchObject({ pid: process.pid, door: 'http-socket' });
    });
    await decide(setup, 'deny');
    await asked;
  });

  it('R-48: the challenge works on the socket and is worth nothing elsewhere', async () => {
    const setup = await begin(false);
    const body = JSON.stringify({ nonce: 'n'.repeat(20), key_hint: setup.key.slice(0, 10) });
    const options = { key: null, body };
    const here = await setup.call('POST', '/v1/challenge', { ...options, socket: setup.socketPath });
    const there = await setup.call('POST', '/v1/challenge', options);
    expect(here.status).toBe(200);
    expect(here.text).not.toBe(there.text);
  });

  it('notes who used a key last', async () => {
    const setup = await begin(false, { recogniseSocket: by('me') });
    expect((await setup.token({}, { socket: setup.socketPath })).status).toBe(200);
    await eventually(() => {
      expect(setup.keys.list()[0]?.lastUsedBy).toBe('job');
    });
  });
});
