/**
 * What the part inside the desktop session cannot do itself: read the memory of Chromium's sandboxed processes (root alone may),
 * and play the mytoken server. A loopback server with an unguessable path, because other users of the machine can reach its port.
 */
import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { startSandbox } from '../../sandbox/index.ts';
import { treeMemory, type TreeMemory } from './process-tree.ts';
import type { Measured } from './types.ts';

export interface Outside {
  readonly url: string;
  /** What the part inside has delivered. */
  result(): Measured | null;
  stop(): Promise<void>;
}

export async function startOutside(): Promise<Outside> {
  const sandbox = await startSandbox({ control: false, accessTokenSeconds: 3600 });
  let measured: Measured | null = null;

  const answer = async (path: string, body: unknown): Promise<unknown> => {
    if (path === 'memory') return treeMemory((body as { pid: number }).pid);
    if (path === 'mytokens') {
      const { count, from } = body as { count: number; from: number };
      const tokens: string[] = [];
      for (let index = 0; index < count; index += 1) {
        const issued = await sandbox.control.issueMytoken({ name: `bench ${from + index}` });
        tokens.push(issued.value);
      }
      return tokens;
    }
    if (path === 'result') {
      measured = body as Measured;
      return null;
    }
    throw new Error(`nothing is at ${path}`);
  };

  const secret = randomBytes(24).toString('hex');
  const server = createServer((request, response) => {
    const [, given, path = ''] = (request.url ?? '').split('/');
    if (given !== secret) {
      response.writeHead(404).end();
      return;
    }
    readJson(request)
      .then((body) => answer(path, body))
      .then(
        (value) => response.writeHead(200).end(JSON.stringify(value)),
        (error: unknown) => response.writeHead(500).end(String(error)),
      );
  });
  const port = await listen(server);
  return {
    url: `http://127.0.0.1:${port}/${secret}`,
    result: () => measured,
    async stop() {
      server.closeAllConnections();
      server.close();
      await sandbox.stop();
    },
  };
}

function listen(server: Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
  });
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return JSON.parse(Buffer.concat(chunks).toString('utf8'));
}

/** Making a thousand mytokens takes some ten seconds on a slow machine. */
const limitMs = 120_000;

/** The inside's end of it. */
export interface OutsideClient {
  memory(pid: number): Promise<TreeMemory>;
  /** `count` fresh mytokens of different names. */
  mytokens(count: number, from: number): Promise<readonly string[]>;
  deliver(result: Measured): Promise<void>;
}

export function outsideClient(url: string): OutsideClient {
  const post = async (path: string, body: unknown): Promise<unknown> => {
    const response = await fetch(`${url}/${path}`, {
      method: 'POST',
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(limitMs),
    });
    if (!response.ok) throw new Error(`${path}: ${await response.text()}`);
    return await response.json();
  };
  return {
    memory: async (pid) => (await post('memory', { pid })) as TreeMemory,
    mytokens: async (count, from) => (await post('mytokens', { count, from })) as string[],
    async deliver(result) {
      await post('result', result);
    },
  };
}
