import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import {
  type AddressInfo,
  connect,
  createServer as createTcpServer,
  type Server as TcpServer,
  type Socket,
} from 'node:net';
import { join } from 'node:path';
import type { RequestListener } from 'node:http';
import { onTestFinished } from 'vitest';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

export interface Certificate {
  readonly key: string;
  readonly cert: string;
}

export interface Authority extends Certificate {
  /** Signs a certificate for these names, e.g. `DNS:mytoken.test`. */
  issue(...names: string[]): Certificate;
}

/** A certificate authority made with the openssl command line tool; its files are gone when this returns. */
export function newAuthority(): Authority {
  const key = openssl(['genpkey', '-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-256']);
  const request = ['-new', '-x509', '-days', '2', '-subj', '/CN=Test Authority', '-key', '@key'];
  const cert = openssl(['req', ...request], { key });
  return {
    key,
    cert,
    issue(...names) {
      const ownKey = openssl(['genpkey', '-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-256']);
      const csr = openssl(['req', '-new', '-subj', '/CN=Test Server', '-key', '@key'], { key: ownKey });
      const extensions = `subjectAltName=${names.join(',')}\n`;
      const signing = [
        '-req',
        '-days',
        '2',
        '-in',
        '@csr',
        '-CA',
        '@ca',
        '-CAkey',
        '@key',
        '-extfile',
        '@ext',
      ];
      return {
        key: ownKey,
        cert: openssl(['x509', ...signing, '-set_serial', '7'], { csr, ca: cert, key, ext: extensions }),
      };
    },
  };
}

function openssl(args: readonly string[], files: Readonly<Record<string, string>> = {}): string {
  const directory = temporaryDirectory('mytoken-ca-');
  for (const [name, content] of Object.entries(files))
    writeFileSync(join(directory, name), content, { mode: 0o600 });
  const resolved = args.map((arg) => (arg.startsWith('@') ? join(directory, arg.slice(1)) : arg));
  const out = join(directory, 'out');
  execFileSync('openssl', [...resolved, '-out', out], { stdio: ['ignore', 'ignore', 'pipe'] });
  return readFileSync(out, 'utf8');
}

/** Listens on a free loopback port until the test ends. */
export async function listen(server: Server | TcpServer): Promise<number> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
  return (server.address() as AddressInfo).port;
}

export async function httpServer(handler: RequestListener): Promise<{ url: string; server: Server }> {
  const server = createServer(handler);
  return { url: `http://127.0.0.1:${await listen(server)}`, server };
}

export async function tlsServer(certificate: Certificate, handler: RequestListener): Promise<number> {
  return listen(createTlsServer(certificate, handler));
}

/** A peer below HTTP: what is done with each connection is up to the test. */
export async function tcpServer(onConnection: (socket: Socket, number: number) => void): Promise<string> {
  let number = 0;
  return `http://127.0.0.1:${await listen(createTcpServer((socket) => onConnection(socket, (number += 1))))}`;
}

export interface Proxy {
  readonly url: string;
  /** Targets of all CONNECT requests. */
  readonly connects: string[];
}

/** A proxy that knows where names lead which no resolver knows. */
export async function connectProxy(
  ports: Readonly<Record<string, number>>,
  { status = 200 }: { readonly status?: number } = {},
): Promise<Proxy> {
  const connects: string[] = [];
  const server = createServer((_request, response) => {
    connects.push('plain request');
    response.writeHead(500).end();
  });
  server.on('connect', (request, client: Socket) => {
    connects.push(request.url ?? '');
    const port = ports[request.url?.split(':')[0] ?? ''];
    if (port === undefined || status !== 200) {
      client.end(`HTTP/1.1 ${port === undefined ? 502 : status} no\r\n\r\n`);
      return;
    }
    const target = connect(port, '127.0.0.1', () => {
      client.write('HTTP/1.1 200 OK\r\n\r\n');
      target.pipe(client);
      client.pipe(target);
    });
    target.on('error', () => client.destroy());
    client.on('error', () => target.destroy());
    client.on('close', () => target.destroy());
  });
  return { url: `http://127.0.0.1:${await listen(server)}`, connects };
}
