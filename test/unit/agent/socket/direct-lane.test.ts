import type { Server } from 'node:net';
import { describe, expect, it } from 'vitest';
import type { Libc } from '../../../../electron/agent/native/libc.ts';
import {
  type DirectConnection,
  DirectLine,
  takeDirectly,
} from '../../../../electron/agent/socket/direct-lane.ts';
import type { Line } from '../../../../electron/agent/socket/exchange.ts';

/** Takes at most `room` bytes in all. */
function connection(room: number): { readonly sent: () => string; readonly connection: DirectConnection } {
  const sent: Buffer[] = [];
  let left = room;
  return {
    sent: () => Buffer.concat(sent).toString(),
    connection: {
      handle: {},
      descriptor: 5,
      receive: () => null,
      send(words) {
        const bytes = Buffer.from(words);
        const taken = Math.min(left, bytes.length);
        left -= taken;
        sent.push(Buffer.from(bytes.subarray(0, taken)));
        return taken;
      },
    },
  };
}

function handedTo(line: DirectLine): readonly (string | null)[] {
  const said: (string | null)[] = [];
  const next: Line = {
    write: (words) => said.push(words.toString()),
    finish: (text) => said.push(text === null ? null : `end ${text}`),
  };
  line.handTo(next);
  return said;
}

describe('what is said directly', () => {
  it('is said, and nothing is left for who goes on but to end it', () => {
    const { connection: to, sent } = connection(100);
    const line = new DirectLine(to);
    line.write('key');
    expect(line.state).toBeNull();
    line.finish('answer');
    expect(line.state).toBe('said');
    expect(sent()).toBe('keyanswer');
    expect(handedTo(line)).toEqual(['end ']);
  });

  it.each([0, 2, 5])('is kept from where %i bytes were taken, in its order', (room) => {
    const { connection: to, sent } = connection(room);
    const line = new DirectLine(to);
    line.write('kéy');
    line.finish('answer');
    expect(line.state).toBeNull();
    const [rest, end] = handedTo(line);
    expect(Buffer.concat([Buffer.from(sent()), Buffer.from(rest ?? '')]).toString('latin1')).toHaveLength(
      Buffer.byteLength('kéyanswer') + (room === 2 ? 4 : 0), // a letter cut in two shows as two marks
    );
    expect(end).toBe('end ');
  });

  it('can be cut off', () => {
    const line = new DirectLine(connection(100).connection);
    line.finish(null);
    expect(line.state).toBe('cut');
    expect(handedTo(line)).toEqual([null]);
  });
});

describe('taking connections before Node makes sockets of them', () => {
  interface Call {
    readonly status: number;
    readonly handle: unknown;
  }
  const bench = (take: (connection: DirectConnection) => boolean, libc: Partial<Libc> = {}) => {
    const nodes: Call[] = [];
    const handle = {
      onconnection: (status: number, given: unknown) => void nodes.push({ status, handle: given }),
    };
    takeDirectly({ _handle: handle } as unknown as Server, libc as Libc, take);
    let closed = 0;
    const made = { fd: 9, close: () => (closed += 1) };
    return { nodes, made, closed: () => closed, arrive: handle.onconnection };
  };

  it('closes those that are done with, and leaves the others to Node', () => {
    const done = bench(() => true);
    done.arrive(0, done.made);
    expect([done.closed(), done.nodes]).toEqual([1, []]);
    const open = bench(() => false);
    open.arrive(0, open.made);
    expect([open.closed(), open.nodes]).toEqual([0, [{ status: 0, handle: open.made }]]);
  });

  it('what is no connection with a descriptor is Node’s', () => {
    const { arrive, nodes } = bench(() => {
      throw new Error('must not be asked');
    });
    arrive(-24, undefined);
    arrive(0, { close: () => undefined });
    arrive(0, { fd: -1, close: () => undefined });
    arrive(0, { fd: 9 });
    expect(nodes).toHaveLength(4);
  });

  it('never waits on the system, and waits awake for no longer than it may', () => {
    const flags: number[] = [];
    let yields = 0;
    let calls = 0;
    let received: string | undefined | null;
    const libc: Partial<Libc> = {
      recv(descriptor, buffer, length, flag) {
        expect([descriptor, length]).toEqual([9, buffer.length]);
        flags.push(flag);
        calls += 1;
        return calls < 3 ? -1 : buffer.write('words');
      },
      send(_descriptor, bytes, length, flag) {
        flags.push(flag);
        return Math.min(bytes.length, length) - 1;
      },
      sched_yield: () => (yields += 1),
    };
    const { arrive, made } = bench((connection) => {
      expect(connection.receive(0)).toBeNull();
      received = connection.receive(1_000_000)?.toString();
      expect(connection.send(Buffer.from('answer'))).toBe(5);
      return true;
    }, libc);
    arrive(0, made);
    expect(received).toBe('words');
    expect(yields).toBe(1);
    expect(flags).toEqual([0x40, 0x40, 0x40, 0x4040]); // MSG_DONTWAIT, MSG_NOSIGNAL
  });

  it('words of any length go out as UTF-8', () => {
    const words = ['answer', 'grün', 'ü'.repeat(21_845), '€'.repeat(21_846), '🔑'.repeat(50_000)];
    const sent: string[] = [];
    const { arrive, made } = bench(
      (connection) => {
        for (const each of words) expect(connection.send(each)).toBe(Buffer.byteLength(each));
        return true;
      },
      { send: (_, bytes, length) => (sent.push(bytes.toString('utf8', 0, length)), length) },
    );
    arrive(0, made);
    expect(sent).toEqual(words);
  });

  it('the end of the other side is not waited for, and a fault takes nothing', () => {
    const { arrive, made, closed } = bench(
      (connection) => {
        expect(connection.receive(10_000_000)).toBeNull();
        expect(connection.send(Buffer.from('x'))).toBe(0);
        return true;
      },
      { recv: () => 0, send: () => -1, sched_yield: () => 0 },
    );
    arrive(0, made);
    expect(closed()).toBe(1);
  });

  it('nothing happens where Node is not what it was, or the library is missing', () => {
    const take = (): boolean => true;
    for (const server of [{}, { _handle: null }, { _handle: {} }, { _handle: { onconnection: 'other' } }]) {
      const before = JSON.stringify(server);
      takeDirectly(server as never, {} as Libc, take);
      expect(JSON.stringify(server)).toBe(before);
    }
    const own = (): void => undefined;
    const server = { _handle: { onconnection: own } };
    takeDirectly(server as never, null, take);
    expect(server._handle.onconnection).toBe(own);
  });
});
