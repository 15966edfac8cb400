import { describe, expect, it } from 'vitest';
import type { Door } from '../../../electron/agent/http/door.ts';
import { type OpenTcpDoor, openDoors, PortTaken } from '../../../electron/agent/http/doors.ts';
import { CanaryLogger } from './fakes.ts';

const failure = (code: string): Error => Object.assign(new Error(code), { code });

/** A machine with a choice of free ports; remembers what is open. */
function machine(answers: (address: string, port: number) => string | null): {
  open: OpenTcpDoor;
  opened: Set<string>;
  tried: string[];
} {
  const opened = new Set<string>();
  const tried: string[] = [];
  let nextPort = 50_000;
  const open: OpenTcpDoor = (address, wanted) => {
    const port = wanted === 0 ? (nextPort += 1) : wanted;
    tried.push(`${address} ${port}`);
    const code = answers(address, port);
    if (code !== null) return Promise.reject(failure(code));
    const url = `${address} ${port}`;
    opened.add(url);
    const door: Door = {
      port,
      url,
      setLocalhostName: () => undefined,
      retire() {
        opened.delete(url);
        return Promise.resolve();
      },
      slam: () => undefined,
    };
    return Promise.resolve(door);
  };
  return { open, opened, tried };
}

describe('both doors', () => {
  it('share the port that was found for IPv4', async () => {
    const { open, opened } = machine(() => null);
    await openDoors(open, 0, new CanaryLogger());
    expect([...opened]).toEqual(['127.0.0.1 50001', '::1 50001']);
  });

  it.each(['EADDRNOTAVAIL', 'EAFNOSUPPORT'])('without IPv6 (%s) one door is enough', async (code) => {
    const { open, opened } = machine((address) => (address === '::1' ? code : null));
    const log = new CanaryLogger();
    expect(await openDoors(open, 0, log)).toHaveLength(1);
    expect([...opened]).toEqual(['127.0.0.1 50001']);
    expect(log.lines.join()).toContain('agent.no-ipv6');
  });

  it('try another pair when a stranger has the port on ::1, and leave nothing open behind', async () => {
    const { open, opened } = machine((address, port) =>
      address === '::1' && port < 50_004 ? 'EADDRINUSE' : null,
    );
    await openDoors(open, 0, new CanaryLogger());
    expect([...opened]).toEqual(['127.0.0.1 50004', '::1 50004']);
  });

  it('give up after a bounded number of pairs', async () => {
    const { open, opened, tried } = machine((address) => (address === '::1' ? 'EADDRINUSE' : null));
    await expect(openDoors(open, 0, new CanaryLogger())).rejects.toBeInstanceOf(PortTaken);
    expect(opened.size).toBe(0);
    expect(tried.length).toBe(16);
  });

  it.each(['EADDRINUSE', 'EACCES'])(
    'R-49: a fixed port fails at once (%s), never another in its place',
    async (code) => {
      for (const taken of ['127.0.0.1', '::1']) {
        const { open, opened, tried } = machine((address) => (address === taken ? code : null));
        await expect(openDoors(open, 4000, new CanaryLogger())).rejects.toMatchObject({
          name: 'PortTaken',
          port: 4000,
        });
        expect(opened.size).toBe(0);
        expect(tried).toEqual(['127.0.0.1 4000', '::1 4000'].slice(0, taken === '::1' ? 2 : 1));
      }
    },
  );

  it('other failures stay what they are', async () => {
    const { open, opened } = machine((address) => (address === '::1' ? 'EMFILE' : null));
    await expect(openDoors(open, 0, new CanaryLogger())).rejects.toThrow('EMFILE');
    expect(opened.size).toBe(0);
  });
});
