import type { Socket } from 'node:net';
import type { CallerView } from '../../../shared/model/caller.ts';

/** Whoever holds the other end of a connection. */
export interface Peer {
  /** Known at once on a socket, by what a grant knows the program again; null on TCP and for who cannot be recognised. */
  readonly identity: string | null;
  /** Never rejects. */
  describe(): Promise<CallerView>;
}

/** The other ends of the connections that were let in, each described at most once and only when somebody wants to know. */
export class Peers {
  readonly #known = new WeakMap<Socket, Peer>();

  /** Before the first request of a connection. */
  letIn(socket: Socket, identity: string | null, describe: () => CallerView | Promise<CallerView>): void {
    let described: Promise<CallerView> | null = null;
    this.#known.set(socket, {
      identity,
      describe: () => (described ??= Promise.resolve(describe())),
    });
  }

  of(socket: Socket): Peer {
    const peer = this.#known.get(socket);
    if (peer === undefined) throw new Error('a connection that was not let in');
    return peer;
  }
}
