/** The app beside the smallest Electron that could pass for an agent: makes the profiles and does the rounds. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ROOT } from '../../scripts/lib/paths.ts';
import { say } from '../../scripts/lib/say.ts';
import { type Program, start } from './launch.ts';
import { answerSize, parallel, sequential, type Target } from './load.ts';
import type { OutsideClient } from './outside.ts';
import { fillProfile } from './profile.ts';
import { type AppMeasured, type Input, type Sample, type Subject, subjects } from './types.ts';

const idleMs = 5_000;
const warmUpRequests = 500;
const sequentialRequests = 2_000;
const parallelRequests = 6_000;
const connections = 8;

interface Candidate {
  readonly program: Program;
  /** Null: only the start is timed. */
  readonly key: string | null;
}

async function once(candidate: Candidate, outside: OutsideClient): Promise<Sample> {
  const running = await start(candidate.program);
  try {
    const { startMs } = running;
    if (candidate.key === null) {
      // A start is over when its work is done: the next one must not begin beside it.
      await sleep(1_000);
      return { startMs, memory: null, p50Us: null, p99Us: null, requestsPerSecond: null };
    }
    await sleep(idleMs);
    const memory = await outside.memory(running.pid);
    const target = accessToken(running.address, candidate.key);
    await sequential(target, warmUpRequests);
    const latencies = await sequential(target, sequentialRequests);
    const requestsPerSecond = await parallel(target, connections, parallelRequests);
    return { startMs, memory, ...latencies, requestsPerSecond };
  } finally {
    await running.stop();
  }
}

function accessToken(address: string, key: string): Target {
  return { url: `${address}/v1/access-token`, headers: { Authorization: `Bearer ${key}` }, body: '{}' };
}

async function makeCandidates(
  input: Input,
  outside: OutsideClient,
  base: string,
): Promise<{ readonly candidates: Readonly<Record<Subject, Candidate>>; readonly answerBytes: number }> {
  const app = (userData: string): Program => ({
    executable: input.executable,
    folder: ROOT,
    args: ['--hidden'],
    userData: join(base, userData),
  });
  const one = app('one');
  const many = app('many');
  say('Making a profile with one account …');
  const { key } = await fillProfile(one, await outside.mytokens(1, 0), ['allow']);
  say(`Making a profile with ${input.manyAccounts} accounts …`);
  const mytokens = await outside.mytokens(input.manyAccounts, 1);
  const startedMs = performance.now();
  await fillProfile(many, mytokens, ['allow']);
  say(
    `${input.manyAccounts} accounts were imported in ${Math.round((performance.now() - startedMs) / 1000)} s.`,
  );

  // Also warms the disk cache, for both: they are the same Electron.
  const running = await start(one);
  const answerBytes = await answerSize(accessToken(running.address, key)).finally(() => running.stop());
  const bare: Program = {
    executable: input.executable,
    folder: join(ROOT, 'test', 'bench', 'bare'),
    args: [],
    userData: join(base, 'bare'),
    env: { BENCH_ANSWER_BYTES: String(answerBytes) },
  };
  mkdirSync(bare.userData, { recursive: true });
  // The first start makes the profile; the rounds find one, as those of the app do.
  await (await start(bare)).stop();
  return {
    candidates: {
      bare: { program: bare, key },
      app: { program: one, key },
      appMany: { program: many, key: null },
    },
    answerBytes,
  };
}

export async function benchApp(input: Input, outside: OutsideClient, base: string): Promise<AppMeasured> {
  const { candidates, answerBytes } = await makeCandidates(input, outside, base);
  const rounds: Record<Subject, Sample>[] = [];
  for (let round = 0; round < input.rounds; round += 1) {
    say(`Round ${round + 1} of ${input.rounds} …`);
    // Every other round backwards: what drifts on the machine hits all alike.
    const order = round % 2 === 0 ? subjects : subjects.toReversed();
    const samples: Partial<Record<Subject, Sample>> = {};
    for (const subject of order) samples[subject] = await once(candidates[subject], outside);
    rounds.push(samples as Record<Subject, Sample>);
  }
  return { rounds, manyAccounts: input.manyAccounts, answerBytes };
}
