import { Agent, request } from 'node:http';

export interface Target {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface Latencies {
  readonly p50Us: number;
  readonly p99Us: number;
}

/** One POST on a kept connection; rejects unless the answer is 200. Resolves to microseconds. */
function once(agent: Agent, target: Target): Promise<number> {
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
        response.resume();
        response.on('end', () => {
          if (response.statusCode === 200) resolve(Number(process.hrtime.bigint() - startedNs) / 1000);
          else reject(new Error(`${target.url} answered ${response.statusCode ?? 0}`));
        });
      },
    );
    call.on('error', reject);
    call.end(target.body);
  });
}

/** One after the other on one connection. */
export async function sequential(target: Target, count: number): Promise<Latencies> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const samples: number[] = [];
  for (let index = 0; index < count; index += 1) samples.push(await once(agent, target));
  agent.destroy();
  samples.sort((a, b) => a - b);
  return { p50Us: at(samples, 0.5), p99Us: at(samples, 0.99) };
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

export function median(values: readonly number[]): number {
  return at(
    [...values].sort((a, b) => a - b),
    0.5,
  );
}
