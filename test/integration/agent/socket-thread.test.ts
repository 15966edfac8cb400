import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  type AgentSocket,
  type AgentSocketDeps,
  createAgentSocket,
} from '../../../electron/agent/socket/server.ts';
import { Secret, systemClock } from '../../../electron/ports/index.ts';
import { askEncrypted } from '../../support/agent-client.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { RecordingLog } from '../../support/recording-log.ts';
import { socketThreadUrl } from '../../support/socket-thread.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const faulty = new URL('../../support/faulty-thread.ts', import.meta.url);

let directory: string;
let path: string;
let log: RecordingLog;
let agent: AgentSocket | null = null;

beforeEach(() => {
  directory = temporaryDirectory('agent-thread-');
  path = join(directory, 'agent.sock');
  log = new RecordingLog();
});
afterEach(async () => {
  await agent?.stop();
  agent = null;
});

const unasked: AgentSocketDeps['service'] = { handle: () => Promise.reject(new Error('not asked')) };
const make = (threadUrl: URL, clock = systemClock(), service = unasked): AgentSocket => {
  agent = createAgentSocket({ path, threadUrl, service, clock, log });
  return agent;
};
const starts = (): number => (existsSync(`${path}.starts`) ? readFileSync(`${path}.starts`).length : 0);

describe('a thread that ends by a fault', () => {
  it('is told, and started again after a pause that grows; the app goes on', async () => {
    const clock = new FakeClock();
    const socket = make(faulty, clock);
    const seen: (string | null)[] = [];
    socket.onState(({ state, problem }) => seen.push(problem ?? state));
    await socket.apply(true);
    for (const [round, pauseMs] of [500, 1_000, 2_000].entries()) {
      socket.forgetAnswers();
      await expect.poll(() => socket.state().problem).toBe('agent/socket-thread');
      clock.advance(pauseMs - 1);
      await new Promise((resolve) => setTimeout(resolve, 50));
      expect(starts()).toBe(round + 1);
      clock.advance(1);
      await expect.poll(() => socket.state().state).toBe('listening');
      expect(starts()).toBe(round + 2);
    }
    expect(seen.slice(0, 3)).toEqual(['listening', 'agent/socket-thread', 'listening']);
    expect(JSON.stringify(log)).not.toContain('canary');
  });

  it('is not started again once the socket was switched off', async () => {
    const clock = new FakeClock();
    const socket = make(faulty, clock);
    await socket.apply(true);
    socket.forgetAnswers();
    await expect.poll(() => socket.state().problem).toBe('agent/socket-thread');
    await socket.apply(false);
    expect(socket.state()).toMatchObject({ state: 'off', problem: null });
    clock.advance(120_000);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(starts()).toBe(1);
  });

  it('whose module is missing is a problem that shows, not a crash', async () => {
    const socket = make(new URL('./no-such-module.ts', import.meta.url));
    await socket.apply(true);
    expect(socket.state()).toMatchObject({ state: 'error', problem: 'agent/socket-thread' });
  });
});

it.runIf(process.platform === 'linux')(
  'keeps who asks time and again in sight, until it is switched off',
  async () => {
    const socket = make(socketThreadUrl, systemClock(), {
      handle: () => Promise.resolve({ kind: 'refused', error: 'no' }),
    });
    const inSight = (): number =>
      readdirSync('/proc/self/fd').filter((name) => {
        try {
          return readlinkSync(`/proc/self/fd/${name}`) === `/proc/${process.pid}`;
        } catch {
          return false; // the directory that was just read
        }
      }).length;
    await socket.apply(true);
    for (const expected of [0, 1, 1]) {
      await askEncrypted(path, { request: 'check' });
      expect(inSight()).toBe(expected);
    }
    await socket.apply(false);
    expect(inSight()).toBe(0);
  },
);

it('R-64 a mytoken whose client left while the answer was on its way is revoked', async () => {
  let revoked = 0;
  const socket = make(new URL('../../support/leaving-thread.ts', import.meta.url), systemClock(), {
    handle: () =>
      Promise.resolve({
        ...{
          kind: 'mytoken',
          value: new Secret('canary'),
          tokenType: 'token',
          capabilities: [],
          restrictions: [],
        },
        ...{ expiresAtMs: null, issuer: 'https://op', instanceUrl: 'https://mt' },
        takeBack() {
          revoked += 1;
          return Promise.resolve();
        },
      }),
  });
  await socket.apply(true);
  await expect.poll(() => revoked).toBe(1);
});
