import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Clock, Logger } from '../../ports/index.ts';
import type { RecogniseSocket } from '../callers/identify.ts';
import type { RecogniseTcpCaller } from '../callers/identify-tcp.ts';
import type { TcpEnds } from '../callers/tcp-table.ts';
import { descriptorOf, handleOf } from '../native/libc.ts';
import { listenAtPlace } from '../place/socket-place.ts';
import { AgentResponse, rawError } from './answers.ts';
import type { Crowd } from './crowd.ts';
import type { DoorAddress } from './guards.ts';
import type { EndpointLimits } from './limits.ts';
import type { Peers } from './peers.ts';
import { refusal } from './problems.ts';
import type { RequestService } from './service.ts';

/** Connections over the limit still get an answer; beyond so many more they are dropped. */
const crowdSpare = 32;
const noteForeignersEveryMs = 60_000;

export interface DoorDeps {
  readonly service: RequestService;
  readonly crowd: Crowd;
  readonly peers: Peers;
  readonly clock: Clock;
  readonly log: Logger;
  readonly limits: EndpointLimits;
}

export interface TcpDoorDeps extends DoorDeps {
  readonly allowLocalhostName: boolean;
  readonly recognise: RecogniseTcpCaller;
}

export interface SocketDoorDeps extends DoorDeps {
  readonly keyless: boolean;
  readonly recognise: RecogniseSocket;
}

/** A place where requests come in. */
export interface OpenDoor {
  /** Accepts nothing new; resolves when the last request was answered. */
  retire(): Promise<void>;
  /** Ends all connections at once. */
  slam(): void;
}

/** One listening address. */
export interface Door extends OpenDoor {
  readonly port: number;
  /** `http://127.0.0.1:41234` */
  readonly url: string;
  setLocalhostName(allowed: boolean): void;
}

/** The UNIX socket. */
export interface SocketDoor extends OpenDoor {
  setKeyless(allowed: boolean): void;
}

/** What clients send as `Host` on the socket, where there is no address: `http://mytoken-desktop/v1/…`. */
export const socketHost = 'mytoken-desktop';

type Location = { -readonly [K in keyof DoorAddress]: DoorAddress[K] } & { retiring: boolean };
type DoorServer = Server<typeof IncomingMessage, typeof AgentResponse>;

const malformed = refusal('agent/invalid-request', 'This is not a valid HTTP/1.1 request.');
const headersTooLarge = refusal('agent/too-large', 'The headers are too large.');
const tooSlow = refusal('agent/timeout', 'The request took too long to arrive.', {}, true);
const noTunnel = refusal('agent/method-not-allowed', 'This is no proxy.');

function makeServer(location: Location, deps: DoorDeps, admit: (socket: Socket) => boolean): DoorServer {
  const { service, crowd, clock, limits } = deps;
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
  server.maxConnections = limits.connections + limits.parkedInAll + crowdSpare;

  // In front of Node's own listener: whoever is not let in is not read from.
  server.prependListener('connection', (socket: Socket) => {
    if (!admit(socket)) {
      socket.destroy();
      return;
    }
    crowd.entered(socket);
    if (crowd.count > limits.connections) late.add(socket);
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

  return server;
}

function closing(server: DoorServer, location: Location): OpenDoor {
  return {
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

/**
 * Binds one address. Rejects with the system's error (`EADDRINUSE`, `EADDRNOTAVAIL`, …).
 * @param port 0 for any free one
 */
export async function openDoor(address: '127.0.0.1' | '::1', port: number, deps: TcpDoorDeps): Promise<Door> {
  const location: Location = { kind: 'tcp', host: '', localhost: null, keyless: false, retiring: false };
  const foreign = foreignUsers(deps);
  const server = makeServer(location, deps, (socket) => {
    const ends = endsOf(socket);
    const caller = ends === null ? 'gone' : deps.recognise(ends);
    if (caller === 'foreign-user') foreign();
    if (caller === 'foreign-user' || caller === 'gone') return false;
    deps.peers.letIn(socket, null, () => caller.describe());
    return true;
  });
  const bound = await listen(server, address, port);
  server.on('error', (error: NodeJS.ErrnoException) => deps.log.warn('agent.door', { code: error.code }));
  location.host = address === '::1' ? `[::1]:${bound}` : `${address}:${bound}`;
  const setLocalhostName = (allowed: boolean): void => {
    location.localhost = allowed ? `localhost:${bound}` : null;
  };
  setLocalhostName(deps.allowLocalhostName);
  return { ...closing(server, location), port: bound, url: `http://${location.host}`, setLocalhostName };
}

/** Opens the socket at a place that was made for it. Rejects with the system's error. */
export async function openSocketDoor(path: string, deps: SocketDoorDeps): Promise<SocketDoor> {
  const { keyless, peers, recognise } = deps;
  const foreign = foreignUsers(deps);
  const location: Location = { kind: 'socket', host: socketHost, localhost: null, keyless, retiring: false };
  const server = makeServer(location, deps, (socket) => {
    // Asked at once: the process may be gone by the time its request is whole.
    const caller = recognise(descriptorOf(handleOf(socket)), 'http-socket')?.() ?? null;
    if (caller === null) foreign();
    else peers.letIn(socket, caller.identity, () => caller.describe());
    return caller !== null;
  });
  await listenAtPlace(server, path);
  return {
    ...closing(server, location),
    setKeyless(allowed) {
      location.keyless = allowed;
    },
  };
}

/** Null: it closed before anybody could look. */
function endsOf({ localAddress, localPort, remoteAddress, remotePort }: Socket): TcpEnds | null {
  if (localAddress === undefined || localPort === undefined) return null;
  if (remoteAddress === undefined || remotePort === undefined) return null;
  return { localAddress, localPort, remoteAddress, remotePort };
}

/** Notes that another user came by; now and then, as that user may come by as often as they like. */
function foreignUsers({ clock, log }: DoorDeps): () => void {
  let notedAtMs = -Infinity;
  return () => {
    const nowMs = clock.monotonicMs();
    if (nowMs - notedAtMs < noteForeignersEveryMs) return;
    notedAtMs = nowMs;
    log.warn('agent.foreign-user');
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
