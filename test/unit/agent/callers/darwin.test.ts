import { describe, expect, it } from 'vitest';
import { darwinTable } from '../../../../electron/agent/callers/darwin-table.ts';
import { recogniseCaller } from '../../../../electron/agent/callers/describe.ts';
import { darwinPeerCredentials } from '../../../../electron/agent/callers/peer-credentials.ts';
import type { Darwin } from '../../../../electron/agent/native/darwin.ts';

interface Entry {
  readonly pid: number;
  readonly parent: number;
  readonly name: string;
  readonly path: string | null;
  readonly words?: readonly string[];
  readonly terminal?: boolean;
  readonly started?: number;
  readonly directory?: string;
}

/** Fills structures as macOS documents them, by nothing but their members in order. */
function system(
  entries: readonly Entry[],
  peer: Partial<{ pid: number; uid: number; version: number; size: number }> = {},
) {
  const find = (pid: number): Entry | undefined => entries.find((entry) => entry.pid === pid);
  const darwin: Darwin = {
    getsockopt(_descriptor, level, name, value, length) {
      expect(level).toBe(0);
      if (name === 1) {
        value.writeUInt32LE(peer.version ?? 0, 0);
        value.writeUInt32LE(peer.uid ?? 501, 4);
        value.writeInt16LE(1, 8);
        length.writeUInt32LE(peer.size ?? 76);
        return 0;
      }
      value.writeInt32LE(peer.pid ?? 0);
      length.writeUInt32LE(4);
      return peer.pid === undefined ? -1 : 0;
    },
    proc_pidpath(pid, path, length) {
      const entry = find(pid);
      expect(length).toBe(path.length);
      return entry?.path ? path.write(entry.path) : 0;
    },
    proc_pidinfo(pid, flavor, _argument, info, length) {
      const entry = find(pid);
      if (entry === undefined) return 0;
      if (flavor === 9) {
        info.write(entry.directory ?? '', 152);
        return length;
      }
      expect(flavor).toBe(3);
      // flags, status, xstatus, pid, ppid, six ids, a spare: 32 bits each; then two names; then five numbers of 32 bits; then nice.
      const words = [0, 2, 0, entry.pid, entry.parent, 501, 20, 501, 20, 501, 20, 0];
      for (const [index, word] of words.entries()) info.writeUInt32LE(word, index * 4);
      info.write(entry.name.slice(0, 15), 48);
      info.write(entry.name, 64);
      const numbers = [10, pid, 0, entry.terminal === true ? 0x10000001 : 0xffffffff, 0, 0];
      for (const [index, word] of numbers.entries()) info.writeUInt32LE(word, 96 + index * 4);
      info.writeBigUInt64LE(BigInt(entry.started ?? 1_700_000_000), 120);
      info.writeBigUInt64LE(5n, 128);
      return 136;
    },
    sysctl(name, count, value, length) {
      expect([count, name.readInt32LE(0), name.readInt32LE(4)]).toEqual([3, 1, 49]);
      const entry = find(name.readInt32LE(8));
      if (entry?.words === undefined) return -1;
      const text = [
        `${entry.path ?? ''}\0\0\0\0`,
        ...entry.words.map((word) => `${word}\0`),
        'SECRET=canary\0',
      ].join('');
      value.writeInt32LE(entry.words.length, 0);
      length.writeBigUInt64LE(BigInt(4 + value.write(text, 4)));
      return 0;
    },
  };
  return darwin;
}

const shell = { pid: 300, parent: 200, name: 'zsh', path: '/bin/zsh', words: ['-zsh'], terminal: true };
const token = {
  ...{ pid: 400, parent: 300, name: 'oidc-token', path: '/opt/homebrew/bin/oidc-token' },
  ...{ words: ['oidc-token', 'kit'], directory: '/Users/u/work', started: 1_700_000_001 },
};

describe('who asks, on macOS', () => {
  it('the sender of a messenger is named, with the chain and where it works', () => {
    const table = darwinTable(system([token, shell]));
    const caller = recogniseCaller({ pid: 400, uid: 501 }, 'agent-socket', table).describe();
    expect(caller).toMatchObject({ verified: true, program: 'zsh', workingDirectory: '/Users/u/work' });
    expect(caller.chain.map(({ name }) => name)).toEqual(['oidc-token', 'zsh']);
    expect(caller.commandLine).toEqual(['oidc-token', 'kit']);
    expect(JSON.stringify(caller)).not.toContain('canary');
  });

  it('a program is known again by its path, the file there and its script', () => {
    const node = { pid: 8, parent: 1, name: 'node', path: process.execPath };
    const of = (script: string) =>
      recogniseCaller(
        { pid: 8, uid: 501 },
        'agent-socket',
        darwinTable(system([{ ...node, words: [process.execPath, script] }])),
      ).identity;
    expect(of('/Users/u/job.js')).toMatch(/^[0-9a-f]{64}$/);
    expect(of('/Users/u/job.js')).toBe(of('/Users/u/job.js'));
    expect(of('/Users/u/other.js')).not.toBe(of('/Users/u/job.js'));
    expect(of('job.js')).toBeNull();
  });

  it('a process that is not there, or that the system describes otherwise than we know, is nobody', () => {
    expect(darwinTable(system([token]))(999)).toBeNull();
    const shorter = { ...system([token]), proc_pidinfo: () => 120 };
    expect(darwinTable(shorter)(400)).toBeNull();
    const other = system([{ ...token, pid: 401 }]);
    const wrong = {
      ...other,
      proc_pidinfo: (...args: Parameters<Darwin['proc_pidinfo']>) =>
        other.proc_pidinfo(401, ...(args.slice(1) as [number, number, Buffer, number])),
    };
    expect(darwinTable(wrong)(400)).toBeNull();
  });

  it('without a path or arguments there is no identity, and nothing breaks', () => {
    const table = darwinTable(system([{ pid: 7, parent: 1, name: 'odd', path: null }]));
    const caller = recogniseCaller({ pid: 7, uid: 501 }, 'agent-socket', table);
    expect(caller.identity).toBeNull();
    expect(caller.describe()).toMatchObject({ program: 'odd', executable: null, commandLine: [] });
  });

  it('a number that went to another process is noticed', () => {
    const entries: Entry[] = [{ ...token }];
    const facts = darwinTable(system(entries))(400);
    expect(facts?.lives()).toBe(true);
    entries[0] = { ...token, started: 1_700_000_002 };
    expect(facts?.lives()).toBe(false);
  });

  it('the kernel’s word on the other end, and none where it says something else', () => {
    const of = (peer: Parameters<typeof system>[1]) => darwinPeerCredentials(() => system([], peer))(5);
    expect(of({ pid: 400, uid: 501 })).toEqual({ pid: 400, uid: 501 });
    expect(of({ pid: 400, uid: 502 })).toEqual({ pid: 400, uid: 502 });
    expect(of({ uid: 501 })).toBeNull();
    expect(of({ pid: 0 })).toBeNull();
    expect(of({ pid: 400, version: 1 })).toBeNull();
    expect(of({ pid: 400, size: 12 })).toBeNull();
    expect(darwinPeerCredentials(() => null)(5)).toBeNull();
  });
});
