import { once } from 'node:events';
import { createServer } from 'node:http';
import type { Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { createHttp, type Http, type HttpOptions } from '../../../electron/mytoken/index.ts';
import { type Clock, Secret, systemClock } from '../../../electron/ports/index.ts';
import { failure } from '../../unit/mytoken/fake-server.ts';
import { httpServer, listen, tcpServer } from './peers.ts';

const open: Http[] = [];

function http(options: Partial<HttpOptions> = {}): Http {
  const made = createHttp({
    extraCa: () => Promise.resolve([]),
    proxyFromEnvironment: true,
    environment: () => ({}),
    clock: systemClock(),
    userAgent: 'test/1',
    ...options,
  });
  open.push(made);
  return made;
}

afterEach(async () => {
  await Promise.all(open.splice(0).map((made) => made.stop()));
});

const bodyOf = async (request: AsyncIterable<Buffer>): Promise<string> => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
};

const post = (url: string, more: object = {}) =>
  ({ method: 'POST', url, json: { mytoken: new Secret('the-secret') }, ...more }) as const;

describe('an exchange', () => {
  it('reveals secrets in the bytes that are sent, and nowhere else', async () => {
    let seen: unknown;
    const { url } = await httpServer((request, response) => {
      void bodyOf(request).then((body) => {
        seen = { body: JSON.parse(body) as unknown, headers: request.headers, path: request.url };
        response.setHeader('set-cookie', ['a=1', 'mytoken=2; Path=/api']);
        response.setHeader('X-Twice', ['1', '2']);
        response.end('{"ä":1}');
      });
    });
    const request = {
      ...post(`${url}/path?q=1`),
      json: { mytoken: new Secret('the-secret'), list: [new Secret('ü')], none: undefined, nil: null },
    };
    const answer = await http().request(request);
    expect(seen).toMatchObject({
      body: { mytoken: 'the-secret', list: ['ü'], nil: null },
      path: '/path?q=1',
      headers: { 'content-type': 'application/json', 'user-agent': 'test/1', 'accept-encoding': 'identity' },
    });
    expect(answer).toMatchObject({
      status: 200,
      body: '{"ä":1}',
      setCookies: ['a=1', 'mytoken=2; Path=/api'],
    });
    expect(answer.headers['x-twice']).toBe('1, 2');
    expect(JSON.stringify(request)).not.toContain('the-secret');
  });

  it('keeps no cookies', async () => {
    const cookies: unknown[] = [];
    const { url } = await httpServer((request, response) => {
      cookies.push(request.headers.cookie);
      response.setHeader('set-cookie', 'mytoken=1; Path=/').end('{}');
    });
    const client = http();
    await client.request(post(url));
    await client.request(post(url));
    expect(cookies).toEqual([undefined, undefined]);
  });

  it('hands out odd statuses as answers', async () => {
    const { url } = await httpServer((request, response) => {
      response.writeHead(Number(request.url?.slice(1))).end();
    });
    const client = http();
    for (const status of [204, 278, 428, 429, 431, 500, 555]) {
      expect((await client.request({ method: 'GET', url: `${url}/${status}` })).status).toBe(status);
    }
  });

  it('reuses connections', async () => {
    const sockets = new Set<unknown>();
    const { url } = await httpServer((request, response) => {
      sockets.add(request.socket);
      response.end('{}');
    });
    const client = http();
    for (let round = 0; round < 4; round += 1) await client.request(post(url));
    expect(sockets.size).toBe(1);
  });

  it.each([
    'http://mytoken.example.org',
    'ftp://127.0.0.1',
    'http://u:p@127.0.0.1',
    'nonsense',
    'http://127.0.0.1/#x',
  ])('R-1 does not even try %s', async (url) => {
    expect(await failure(http().request({ method: 'GET', url }))).toMatchObject({
      code: 'mytoken/url-not-allowed',
      details: { sent: 'no' },
    });
  });
});

describe('redirects', () => {
  const server = () =>
    httpServer((request, response) => {
      const [, kind, left] = (request.url ?? '').split('/');
      if (kind === 'loop') response.writeHead(302, { location: `/loop/${Number(left) - 1}` }).end();
      else if (kind === 'away') response.writeHead(302, { location: 'https://evil.example/' }).end();
      else if (kind === 'port') response.writeHead(302, { location: 'http://127.0.0.1:1/' }).end();
      else if (kind === 'nowhere') response.writeHead(302).end();
      else response.end('arrived');
    });

  it('are followed within the origin and only as often as allowed', async () => {
    const { url } = await server();
    const client = http();
    const get = (path: string, sameOriginRedirects: number) =>
      client.request({ method: 'GET', url: `${url}${path}`, sameOriginRedirects });
    expect((await get('/loop/9', 3)).headers['location']).toBe('/loop/5');
    expect((await get('/loop/9', 0)).status).toBe(302);
    expect((await get('/start', 3)).body).toBe('arrived');
  });

  it.each(['/away', '/port'])('R-56 never lead to another origin: %s', async (path) => {
    const { url } = await server();
    const error = await failure(
      http().request({ method: 'GET', url: `${url}${path}`, sameOriginRedirects: 3 }),
    );
    expect(error.code).toBe('mytoken/url-not-allowed');
  });

  it('need a target', async () => {
    const { url } = await server();
    const error = await failure(
      http().request({ method: 'GET', url: `${url}/nowhere`, sameOriginRedirects: 3 }),
    );
    expect(error.code).toBe('mytoken/bad-answer');
  });

  it('are never followed with a body', async () => {
    const { url } = await server();
    const answer = await http().request(post(`${url}/loop/3`, { sameOriginRedirects: 3 }));
    expect(answer).toMatchObject({ status: 302, headers: { location: '/loop/2' } });
  });
});

describe('failures before anything is written', () => {
  it('refused', async () => {
    const closed = createServer();
    closed.listen(0, '127.0.0.1');
    await once(closed, 'listening');
    const { port } = closed.address() as { port: number };
    closed.close();
    await once(closed, 'close');
    expect(await failure(http().request(post(`http://127.0.0.1:${port}`)))).toMatchObject({
      code: 'mytoken/unreachable',
      retryable: true,
      details: { sent: 'no', reason: 'refused', host: `127.0.0.1:${port}` },
    });
  });

  it('unknown name', async () => {
    expect(await failure(http().request(post('https://no-such-host.invalid')))).toMatchObject({
      code: 'mytoken/unreachable',
      details: { sent: 'no', reason: 'dns' },
    });
  });

  it('cut while shaking hands', async () => {
    const url = await tcpServer((socket) => socket.once('data', () => socket.destroy()));
    const error = await failure(http().request(post(url.replace('http:', 'https:'))));
    expect(error).toMatchObject({ code: 'mytoken/unreachable', details: { sent: 'no' } });
  });

  it('no TLS at the other end', async () => {
    const { url } = await httpServer((_request, response) => response.end());
    const error = await failure(http().request(post(url.replace('http:', 'https:'))));
    expect(error).toMatchObject({ code: 'mytoken/tls', details: { sent: 'no', reason: 'protocol' } });
  });

  it('silence while shaking hands', async () => {
    const url = await tcpServer(() => undefined);
    const request = http().request(post(url.replace('http:', 'https:'), { timeoutMs: 200 }));
    expect(await failure(request)).toMatchObject({
      code: 'mytoken/timeout',
      retryable: true,
      details: { sent: 'no', reason: 'connect' },
    });
  });

  it('given up before or while connecting', async () => {
    let requests = 0;
    const url = await tcpServer((socket) => socket.on('data', () => (requests += 1)));
    const early = AbortSignal.abort();
    expect((await failure(http().request(post(url, { signal: early })))).details).toMatchObject({
      sent: 'no',
      reason: 'aborted',
    });
    expect(requests).toBe(0);
  });
});

describe('failures after writing began', () => {
  it.each([
    ['closed at once', (socket: Socket) => socket.destroy(), 'mytoken/unreachable'],
    ['reset', (socket: Socket) => socket.resetAndDestroy(), 'mytoken/unreachable'],
    ['not HTTP', (socket: Socket) => socket.end('SSH-2.0-OpenSSH\r\n\r\n'), 'mytoken/bad-answer'],
    [
      'cut off',
      (socket: Socket) => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"a'),
      'mytoken/bad-answer',
    ],
    [
      'cut off between chunks',
      (socket: Socket) => socket.end('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\n{"a\r\n'),
      'mytoken/bad-answer',
    ],
    [
      'packed, which nobody asked for',
      (socket: Socket) =>
        socket.end('HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 2\r\n\r\nxx'),
      'mytoken/bad-answer',
    ],
  ])('%s', async (_name, act, code) => {
    const url = await tcpServer((socket) => socket.once('data', () => act(socket)));
    expect(await failure(http().request(post(url)))).toMatchObject({ code, details: { sent: 'maybe' } });
  });

  it.each([
    ['no answer', () => undefined],
    ['headers only', (socket: Socket) => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n')],
  ])('in time: %s', async (_name, act) => {
    const url = await tcpServer((socket) => socket.once('data', () => void act(socket)));
    expect(await failure(http().request(post(url, { timeoutMs: 150 })))).toMatchObject({
      code: 'mytoken/timeout',
      retryable: true,
      details: { sent: 'maybe', reason: 'answer' },
    });
  });

  it('the deadline holds against a body that trickles', async () => {
    const url = await tcpServer((socket) => {
      socket.once('data', () => {
        socket.write('HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n');
        const timer = setInterval(() => socket.write('x'), 20);
        socket.on('close', () => clearInterval(timer));
      });
    });
    expect((await failure(http().request(post(url, { timeoutMs: 300 })))).code).toBe('mytoken/timeout');
  });

  it('given up', async () => {
    const abort = new AbortController();
    const url = await tcpServer((socket) => socket.once('data', () => abort.abort()));
    expect(await failure(http().request(post(url, { signal: abort.signal })))).toMatchObject({
      code: 'mytoken/unreachable',
      details: { sent: 'maybe', reason: 'aborted' },
    });
  });
});

describe('size limit', () => {
  const megabyte = 1024 * 1024;

  it('holds while streaming and closes the connection', async () => {
    let closed = (): void => undefined;
    const gone = new Promise<void>((resolve) => (closed = resolve));
    const { url } = await httpServer((_request, response) => {
      response.on('close', closed);
      const pour = (): void => {
        while (!response.destroyed && response.write(Buffer.alloc(65_536)));
      };
      response.on('drain', pour);
      pour();
    });
    expect(await failure(http().request(post(url)))).toMatchObject({
      code: 'mytoken/too-large',
      details: { sent: 'maybe' },
    });
    await gone;
  });

  it('believes the announced length', async () => {
    const { url } = await httpServer((_request, response) => {
      response.writeHead(200, { 'content-length': megabyte + 1 }).flushHeaders();
    });
    expect((await failure(http().request(post(url)))).code).toBe('mytoken/too-large');
  });

  it('can be set, and lets through what just fits', async () => {
    const { url } = await httpServer((_request, response) => response.end(Buffer.alloc(megabyte, 'x')));
    expect((await http().request(post(url))).body).toHaveLength(megabyte);
    expect((await failure(http().request(post(url, { limitBytes: megabyte - 1 })))).code).toBe(
      'mytoken/too-large',
    );
  });
});

describe('idle connections', () => {
  it('closed by the server meanwhile, cost nothing', async () => {
    const sockets = new Set<Socket>();
    let requests = 0;
    const { url } = await httpServer((request, response) => {
      requests += 1;
      sockets.add(request.socket);
      response.end('{}');
    });
    const client = http();
    await client.request(post(url));
    const [first] = sockets;
    if (!first) throw new Error('no connection');
    const closed = once(first, 'close');
    first.end();
    await closed;
    expect((await client.request(post(url))).status).toBe(200);
    expect(sockets.size).toBe(2);
    expect(requests).toBe(2);
  });

  it('closed in the same instant, cost nothing either', async () => {
    let requests = 0;
    const url = await tcpServer((socket, number) => {
      socket.on('data', () => {
        requests += 1;
        const answer = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}';
        // The first connection says nothing of closing and hangs up right behind its answer.
        if (number === 1) socket.end(answer);
        else socket.write(answer);
      });
    });
    const client = http();
    await client.request(post(url));
    expect((await client.request(post(url))).status).toBe(200);
    expect(requests).toBe(2);
  });

  it('that break under a request are never used for a second copy of it', async () => {
    const received: string[] = [];
    const url = await tcpServer((socket) => {
      let first = true;
      socket.on('data', (data) => {
        received.push(data.toString('latin1'));
        if (first) socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}');
        else socket.resetAndDestroy();
        first = false;
      });
    });
    const client = http();
    await client.request(post(url));
    const error = await failure(client.request(post(url)));
    expect(error).toMatchObject({ code: 'mytoken/unreachable', details: { sent: 'maybe' } });
    // Long enough for any second attempt to show up.
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(received.join('').match(/POST \/ HTTP/g)).toHaveLength(2);
  });

  it('are not trusted after the machine slept', async () => {
    const sockets = new Set<Socket>();
    const { url } = await httpServer((request, response) => {
      sockets.add(request.socket);
      response.end('{}');
    });
    let asleepMs = 0;
    const clock: Clock = { ...systemClock(), nowMs: () => Date.now() + asleepMs };
    const client = http({ clock });
    await client.request(post(url));
    await client.request(post(url));
    expect(sockets.size).toBe(1);
    asleepMs = 3_600_000;
    await client.request(post(url));
    expect(sockets.size).toBe(2);
  });
});

describe('stop', () => {
  it('lets a request finish and refuses the next', async () => {
    let finish = (): void => undefined;
    const arrived = new Promise<void>((resolve) => {
      void httpServer((_request, response) => {
        finish = () => response.end('{}');
        resolve();
      }).then(({ url }) => urlOf(url));
    });
    let urlOf = (_url: string): void => undefined;
    const url = await new Promise<string>((resolve) => (urlOf = resolve));
    const client = http();
    const running = client.request(post(url));
    await arrived;
    const stopped = client.stop();
    expect(await failure(client.request(post(url)))).toMatchObject({
      code: 'app/shutting-down',
      details: { sent: 'no' },
    });
    finish();
    expect((await running).status).toBe(200);
    await stopped;
  });

  it('cuts what does not finish', async () => {
    let arrived = (): void => undefined;
    const waiting = new Promise<void>((resolve) => (arrived = resolve));
    const { url } = await httpServer(() => arrived());
    let expire = (): void => undefined;
    const clock: Clock = {
      ...systemClock(),
      after(delayMs, task) {
        if (delayMs === 5_000) expire = task;
        return () => undefined;
      },
    };
    const client = http({ clock });
    const running = failure(client.request(post(url)));
    await waiting;
    const stopped = client.stop();
    expire();
    expect(await running).toMatchObject({ code: 'app/shutting-down', details: { sent: 'maybe' } });
    await stopped;
  });

  it('needs no connection to have been made, and may be repeated', async () => {
    const client = http();
    await client.stop();
    await client.stop();
    const port = await listen(createServer());
    expect((await failure(client.request(post(`http://127.0.0.1:${port}`)))).code).toBe('app/shutting-down');
  });
});
