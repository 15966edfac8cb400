import { type ChildProcess, execFile, spawn } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createServicePath, type ServicePath } from '../../../electron/agent/index.ts';
import { silentLogger, systemClock } from '../../../electron/ports/index.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const run = promisify(execFile);
const userId = process.getuid?.() ?? 0;

let base: string;
let socketPath: string;
let service: ServicePath;
let opened: Server[] = [];
let children: ChildProcess[] = [];

const five = (): string => join(base, `oidc-agent-service-${userId}`);
const four = (): string => join(base, 'oidc-agent-service', String(userId));
const states = (): string[] => service.view().map(({ state }) => state);

beforeEach(async () => {
  base = temporaryDirectory('service-');
  chmodSync(base, 0o700);
  socketPath = join(base, 'agent.sock');
  await listen(socketPath);
  service = make();
});

afterEach(async () => {
  await service.stop();
  for (const server of opened) server.close();
  for (const child of children) child.kill('SIGKILL');
  opened = [];
  children = [];
});

function make(
  more: { processId?: number; environment?: Record<string, string>; socketPath?: string } = {},
): ServicePath {
  return createServicePath({
    platform: 'linux',
    environment: { TMPDIR: base },
    socketPath,
    userId,
    processId: process.pid,
    clock: systemClock(),
    log: silentLogger,
    ...more,
  });
}

async function listen(path: string): Promise<Server> {
  const server = createServer((socket) => socket.end());
  opened.push(server);
  await new Promise<void>((resolve) => server.listen(path, resolve));
  return server;
}

function sleeper(): number {
  const child = spawn('sleep', ['60'], { stdio: 'ignore' });
  children.push(child);
  return child.pid ?? 0;
}

/** What a real agent of version 5 leaves: its socket at the fixed path and its number beside it. */
function realAgentDirectory(pid: number | string): void {
  mkdirSync(five(), { mode: 0o700 });
  writeFileSync(join(five(), 'oidc-agent.pid'), `${pid}\n`);
}

async function deadSocket(path: string): Promise<void> {
  const program = `require('node:net').createServer().listen(${JSON.stringify(path)}, () => process.kill(process.pid, 'SIGKILL'))`;
  await run(process.execPath, ['-e', program]).catch(() => undefined);
  expect(lstatSync(path).isSocket()).toBe(true);
}

describe('the places where oidc-agent’s programs look', () => {
  it('get a link to the socket and the process id, for the user alone', async () => {
    await service.apply(true);
    expect(states()).toEqual(['ready', 'ready']);
    for (const directory of [five(), four()]) {
      expect(lstatSync(directory).mode & 0o777).toBe(0o700);
      expect(readlinkSync(join(directory, 'oidc-agent.sock'))).toBe(socketPath);
      expect(readFileSync(join(directory, 'oidc-agent.pid'), 'utf8')).toBe(`${process.pid}\n`);
      expect(readdirSync(directory).sort()).toEqual(['oidc-agent.pid', 'oidc-agent.sock']);
    }
  });

  it('are left as they were found', async () => {
    await service.apply(true);
    await service.stop();
    expect(readdirSync(base)).toEqual(['agent.sock']);
    expect(states()).toEqual(['off', 'off']);
  });

  it('are made again when somebody sweeps them away', async () => {
    await service.apply(true);
    rmSync(five(), { recursive: true });
    await vi.waitFor(() => expect(existsSync(join(five(), 'oidc-agent.sock'))).toBe(true), {
      timeout: 10_000,
    });
    rmSync(join(four(), 'oidc-agent.sock'));
    await vi.waitFor(() => expect(existsSync(join(four(), 'oidc-agent.sock'))).toBe(true), {
      timeout: 10_000,
    });
    // The second time too: the watched folder is another one now.
    rmSync(five(), { recursive: true });
    await vi.waitFor(() => expect(existsSync(join(five(), 'oidc-agent.sock'))).toBe(true), {
      timeout: 10_000,
    });
  });

  it('are ours again after a crash, whoever has the number of the dead process now', async () => {
    mkdirSync(five(), { mode: 0o700 });
    symlinkSync(socketPath, join(five(), 'oidc-agent.sock'));
    const pidFile = join(five(), 'oidc-agent.pid');
    writeFileSync(pidFile, `${sleeper()}\n`);
    utimesSync(pidFile, Date.now() / 1000 - 3600, Date.now() / 1000 - 3600);
    await service.apply(true);
    expect(states()[0]).toBe('ready');
    expect(readFileSync(pidFile, 'utf8')).toBe(`${process.pid}\n`);
  });

  it('are taken over from an agent that is dead', async () => {
    realAgentDirectory(2 ** 22 + 1); // beyond the kernel's largest number
    await deadSocket(join(five(), 'oidc-agent.sock'));
    await service.apply(true);
    expect(states()[0]).toBe('ready');
    expect(readlinkSync(join(five(), 'oidc-agent.sock'))).toBe(socketPath);
  });

  it('stay with an agent that lives, whose program and number are told, until it ends', async () => {
    const pid = sleeper();
    realAgentDirectory(pid);
    const theirs = await listen(join(five(), 'oidc-agent.sock'));
    const before = lstatSync(join(five(), 'oidc-agent.sock')).ino;
    await service.apply(true);
    expect(service.view()[0]).toMatchObject({ state: 'taken', pid, program: 'sleep' });
    await service.stop();
    expect(lstatSync(join(five(), 'oidc-agent.sock')).ino).toBe(before);
    expect(readFileSync(join(five(), 'oidc-agent.pid'), 'utf8')).toBe(`${pid}\n`);

    await service.apply(true);
    const child = children.at(-1);
    const gone = new Promise((resolve) => child?.once('exit', resolve));
    child?.kill('SIGKILL');
    await gone;
    theirs.close();
    rmSync(join(five(), 'oidc-agent.sock'), { force: true }); // as an agent that ends does
    await vi.waitFor(() => expect(states()[0]).toBe('ready'), { timeout: 10_000 });
  });

  it('stay with whoever answers there without a number', async () => {
    mkdirSync(five(), { mode: 0o700 });
    await listen(join(five(), 'oidc-agent.sock'));
    await service.apply(true);
    expect(service.view()[0]).toMatchObject({ state: 'taken', pid: null });
  });

  it('go to an agent that starts later and takes them; nothing of it is removed', async () => {
    await service.apply(true);
    // What `oidc-agent-service start` of version 4 does.
    const pid = sleeper();
    const other = join(base, 'other.sock');
    await listen(other);
    writeFileSync(join(four(), 'oidc-agent.pid'), `${pid}\n`);
    await run('ln', ['-sf', other, join(four(), 'oidc-agent.sock')]);
    await vi.waitFor(() => expect(states()).toEqual(['ready', 'taken']), { timeout: 10_000 });
    await service.stop();
    expect(readlinkSync(join(four(), 'oidc-agent.sock'))).toBe(other);
    expect(readFileSync(join(four(), 'oidc-agent.pid'), 'utf8')).toBe(`${pid}\n`);
  });

  it('are not reached through a link somebody put there', async () => {
    const elsewhere = join(base, 'elsewhere');
    mkdirSync(elsewhere);
    symlinkSync(elsewhere, five());
    await service.apply(true);
    expect(service.view()[0]).toMatchObject({ state: 'blocked', problem: 'in-place/foreign-place' });
    expect(readdirSync(elsewhere)).toEqual([]);
  });

  it('hold no file of the user’s that is no socket: it is left alone', async () => {
    mkdirSync(five(), { mode: 0o700 });
    writeFileSync(join(five(), 'oidc-agent.sock'), 'mine');
    await service.apply(true);
    expect(service.view()[0]).toMatchObject({ state: 'blocked', problem: 'in-place/foreign-place' });
    expect(readFileSync(join(five(), 'oidc-agent.sock'), 'utf8')).toBe('mine');
  });

  it('are refused below a folder in which others may exchange files', async () => {
    chmodSync(base, 0o777);
    await service.apply(true);
    expect(service.view()[0]).toMatchObject({ state: 'blocked', problem: 'in-place/untrusted-place' });
    expect(existsSync(five())).toBe(false);
    await service.stop();
    chmodSync(base, 0o1777); // as /tmp is
    await service.apply(true);
    expect(states()).toEqual(['ready', 'ready']);
  });

  it('become private when they were open', async () => {
    mkdirSync(five(), { mode: 0o755 });
    chmodSync(five(), 0o755);
    await service.apply(true);
    expect(lstatSync(five()).mode & 0o777).toBe(0o700);
  });

  it.runIf(userId === 0)('are refused when they belong to somebody else', async () => {
    mkdirSync(five(), { mode: 0o777 });
    await run('chown', ['65534', five()]);
    mkdirSync(join(base, 'oidc-agent-service'));
    await run('chown', ['65534', join(base, 'oidc-agent-service')]);
    await service.apply(true);
    expect(service.view().map(({ problem }) => problem)).toEqual([
      'in-place/foreign-place',
      'in-place/foreign-place',
    ]);
  });

  it('have one winner when two claim them at once', async () => {
    const rivals = await Promise.all(
      Array.from({ length: 6 }, async (_none, index) => {
        const path = join(base, `rival-${index}.sock`);
        await listen(path);
        return make({ processId: sleeper(), socketPath: path });
      }),
    );
    await Promise.all(rivals.map((rival) => rival.apply(true)));
    for (const place of [0, 1]) {
      const won = rivals.filter((rival) => rival.view()[place]?.state === 'ready');
      expect(won).toHaveLength(1);
    }
    await Promise.all(rivals.map((rival) => rival.stop()));
    expect(existsSync(five())).toBe(false);
  });

  it('do not exist on Windows', () => {
    const windows = createServicePath({
      platform: 'win32',
      environment: {},
      socketPath: String.raw`\\.\pipe\x`,
      userId,
      processId: 1,
      clock: systemClock(),
      log: silentLogger,
    });
    expect(windows.view()).toEqual([]);
  });
});
