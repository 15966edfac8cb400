import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createTcpPeerIdentifier } from '../../../../electron/agent/callers/identify-tcp.ts';
import { procTable } from '../../../../electron/agent/callers/process-table.ts';
import { createSocketHolders } from '../../../../electron/agent/callers/socket-holder.ts';
import { ownerOf, type SocketOwner } from '../../../../electron/agent/callers/tcp-table.ts';

const head =
  '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n';
const row = (number: number, local: string, remote: string, rest: string): string =>
  `${String(number).padStart(4)}: ${local} ${remote} ${rest}\n`;
const own = '01 00000000:00000000 00:00000000 00000000  1000        0 71523 1 0000000000000000 20 4 30 10 -1';

const tcp =
  head +
  row(0, '0100007F:A8B1', '00000000:0000', own.replace('01', '0A').replace('71523', '5')) +
  row(1, '0100007F:A8B1', '0100007F:D1F2', own.replace('71523', '6')) +
  row(2, '0100007F:D1F2', '0100007F:A8B1', own) +
  row(3, '0100007F:D1F3', '0100007F:A8B1', own.replace('  1000 ', '  1001 ').replace('71523', '8')) +
  row(
    4,
    '0100007F:D1F4',
    '0100007F:A8B1',
    '06 00000000:00000000 03:000011A5 00000000     0        0 0 3 000',
  );
const tcp6 =
  head +
  row(0, '00000000000000000000000001000000:D1F2', '00000000000000000000000001000000:A8B1', own) +
  row(
    1,
    '0000000000000000FFFF00000100007F:D1F5',
    '0000000000000000FFFF00000100007F:A8B1',
    own.replace('71523', '9'),
  );

const peer = { localPort: 0xa8b1, remotePort: 0xd1f2, remoteAddress: '127.0.0.1' };

describe('/proc/net/tcp', () => {
  it('the row of the client’s end, not of ours and not of the listener', () => {
    expect(ownerOf(tcp, peer)).toEqual({ uid: 1000, inode: 71523 });
    expect(ownerOf(tcp, { ...peer, remotePort: 0xd1f3 })).toEqual({ uid: 1001, inode: 8 });
    expect(ownerOf(tcp, { ...peer, remotePort: 0xd1f9 })).toBeNull();
    expect(ownerOf(tcp, { ...peer, localAddress: '127.0.0.2' })).toBeNull();
  });

  it('IPv6, and IPv4 by a socket of IPv6', () => {
    expect(ownerOf(tcp6, { ...peer, remoteAddress: '::1' })).toEqual({ uid: 1000, inode: 71523 });
    expect(ownerOf(tcp6, { ...peer, remotePort: 0xd1f5 })).toEqual({ uid: 1000, inode: 9 });
    const asMapped = { ...peer, remoteAddress: '::ffff:127.0.0.1' };
    expect(ownerOf(tcp, asMapped)).toEqual({ uid: 1000, inode: 71523 });
    expect(ownerOf(tcp6, { ...asMapped, remotePort: 0xd1f5 })).toEqual({ uid: 1000, inode: 9 });
  });

  it('an end that nobody holds any more has no owner: its user id says root and means nothing', () => {
    expect(ownerOf(tcp, { ...peer, remotePort: 0xd1f4 })).toEqual({ uid: 0, inode: null });
  });

  it('garbage is nobody', () => {
    expect(ownerOf('', peer)).toBeNull();
    expect(ownerOf(row(1, '0100007F:D1F2', '0100007F:A8B1', 'x y'), peer)).toBeNull();
    expect(ownerOf(tcp, { ...peer, remoteAddress: 'fe80::1' })).toBeNull();
  });
});

describe('who holds a socket', () => {
  let root: string;
  beforeEach(() => (root = mkdtempSync(join(tmpdir(), 'proc-'))));
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  const hold = (pid: number, ...targets: string[]): void => {
    mkdirSync(join(root, String(pid), 'fd'), { recursive: true });
    for (const [fd, target] of targets.entries()) symlinkSync(target, join(root, String(pid), 'fd', `${fd}`));
  };
  const uid = process.getuid?.() ?? 0;

  it('is found among the descriptors; others and gone ones are not', async () => {
    hold(5, '/dev/null', 'socket:[71523]');
    hold(9, 'socket:[715233]', 'pipe:[71523]');
    mkdirSync(join(root, 'net'));
    const find = createSocketHolders(uid, root);
    expect(await find(71523)).toBe(5);
    expect(await find(4)).toBeNull();
    rmSync(join(root, '5'), { recursive: true });
    expect(await find(71523)).toBeNull();
  });

  it('processes of others are not looked into', async () => {
    hold(5, 'socket:[71523]');
    expect(await createSocketHolders(uid + 1, root)(71523)).toBeNull();
  });

  it('does not keep the event loop: other work goes on during a long search', async () => {
    for (let pid = 1; pid <= 20; pid += 1) {
      hold(pid, ...Array.from({ length: 100 }, (_, fd) => `socket:[${pid * 1000 + fd}]`));
    }
    let turns = 0;
    const count = (): void => {
      turns += 1;
      if (turns < 10_000) turn = setImmediate(count);
    };
    let turn = setImmediate(count);
    expect(await createSocketHolders(uid, root)(1_099)).toBe(1);
    clearImmediate(turn);
    expect(turns).toBeGreaterThan(0);
  });
});

describe('who is at the other end of a loopback connection', () => {
  const identifier = (owner: SocketOwner | null, holders: (number | null)[], userId = 1000) =>
    createTcpPeerIdentifier({
      ...{ platform: 'linux' as const, userId, owner: () => Promise.resolve(owner) },
      holder: () => Promise.resolve(holders.shift() ?? null),
      read: procTable(),
    });
  const mine = { uid: 1000, inode: 7 };

  it('R-40 another user is nobody, root is served', async () => {
    expect(await identifier({ uid: 1001, inode: 7 }, [])(peer)).toBeNull();
    expect(await identifier({ uid: 0, inode: 7 }, [])(peer)).toMatchObject({ verified: false, uid: 0 });
  });

  it.runIf(process.platform === 'linux')(
    'the process that holds the socket, as long as it still does',
    async () => {
      const found = await identifier(mine, [process.pid, process.pid])(peer);
      expect(found).toMatchObject({ door: 'http', verified: true, pid: process.pid, uid: 1000 });
      for (const after of [process.ppid, null]) {
        expect(await identifier(mine, [process.pid, after])(peer)).toMatchObject({
          ...{ verified: false, pid: null, identity: null },
        });
      }
    },
  );

  it('what cannot be told is unverified: no row, no owner, no holder, a failure, another system', async () => {
    const unverified = { verified: false, identity: null, door: 'http' };
    expect(await identifier(null, [])(peer)).toMatchObject(unverified);
    expect(await identifier({ uid: 0, inode: null }, [])(peer)).toMatchObject({ ...unverified, uid: null });
    expect(await identifier(mine, [])(peer)).toMatchObject(unverified);
    const broken = createTcpPeerIdentifier({
      ...{ platform: 'linux' as const, userId: 1000, owner: () => Promise.reject(new Error('no')) },
    });
    expect(await broken(peer)).toMatchObject(unverified);
    const elsewhere = createTcpPeerIdentifier({ platform: 'darwin', userId: 501 });
    expect(await elsewhere(peer)).toMatchObject(unverified);
  });
});
