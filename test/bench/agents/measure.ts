/** The app's socket and the real oidc-agent, in turns of a few hundred milliseconds: what the machine does meanwhile hits both. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { type Latencies, latenciesOf } from '../load.ts';
import { ask, stall } from './client.ts';
import type { Peer } from './peer.ts';

const run = promisify(execFile);
const spawner = join(import.meta.dirname, 'spawn.bash');

/** Turns of one round, and what is done in each. */
const turns = 10;
const commands = 100;
const scopedCommands = 20;
const controls = 20;
const library = 50;
const clients = 32;
const parallelRequests = 320;
/** How long one client holds up oidc-agent, which ends when that client leaves. */
const stallMs = 2_000;

export const scope = 'openid profile';
export const audience = 'https://storage.example.org';

export interface AgentFigures {
  /** `oidc-token NAME`, from fork to exit. */
  readonly command: Latencies;
  /** The same with scope and audience. */
  readonly scoped: Latencies;
  readonly parallel: { readonly perSecond: number; readonly p99Us: number };
  /** One request inside a process, when nothing else happens. */
  readonly libraryP50Us: number;
}

export interface AgentRound {
  /** `/bin/true`: what starting any program costs. */
  readonly control: Latencies;
  readonly peer: AgentFigures;
  readonly app: AgentFigures & {
    readonly stalledP50Us: number;
    /** With a question to the user on the screen. */
    readonly askedP50Us: number;
  };
}

export interface AgentPlace {
  readonly socketPath: string;
  readonly account: string;
}

class Collected {
  readonly command: number[] = [];
  readonly scoped: number[] = [];
  readonly library: number[] = [];
  readonly parallel: number[] = [];
  parallelMs = 0;

  figures(): AgentFigures {
    return {
      command: latenciesOf(this.command),
      scoped: latenciesOf(this.scoped),
      parallel: {
        perSecond: (this.parallel.length * 1000) / this.parallelMs,
        p99Us: latenciesOf(this.parallel).p99Us,
      },
      libraryP50Us: latenciesOf(this.library).p50Us,
    };
  }
}

export async function measureRound(
  peer: Peer,
  app: AgentPlace & { readonly askedAccount: string },
): Promise<AgentRound> {
  const [peers, apps] = [new Collected(), new Collected()];
  const control: number[] = [];
  const [stalled, asked]: [number[], number[]] = [[], []];
  for (let turn = 0; turn < turns; turn += 1) {
    const both = [
      [peer, peers],
      [app, apps],
    ] as const;
    control.push(...(await spawned(controls, ['/bin/true'])));
    for (const [place, collected] of turn % 2 === 0 ? both : both.toReversed()) {
      await collectTurn(place, collected);
    }
    const leave = await stall(app.socketPath);
    stalled.push(...(await inProcess(app, library)));
    leave();
    asked.push(...(await whileAsked(app)));
  }
  return {
    control: latenciesOf(control),
    peer: peers.figures(),
    app: {
      ...apps.figures(),
      stalledP50Us: latenciesOf(stalled).p50Us,
      askedP50Us: latenciesOf(asked).p50Us,
    },
  };
}

async function collectTurn(place: AgentPlace, collected: Collected): Promise<void> {
  const { account, socketPath } = place;
  const env = { OIDC_SOCK: socketPath };
  collected.command.push(...(await spawned(commands, ['oidc-token', account], env)));
  const scoped = ['oidc-token', ...scope.split(' ').flatMap((each) => ['-s', each]), '--aud', audience];
  collected.scoped.push(...(await spawned(scopedCommands, [...scoped, account], env)));
  collected.library.push(...(await inProcess(place, library)));
  const startedMs = performance.now();
  collected.parallel.push(...(await parallel(place)));
  collected.parallelMs += performance.now() - startedMs;
}

async function spawned(
  count: number,
  command: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<readonly number[]> {
  const { stdout } = await run(spawner, [String(count), ...command], {
    env: { ...process.env, ...env, LC_ALL: 'C' },
    maxBuffer: 1 << 20,
  });
  return stdout.trim().split('\n').map(Number);
}

const request = (account: string): object => ({
  request: 'access_token',
  account,
  min_valid_period: 0,
  application_hint: 'bench',
});

async function timed(place: AgentPlace): Promise<number> {
  const startedMs = performance.now();
  await ask(place.socketPath, request(place.account));
  return (performance.now() - startedMs) * 1000;
}

async function inProcess(place: AgentPlace, count: number): Promise<readonly number[]> {
  const took: number[] = [];
  for (let index = 0; index < count; index += 1) took.push(await timed(place));
  return took;
}

async function parallel(place: AgentPlace): Promise<readonly number[]> {
  const took: number[] = [];
  let left = parallelRequests;
  const client = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      took.push(await timed(place));
    }
  };
  await Promise.all(Array.from({ length: clients }, client));
  return took;
}

/** Somebody else's request waits for the user meanwhile; it is withdrawn by its client's end. */
async function whileAsked(app: AgentPlace & { readonly askedAccount: string }): Promise<readonly number[]> {
  const waiting = run('oidc-token', [app.askedAccount], {
    env: { ...process.env, OIDC_SOCK: app.socketPath },
  });
  const ended = waiting.catch(() => undefined);
  await sleep(1_000); // its window has come up and is idle
  try {
    return await inProcess(app, library);
  } finally {
    waiting.child.kill('SIGTERM');
    await ended;
  }
}

/** How long another client waits for oidc-agent while one has sent its key and nothing more, in microseconds. */
export async function blockedUs(place: AgentPlace): Promise<number> {
  const leave = await stall(place.socketPath);
  const end = sleep(stallMs).then(leave);
  const tookUs = await timed(place);
  await end;
  return tookUs;
}
