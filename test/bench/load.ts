import { Agent, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

export interface Target {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface Latencies {
  readonly p50Us: number;
  readonly p99Us: number;
}

const requestLimitMs = 30_000;
const readyTries = 40;
const readyPauseMs = 250;

interface Answer {
  readonly tookUs: number;
  readonly bytes: number;
}

/** One POST on a kept connection; rejects unless the answer is 200. */
function once(agent: Agent, target: Target): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const startedNs = process.hrtime.bigint();
    const call = request(
      target.url,
      {
        agent,
        method: 'POST',
        headers: {
          'Content-Type': 'application/json',
          'Content-Length': Buffer.byteLength(target.body),
          ...target.headers,
        },
      },
      (response) => {
        let bytes = 0;
        response.on('data', (chunk: Buffer) => {
          bytes += chunk.length;
        });
        response.on('end', () => {
          const tookUs = Number(process.hrtime.bigint() - startedNs) / 1000;
          if (response.statusCode === 200) resolve({ tookUs, bytes });
          else reject(new Error(`${target.url} answered ${response.statusCode ?? 0}`));
        });
      },
    );
    call.setTimeout(requestLimitMs, () => call.destroy(new Error(`${target.url} does not answer`)));
    call.on('error', reject);
    call.end(target.body);
  });
}

/** Bytes of the target's answer. Tries again for a while: just after its start the app may not have opened its storage yet. */
export async function answerSize(target: Target): Promise<number> {
  const agent = new Agent();
  try {
    for (let left = readyTries; ; left -= 1) {
      try {
        return (await once(agent, target)).bytes;
      } catch (error) {
        if (left <= 1) throw error;
      }
      await sleep(readyPauseMs);
    }
  } finally {
    agent.destroy();
  }
}

/** One after the other on one connection. */
export async function sequential(target: Target, count: number): Promise<Latencies> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const samples: number[] = [];
  for (let index = 0; index < count; index += 1) samples.push((await once(agent, target)).tookUs);
  agent.destroy();
  return latenciesOf(samples);
}

export function latenciesOf(samplesUs: readonly number[]): Latencies {
  const sorted = samplesUs.toSorted((a, b) => a - b);
  return { p50Us: at(sorted, 0.5), p99Us: at(sorted, 0.99) };
}

/** `clients` connections at once, `count` requests in all; requests per second. */
export async function parallel(target: Target, clients: number, count: number): Promise<number> {
  const agent = new Agent({ keepAlive: true, maxSockets: clients });
  let left = count;
  const startedNs = process.hrtime.bigint();
  const worker = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      await once(agent, target);
    }
  };
  await Promise.all(Array.from({ length: clients }, worker));
  agent.destroy();
  return count / (Number(process.hrtime.bigint() - startedNs) / 1e9);
}

function at(sorted: readonly number[], quantile: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * quantile))] ?? Number.NaN;
}

/** Of an even number of values the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const upper = sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
  const lower = sorted[Math.floor((sorted.length - 1) / 2)] ?? Number.NaN;
  return (lower + upper) / 2;
}
