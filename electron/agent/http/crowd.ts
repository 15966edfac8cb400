import type { Socket } from 'node:net';

/**
 * Open connections of all doors together. Those that wait for a person are not counted: however many programs wait, there is room for
 * the others.
 */
export class Crowd {
  /** Connections whose requests wait, with how many do. */
  readonly #parked = new Map<Socket, number>();
  readonly #open = new Set<Socket>();

  get count(): number {
    return this.#open.size - this.#parked.size;
  }

  entered(socket: Socket): void {
    this.#open.add(socket);
    socket.once('close', () => {
      this.#open.delete(socket);
      this.#parked.delete(socket);
    });
  }

  park(socket: Socket): void {
    if (this.#open.has(socket)) this.#parked.set(socket, (this.#parked.get(socket) ?? 0) + 1);
  }

  unpark(socket: Socket): void {
    const others = (this.#parked.get(socket) ?? 1) - 1;
    if (others <= 0) this.#parked.delete(socket);
    else this.#parked.set(socket, others);
  }
}
