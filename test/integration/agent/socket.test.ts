import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { accessSync, chmodSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadLibc } from '../../../electron/agent/native/libc.ts';
import { createKeySource } from '../../../electron/agent/socket/key-exchange.ts';
import { createNonceSource } from '../../../electron/agent/socket/secure-channel.ts';
import { createSocketListener } from '../../../electron/agent/socket/listener.ts';
import { type AgentSocket, createAgentSocket } from '../../../electron/agent/socket/server.ts';
import type { AgentService } from '../../../electron/agent/socket/types.ts';
import { Secret, systemClock } from '../../../electron/ports/index.ts';
import type { CallerView } from '../../../shared/model/caller.ts';
import { askEncrypted, sendPlain } from '../../support/agent-client.ts';
import { RecordingLog } from '../../support/recording-log.ts';
import { socketThreadUrl } from '../../support/socket-thread.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const run = promisify(execFile);
const hasClient = ((): boolean => {
  try {
    accessSync('/usr/bin/oidc-token');
    return true;
  } catch {
    return false;
  }
})();

let directory: string;
let path: string;
let agent: AgentSocket | null = null;
let asked: { kind: string; caller: CallerView; aborted: () => boolean }[];
let answer: AgentService['handle'];

beforeEach(() => {
  directory = temporaryDirectory('agent-socket-');
  path = join(directory, 'run', 'agent.sock');
  asked = [];
  answer = (request) =>
    Promise.resolve(
      request.kind === 'access_token'
        ? {
            kind: 'access-token',
            accessToken: new Secret(`token for ${request.account ?? request.issuer ?? ''}`),
            issuer: 'https://op.example.org',
            expiresAtMs: Date.now() + 3_600_000,
          }
        : { kind: 'done', info: request.kind === 'loaded_accounts' ? ['kit', 'egi'] : undefined },
    );
});

afterEach(async () => {
  await agent?.stop();
  agent = null;
});

function make(): AgentSocket {
  return createAgentSocket({
    path,
    service: {
      handle(request, context) {
        asked.push({ kind: request.kind, caller: context.caller, aborted: () => context.signal.aborted });
        return answer(request, context);
      },
    },
    threadUrl: socketThreadUrl,
    clock: systemClock(),
    log: new RecordingLog(),
  });
}

async function open(): Promise<void> {
  agent = make();
  await agent.apply(true);
  expect(agent.state()).toMatchObject({ state: 'listening', path });
}

const oidcToken = (...args: string[]) =>
  run('/usr/bin/oidc-token', args, {
    env: { ...process.env, OIDC_SOCK: path, HOME: directory },
    timeout: 20_000,
  });

describe('the agent’s socket', () => {
  it('R-37 is private: directory 0700, socket 0600, gone when switched off', async () => {
    mkdirSync(join(directory, 'run'), { mode: 0o755 });
    await open();
    expect(statSync(join(directory, 'run')).mode & 0o777).toBe(0o700);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    await agent?.apply(false);
    expect(existsSync(path)).toBe(false);
  });

  it('answers plain and encrypted requests; the kernel says who asked', async () => {
    await open();
    expect(JSON.parse(await sendPlain(path, '{"request":"check"}'))).toEqual({ status: 'success' });
    expect(JSON.parse(await sendPlain(path, '{"request":"check"}', true))).toEqual({ status: 'success' });
    expect(await askEncrypted(path, { request: 'access_token', account: 'kit' })).toMatchObject({
      status: 'success',
      access_token: 'token for kit',
    });
    expect(asked.at(-1)?.caller).toMatchObject({
      verified: true,
      pid: process.pid,
      executable: process.execPath,
    });
  });

  it('clients that stall, flood, send garbage or die disturb nobody', async () => {
    await open();
    const bad = [
      '', // says nothing
      'QUJD', // half a key
      Buffer.alloc(300_000, 0x41),
      randomBytes(500),
      '{"request":',
    ].map((bytes) => {
      const socket = connect(path);
      socket.write(bytes);
      return socket;
    });
    for (const socket of bad) socket.on('error', () => undefined);
    const good = await Promise.all(
      Array.from({ length: 20 }, (_, number) =>
        askEncrypted(path, { request: 'access_token', account: `a${number}` }),
      ),
    );
    expect(good.map((one) => one['access_token'])).toEqual(
      Array.from({ length: 20 }, (_, number) => `token for a${number}`),
    );
    for (const socket of bad) socket.destroy();
    expect(await sendPlain(path, '{"request":"check"}')).toContain('success');
  });

  it('a silent connection is ended, a waiting answer is not', async () => {
    await open();
    let release = (): void => undefined;
    answer = () =>
      new Promise((resolve) => {
        release = () => resolve({ kind: 'done', info: 'at last' });
      });
    const silent = connect(path);
    const ended = new Promise((resolve) => silent.once('close', resolve));
    silent.on('error', () => undefined);
    const waiting = askEncrypted(path, { request: 'status' });
    await ended; // after five seconds
    await new Promise((resolve) => setTimeout(resolve, 1_000)); // and so would be the other, which came later
    release();
    expect(await waiting).toMatchObject({ info: 'at last' });
  }, 15_000);

  it('an answered client that stays all the same loses its place', async () => {
    await open();
    const socket = connect({ path, allowHalfOpen: true });
    socket.on('error', () => undefined);
    const ended = new Promise((resolve) => socket.once('close', resolve));
    socket.resume();
    socket.write('{"request":"check"}');
    await new Promise((resolve) => socket.once('end', resolve));
    // It never ends its own side; after five seconds the agent does, which the next write notices.
    const writing = setInterval(() => socket.write(' '), 500);
    await ended;
    clearInterval(writing);
  }, 15_000);

  it('another user is turned away before a word is exchanged', async () => {
    let turnedAway = 0;
    const listener = createSocketListener({
      recognise: () => null,
      again: () => null,
      answer: () => Promise.reject(new Error('must not be asked')),
      turnedAway: () => (turnedAway += 1),
      nextKey: createKeySource(systemClock()),
      nextNonce: createNonceSource(),
      clock: systemClock(),
      libc: loadLibc(),
    });
    await listener.listen(join(directory, 'agent.sock'));
    await expect(askEncrypted(join(directory, 'agent.sock'), { request: 'check' })).rejects.toThrow();
    const plain = sendPlain(join(directory, 'agent.sock'), '{"request":"check"}');
    expect(await plain.catch(() => '')).toBe('');
    expect(turnedAway).toBe(2);
    await listener.close();
  });

  it('an encrypted client that goes withdraws its request; a plain one that ended its side does not', async () => {
    await open();
    answer = (request, { signal }) =>
      request.kind === 'status'
        ? new Promise((resolve) => setTimeout(() => resolve({ kind: 'done', info: 'slow' }), 300))
        : new Promise((_resolve, reject) => {
            signal.addEventListener('abort', () => reject(new Error('gone')));
          });
    const leaving = new AbortController();
    const left = askEncrypted(path, { request: 'access_token', account: 'kit' }, leaving.signal).catch(
      () => 'left',
    );
    await expect.poll(() => asked.length).toBe(1);
    leaving.abort();
    expect(await left).toBe('left');
    await expect.poll(() => asked[0]?.aborted()).toBe(true);
    expect(JSON.parse(await sendPlain(path, '{"request":"status"}', true))).toMatchObject({ info: 'slow' });
  });

  it('what goes wrong inside is an error for the client, without a word of why', async () => {
    await open();
    answer = () => Promise.reject(new Error('canary eyJsecret'));
    const reply = await askEncrypted(path, { request: 'status' });
    expect(reply['error']).toBe('Something unexpected went wrong inside Mytoken Desktop.');
    expect(JSON.stringify(reply)).not.toContain('canary');
  });
});

describe('an answer that may be given again', () => {
  /** A program that can be recognised: a script of its own, by its whole path. */
  let script: string;
  const ask = async (request: object): Promise<string> => {
    const { stdout } = await run(process.execPath, [script, path, JSON.stringify(request)]);
    return (JSON.parse(stdout) as { access_token: string }).access_token;
  };
  const kit = { request: 'access_token', account: 'kit', min_valid_period: 0 };
  let uses: number;
  let forMs: number;

  beforeEach(async () => {
    uses = 0;
    forMs = 30_000;
    script = join(directory, 'ask.ts');
    const client = new URL('../../support/agent-client.ts', import.meta.url);
    writeFileSync(
      script,
      `import { askEncrypted } from ${JSON.stringify(client.href)};
       const [path, request] = process.argv.slice(2);
       console.log(JSON.stringify(await askEncrypted(path, JSON.parse(request))));`,
    );
    let number = 0;
    answer = () => {
      number += 1;
      return Promise.resolve({
        ...{ kind: 'access-token', accessToken: new Secret(`token ${number}`), issuer: 'https://op' },
        expiresAtMs: Date.now() + 3_600_000,
        repeatable: { forMs, repeated: (times) => (uses += times) },
      });
    };
    await open();
  });

  it.runIf(process.platform === 'linux')(
    'is, to the same program for the same request, and each time is told',
    async () => {
      expect([await ask(kit), await ask(kit), await ask(kit)]).toEqual(['token 1', 'token 1', 'token 1']);
      await expect.poll(() => uses).toBe(2);
      expect(await ask({ ...kit, scope: 'openid' })).toBe('token 2');
      expect(await ask({ ...kit, application_hint: 'another name' })).toBe('token 3');
      expect(await ask({ ...kit, min_valid_period: -1 })).toBe('token 4');
      expect(await ask({ ...kit, min_valid_period: -1 })).toBe('token 5');
      // Another program is another matter.
      const other = join(directory, 'other.ts');
      writeFileSync(other, readFileSync(script));
      script = other;
      expect(await ask(kit)).toBe('token 6');
      expect(await ask(kit)).toBe('token 6');
    },
    60_000,
  );

  it('is not once something changed, nor after its time', async () => {
    expect(await ask(kit)).toBe('token 1');
    agent?.forgetAnswers();
    expect(await ask(kit)).toBe('token 2');
    agent?.forgetAnswers();
    forMs = 0;
    expect([await ask(kit), await ask(kit)]).toEqual(['token 3', 'token 4']);
  }, 60_000);

  it('is not when something changed while it was decided on', async () => {
    const decide = answer;
    answer = (...args) => {
      agent?.forgetAnswers();
      return decide(...args);
    };
    expect([await ask(kit), await ask(kit)]).toEqual(['token 1', 'token 2']);
  }, 60_000);

  it('is not to a program that cannot be recognised', async () => {
    const client = new URL('../../support/agent-client.ts', import.meta.url);
    const inline = `const { askEncrypted } = await import(${JSON.stringify(client.href)});
      console.log((await askEncrypted(${JSON.stringify(path)}, ${JSON.stringify(kit)})).access_token);`;
    const args = ['--input-type=module', '-e', inline];
    const first = await run(process.execPath, args);
    const second = await run(process.execPath, args);
    expect([first.stdout.trim(), second.stdout.trim()]).toEqual(['token 1', 'token 2']);
  }, 60_000);
});

describe('what lies in the way', () => {
  it('a socket that nobody answers on is replaced', async () => {
    mkdirSync(join(directory, 'run'));
    await run(process.execPath, [
      '-e',
      `require('node:net').createServer().listen(${JSON.stringify(path)}, () => process.kill(process.pid, 'SIGKILL'))`,
    ]).catch(() => undefined);
    expect(existsSync(path)).toBe(true);
    await open();
  });

  it('an agent that lives is never taken over', async () => {
    mkdirSync(join(directory, 'run'), { mode: 0o700 });
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(path, resolve));
    agent = make();
    await agent.apply(true);
    expect(agent.state()).toMatchObject({ state: 'error', problem: 'agent/socket-taken' });
    expect(existsSync(path)).toBe(true);
    await new Promise((resolve) => other.close(resolve));
  });

  it('a file is left alone, and so is a path too long for a socket', async () => {
    mkdirSync(join(directory, 'run'), { mode: 0o700 });
    writeFileSync(path, 'mine');
    chmodSync(path, 0o600);
    agent = make();
    await agent.apply(true);
    expect(agent.state()).toMatchObject({ state: 'error', problem: 'agent/socket-path' });
    await agent.stop();
    path = join(directory, 'x'.repeat(120), 'agent.sock');
    agent = make();
    await agent.apply(true);
    expect(agent.state()).toMatchObject({ state: 'error', problem: 'agent/socket-path' });
  });
});

describe('Debian’s own clients', () => {
  it('oidc-token gets a token by name and issuer, with all its options', async ({ skip }) => {
    if (!hasClient) skip('oidc-token is not installed (apt-get install oidc-agent-cli)');
    await open();
    expect((await oidcToken('kit')).stdout.trim()).toBe('token for kit');
    expect((await oidcToken('https://op.example.org/')).stdout.trim()).toBe(
      'token for https://op.example.org/',
    );
    expect((await oidcToken('-i', '-o', '-e', 'kit')).stdout).toContain('https://op.example.org');
    await oidcToken('-t', '120', '-s', 'openid', '-s', 'email', '--aud', 'https://a', 'kit');
    await oidcToken('-f', 'kit');
    expect(asked.every(({ kind }) => kind === 'access_token')).toBe(true);
    // It hides its own file from /proc: whoever ran it is named.
    expect(asked[0]?.caller).toMatchObject({ verified: true, executable: process.execPath });
  });

  it('oidc-token prints a refusal and fails', async ({ skip }) => {
    if (!hasClient) skip('oidc-token is not installed (apt-get install oidc-agent-cli)');
    await open();
    answer = () =>
      Promise.resolve({ kind: 'refused', error: 'operation forbidden', info: 'Nobody said 100% yes' });
    const failed = await oidcToken('kit').catch(
      (error: unknown) => error as { code: number; stderr: string },
    );
    expect(failed).toMatchObject({ code: 1 });
    expect((failed as { stderr: string }).stderr).toContain('operation forbidden');
  });

  it('oidc-add lists the loaded accounts', async ({ skip }) => {
    if (!hasClient) skip('oidc-add is not installed (apt-get install oidc-agent-cli)');
    await open();
    const { stdout } = await run('/usr/bin/oidc-add', ['-a'], {
      env: { ...process.env, OIDC_SOCK: path, HOME: directory },
      timeout: 20_000,
    });
    expect(stdout).toContain('kit\negi');
  });
});
