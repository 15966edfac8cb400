import { chmodSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import type { Clock } from '../../ports/index.ts';
import type { LookAtCaller } from '../callers/index.ts';
import { descriptorOf, type Handle, handleOf, type Libc } from '../native/libc.ts';
import { type DirectConnection, DirectLine, takeDirectly } from './direct-lane.ts';
import { Exchange, type ExchangeDeps, type Line } from './exchange.ts';
import type { OwnKey } from './key-exchange.ts';
import { openChannel } from './secure-channel.ts';

export interface ListenerDeps {
  /** Who is on the other end of this descriptor; null when it must not be served (another user). */
  readonly recognise: (descriptor: number | null) => LookAtCaller | null;
  readonly again: ExchangeDeps['again'];
  readonly answer: ExchangeDeps['answer'];
  readonly turnedAway: () => void;
  readonly nextKey: () => OwnKey;
  readonly nextNonce: () => Uint8Array;
  readonly clock: Clock;
  /** Null: everything goes through Node's event loop. */
  readonly libc: Libc | null;
}

/** The connections of oidc-agent's clients: framing, keys and who asks. Knows nothing of accounts and tokens. */
export interface SocketListener {
  /** Rejects with what the system says. */
  listen(path: string): Promise<void>;
  /** Ends all connections and removes the socket. */
  close(): Promise<void>;
}

/** Until a whole request is there; how long its answer takes is the user's affair. */
const requestDeadlineMs = 5_000;
/** An answered client that neither reads nor leaves keeps its place no longer than this. */
const lingerMs = 5_000;
/** More than four programs may have waiting for their users, see question-queue.ts. */
const mostConnections = 256;
/** A key and a frame; who sends in smaller pieces takes turns with the others. */
const directReads = 2;
/** For the one client there is, microseconds. */
const longestWaitUs = 250;

export function createSocketListener(deps: ListenerDeps): SocketListener {
  const { clock } = deps;
  const connections = new Set<Socket>();
  /** What was begun on a connection before Node had it. */
  const begun = new Map<Handle, { readonly exchange: Exchange; readonly said: DirectLine }>();
  // Half-open: an encrypted client that ends its side has gone, a plain one (`nc -N`) still reads.
  const server = createServer({ allowHalfOpen: true }, serve);
  server.maxConnections = mostConnections;
  const exchangeDeps: ExchangeDeps = {
    again: deps.again,
    answer: deps.answer,
    open: (theirs) => openChannel(theirs, deps.nextKey(), deps.nextNonce),
  };

  /** The quick way: true when all is said. */
  function take(connection: DirectConnection): boolean {
    if (connections.size >= mostConnections) return false; // Node's to refuse
    const look = deps.recognise(connection.descriptor);
    if (look === null) {
      deps.turnedAway();
      return true;
    }
    const said = new DirectLine(connection);
    const exchange = new Exchange(look, said, exchangeDeps);
    for (let reads = 0; reads < directReads && exchange.state === 'reading'; reads += 1) {
      const chunk = connection.receive(connections.size === 0 ? longestWaitUs : 0);
      if (chunk === null) break;
      exchange.receive(chunk);
    }
    // Who speaks plainly may have more to send, and would be cut off in the middle of it.
    if (said.state === 'cut' || (said.state === 'said' && exchange.isEncrypted)) return true;
    begun.set(connection.handle, { exchange, said });
    // Node makes a socket of it now, which comes to `serve`; or finds that there are too many.
    queueMicrotask(() => {
      if (begun.delete(connection.handle)) exchange.abandon();
    });
    return false;
  }

  function serve(socket: Socket): void {
    socket.on('error', () => undefined); // the other side went away; `close` follows
    const handle = handleOf(socket);
    const before = handle === null ? undefined : begun.get(handle);
    if (handle !== null) begun.delete(handle);
    let cancelDeadline = (): void => undefined;
    const line: Line = {
      write: (words) => void socket.write(words),
      finish(text) {
        cancelDeadline();
        if (text === null || socket.destroyed) {
          socket.destroy();
          return;
        }
        socket.end(text); // in one piece: clients read what is there at once (ipc reference 2.3)
        cancelDeadline = clock.after(lingerMs, () => socket.destroy());
      },
    };
    const exchange = before?.exchange ?? begin(descriptorOf(handle), line);
    if (exchange === null) {
      socket.destroy();
      return;
    }
    connections.add(socket);
    socket.on('close', () => {
      connections.delete(socket);
      cancelDeadline();
      exchange.abandon();
    });
    socket.on('end', () => exchange.ended());
    socket.on('data', (chunk: Buffer) => {
      exchange.receive(chunk);
      // A whole request has all the time that its answer takes: somebody may be asked.
      if (exchange.state === 'answering') cancelDeadline();
    });
    if (exchange.state === 'reading') {
      cancelDeadline = clock.after(requestDeadlineMs, () => socket.destroy());
    }
    before?.said.handTo(line);
    exchange.goOnWith(line);
  }

  function begin(descriptor: number | null, line: Line): Exchange | null {
    const look = deps.recognise(descriptor);
    if (look === null) deps.turnedAway();
    return look === null ? null : new Exchange(look, line, exchangeDeps);
  }

  return {
    async listen(path) {
      await new Promise<void>((resolve, reject) => {
        server.once('error', reject);
        server.listen(path, () => {
          server.off('error', reject);
          server.on('error', () => undefined);
          takeDirectly(server, deps.libc, take);
          resolve();
        });
      });
      // Until here nobody but its owner could reach it either: its directory is private.
      if (!path.startsWith('\\\\')) chmodSync(path, 0o600);
    },
    close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const socket of connections) socket.destroy();
      return closed; // Node removes the socket file
    },
  };
}
