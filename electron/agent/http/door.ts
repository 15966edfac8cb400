import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Clock, Logger } from '../../ports/index.ts';
import { AgentResponse, rawError, refusal } from './answers.ts';
import type { EndpointLimits } from './limits.ts';
import type { RequestService } from './service.ts';

/** Connections over the limit still get an answer; beyond so many more they are dropped. */
const crowdSpare = 32;

/** Open connections of all doors together. */
export interface Crowd {
  count: number;
}

export interface DoorDeps {
  readonly service: RequestService;
  readonly crowd: Crowd;
  readonly clock: Clock;
  readonly log: Logger;
  readonly limits: EndpointLimits;
  readonly allowLocalhostName: boolean;
}

/** One listening address. */
export interface Door {
  readonly port: number;
  /** `http://127.0.0.1:41234` */
  readonly url: string;
  setLocalhostName(allowed: boolean): void;
  /** Accepts nothing new; resolves when the last request was answered. */
  retire(): Promise<void>;
  /** Ends all connections at once. */
  slam(): void;
}

type DoorServer = Server<typeof IncomingMessage, typeof AgentResponse>;

const malformed = refusal('agent/invalid-request', 'This is not a valid HTTP/1.1 request.');
const headersTooLarge = refusal('agent/too-large', 'The headers are too large.');
const tooSlow = refusal('agent/timeout', 'The request took too long to arrive.', {}, true);
const noTunnel = refusal('agent/method-not-allowed', 'This is no proxy.');

/**
 * Binds one address. Rejects with the system's error (`EADDRINUSE`, `EADDRNOTAVAIL`, …).
 * @param port 0 for any free one
 */
export async function openDoor(address: '127.0.0.1' | '::1', port: number, deps: DoorDeps): Promise<Door> {
  const { service, crowd, clock, log, limits } = deps;
  const location = { host: '', localhost: null as string | null, retiring: false };
  const late = new WeakSet();

  const server: DoorServer = createServer<typeof IncomingMessage, typeof AgentResponse>(
    {
      ServerResponse: AgentResponse,
      // Two Host or Authorization headers become one that fits nothing.
      joinDuplicateHeaders: true,
      // A missing Host is answered by our own guard, in our own shape.
      requireHostHeader: false,
      insecureHTTPParser: false,
      maxHeaderSize: limits.headerBytes,
      headersTimeout: limits.headerTimeoutMs,
      requestTimeout: limits.requestTimeoutMs,
      keepAliveTimeout: limits.idleTimeoutMs,
      connectionsCheckingInterval: limits.timeoutCheckMs,
    },
    (request, response) => {
      response.door = location;
      service.handle(request, response, location, late.has(request.socket));
    },
  );
  // Node would silently drop headers beyond its own limit, and an Origin among them; our guard counts instead.
  server.maxHeadersCount = 0;
  server.maxConnections = limits.connections + crowdSpare;

  server.on('connection', (socket: Socket) => {
    crowd.count += 1;
    if (crowd.count > limits.connections) late.add(socket);
    socket.once('close', () => {
      crowd.count -= 1;
    });
  });
  const refuseExpectation = (request: IncomingMessage, response: AgentResponse): void =>
    service.refuseExpectation(request, response, location);
  server.on('checkContinue', refuseExpectation);
  server.on('checkExpectation', refuseExpectation);
  server.on('connect', (_request: IncomingMessage, socket: Duplex) => {
    endWith(socket, rawError(noTunnel, 405, clock.nowMs()));
  });
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Duplex) => {
    if (error.code === 'HPE_HEADER_OVERFLOW') endWith(socket, rawError(headersTooLarge, 431, clock.nowMs()));
    else if (error.code === 'ERR_HTTP_REQUEST_TIMEOUT') {
      endWith(socket, rawError(tooSlow, 408, clock.nowMs()));
    } else if (error.code?.startsWith('HPE_') === true) {
      endWith(socket, rawError(malformed, 400, clock.nowMs()));
    } else socket.destroy();
  });

  const bound = await listen(server, address, port);
  server.on('error', (error: NodeJS.ErrnoException) => log.warn('agent.door', { code: error.code }));
  location.host = address === '::1' ? `[::1]:${bound}` : `${address}:${bound}`;
  const setLocalhostName = (allowed: boolean): void => {
    location.localhost = allowed ? `localhost:${bound}` : null;
  };
  setLocalhostName(deps.allowLocalhostName);

  return {
    port: bound,
    url: `http://${location.host}`,
    setLocalhostName,
    retire() {
      location.retiring = true;
      return new Promise((resolve) => {
        // Also ends connections without a request under way.
        server.close(() => resolve());
      });
    },
    slam: () => server.closeAllConnections(),
  };
}

/** Says goodbye on a connection whose bytes make no sense any more. */
function endWith(socket: Duplex, answer: string): void {
  if (!socket.writable || socket.writableEnded) {
    socket.destroy();
    return;
  }
  socket.on('error', () => socket.destroy());
  socket.end(answer, () => socket.destroy());
}

function listen(server: DoorServer, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port, exclusive: true }, () => {
      server.off('error', reject);
      const address = server.address();
      if (address === null || typeof address === 'string') reject(new Error('not a TCP address'));
      else resolve(address.port);
    });
  });
}
