import type { Socket } from 'node:net';
import type { CallerView } from '../../../shared/model/caller.ts';
import { type RecognisedCaller, unknownCaller } from '../callers/describe.ts';
import type { IdentifyTcpPeer } from '../callers/identify-tcp.ts';

/** Whoever holds the other end of a connection. */
export interface Peer {
  /** Known at once on a socket, by what a grant knows the program again; null on TCP and for who cannot be recognised. */
  readonly identity: string | null;
  /** Null: another user, who is not served. Never rejects. */
  describe(): Promise<CallerView | null>;
}

/** Describes the other ends of connections, each at most once and only when somebody wants to know. */
export class Peers {
  readonly #identify: IdentifyTcpPeer;
  readonly #known = new WeakMap<Socket, Peer>();

  constructor(identify: IdentifyTcpPeer) {
    this.#identify = identify;
  }

  /** Before the first request of a connection to a UNIX socket. */
  recognised(socket: Socket, caller: RecognisedCaller): void {
    const { identity } = caller;
    this.#known.set(socket, {
      identity,
      describe: once(() => Promise.resolve(caller.describe())),
    });
  }

  of(socket: Socket): Peer {
    const known = this.#known.get(socket);
    if (known !== undefined) return known;
    const { localAddress, localPort, remoteAddress, remotePort } = socket;
    const peer: Peer = {
      identity: null,
      describe: once(() => {
        if (localPort === undefined || remotePort === undefined || remoteAddress === undefined) {
          return Promise.resolve(unknownCaller('http'));
        }
        return this.#identify({
          localPort,
          remotePort,
          remoteAddress,
          ...(localAddress === undefined ? {} : { localAddress }),
        });
      }),
    };
    this.#known.set(socket, peer);
    return peer;
  }
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | null = null;
  return () => (made ??= make());
}
