import type { Server } from 'node:net';
import { descriptorOf, type Handle, type Libc } from '../native/libc.ts';
import type { Line } from './exchange.ts';

/** A connection as the system has it, before Node makes a socket of it. */
export interface DirectConnection {
  /** For who asks to know it again. */
  readonly handle: Handle;
  readonly descriptor: number;
  /**
   * What has arrived, or does within `waitUs` microseconds, good until the next call; null: nothing, the end, or a fault. Waits awake: to
   * fall asleep and to be woken takes longer than the other side needs.
   */
  receive(waitUs: number): Buffer | null;
  /** How many of the bytes were taken, of a string's UTF-8. */
  send(words: string | Buffer): number;
}

/** What libuv's server holds, as Node's `net` sees it. */
interface ServerHandle {
  onconnection?: unknown;
}
interface ConnectionHandle extends Handle {
  close(): void;
}
type OnConnection = (this: ServerHandle, status: number, connection: ConnectionHandle | undefined) => void;

/** recv(2), send(2): return at once, and no signal when the other side has gone. */
const atOnce = 0x40;
const noSignal = 0x4000;
const mostAtOnce = 64 * 1024;
/** UTF-8 has at most three bytes for each of JavaScript's characters. */
const longestWords = mostAtOnce / 3;

/**
 * Shows each new connection of a listening server to `take` first. A client of the agent's protocol sends next to nothing and then waits:
 * what it sent is there when its connection is, while Node's socket with its two streams, and a turn of the event loop for each step, take
 * longer than all the rest of an answer. `take` says whether it is done with the connection, which is then closed; else Node goes on with
 * it as ever.
 *
 * Node does not document what this builds on: where it is not as expected nothing happens, and Node has every connection from the start.
 */
export function takeDirectly(
  server: Server,
  libc: Libc | null,
  take: (connection: DirectConnection) => boolean,
): void {
  const listening = (server as unknown as { _handle?: ServerHandle | null })._handle;
  const goOn = listening?.onconnection;
  if (libc === null || !listening || typeof goOn !== 'function') return;
  const buffers = { in: Buffer.alloc(mostAtOnce), out: Buffer.alloc(mostAtOnce) };
  const asEver = goOn as OnConnection;

  const onConnection: OnConnection = function (status, handle) {
    const descriptor = status === 0 && typeof handle?.close === 'function' ? descriptorOf(handle) : null;
    if (
      handle !== undefined &&
      descriptor !== null &&
      take(new Accepted(handle, descriptor, libc, buffers))
    ) {
      handle.close();
    } else {
      asEver.call(this, status, handle);
    }
  };
  listening.onconnection = onConnection;
}

/** For all connections: what is in them is read, or taken by the system, at once. */
interface Buffers {
  readonly in: Buffer;
  readonly out: Buffer;
}

class Accepted implements DirectConnection {
  readonly handle: Handle;
  readonly descriptor: number;
  readonly #libc: Libc;
  readonly #buffers: Buffers;

  constructor(handle: Handle, descriptor: number, libc: Libc, buffers: Buffers) {
    this.handle = handle;
    this.descriptor = descriptor;
    this.#libc = libc;
    this.#buffers = buffers;
  }

  receive(waitUs: number): Buffer | null {
    const buffer = this.#buffers.in;
    let endsAtMs: number | null = null;
    for (;;) {
      const count = this.#libc.recv(this.descriptor, buffer, buffer.length, atOnce);
      if (count > 0) return buffer.subarray(0, count);
      const nowMs = performance.now();
      endsAtMs ??= nowMs + waitUs / 1000;
      if (count === 0 || nowMs >= endsAtMs) return null;
      this.#libc.sched_yield(); // the other side may be waiting for this very core
    }
  }

  send(words: string | Buffer): number {
    if (typeof words !== 'string') return this.#say(words, words.length);
    if (words.length > longestWords) return this.send(Buffer.from(words));
    return this.#say(this.#buffers.out, this.#buffers.out.write(words));
  }

  #say(bytes: Buffer, count: number): number {
    return Math.max(0, this.#libc.send(this.descriptor, bytes, count, atOnce | noSignal));
  }
}

const nothing: Buffer = Buffer.alloc(0);

/** Says what it can at once, and keeps the rest for whoever goes on. */
export class DirectLine implements Line {
  readonly #connection: DirectConnection;
  #rest = nothing;
  #end: 'said' | 'cut' | null = null;

  constructor(connection: DirectConnection) {
    this.#connection = connection;
  }

  /** `said`: all of it, and nothing follows; `cut`: without last words; null: there is more to say, now or later. */
  get state(): 'said' | 'cut' | null {
    return this.#rest.length === 0 ? this.#end : null;
  }

  write(words: string | Buffer): void {
    const taken = this.#rest.length === 0 ? this.#connection.send(words) : 0;
    if (taken === Buffer.byteLength(words)) return;
    this.#rest = Buffer.concat([this.#rest, Buffer.from(words).subarray(taken)]);
  }

  finish(text: string | null): void {
    if (text !== null) this.write(text);
    this.#end = text === null ? 'cut' : 'said';
  }

  handTo(line: Line): void {
    if (this.#rest.length > 0) line.write(this.#rest);
    if (this.#end !== null) line.finish(this.#end === 'cut' ? null : '');
  }
}
