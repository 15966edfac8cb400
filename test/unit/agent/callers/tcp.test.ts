import { mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { createTcpCallerRecogniser, ownerInProc } from '../../../../electron/agent/callers/identify-tcp.ts';
import { procTable } from '../../../../electron/agent/callers/process-table.ts';
import { createSocketHolders } from '../../../../electron/agent/callers/socket-holder.ts';
import {
  type FindTcpOwner,
  ownerIn,
  showsListener,
  type TcpEnds,
} from '../../../../electron/agent/callers/tcp-table.ts';
import { temporaryDirectory } from '../../../support/temporary-directory.ts';

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

const ends: TcpEnds = {
  ...{ localAddress: '127.0.0.1', localPort: 0xa8b1 },
  ...{ remoteAddress: '127.0.0.1', remotePort: 0xd1f2 },
};
const ends6: TcpEnds = { ...ends, localAddress: '::1', remoteAddress: '::1' };
const mappedEnds: TcpEnds = {
  ...ends,
  localAddress: '::ffff:127.0.0.1',
  remoteAddress: '::ffff:127.0.0.1',
};

describe('/proc/net/tcp', () => {
  it('the row of the client’s end, not of ours and not of the listener', () => {
    expect(ownerIn(tcp, ends)).toEqual({ uid: 1000, inode: 71523 });
    expect(ownerIn(tcp, { ...ends, remotePort: 0xd1f3 })).toEqual({ uid: 1001, inode: 8 });
    expect(ownerIn(tcp, { ...ends, remotePort: 0xd1f9 })).toBeNull();
    expect(ownerIn(tcp, { ...ends, localAddress: '127.0.0.2' })).toBeNull();
  });

  it('IPv6, and IPv4 by a socket of IPv6', () => {
    expect(ownerIn(tcp6, ends6)).toEqual({ uid: 1000, inode: 71523 });
    expect(ownerIn(tcp6, { ...ends, remotePort: 0xd1f5 })).toEqual({ uid: 1000, inode: 9 });
    expect(ownerIn(tcp, mappedEnds)).toEqual({ uid: 1000, inode: 71523 });
    expect(ownerIn(tcp6, { ...mappedEnds, remotePort: 0xd1f5 })).toEqual({ uid: 1000, inode: 9 });
  });

  it('an end that nobody holds any more has no owner: its user id says root and means nothing', () => {
    expect(ownerIn(tcp, { ...ends, remotePort: 0xd1f4 })).toBe('gone');
  });

  it('garbage is nobody', () => {
    expect(ownerIn('', ends)).toBeNull();
    expect(ownerIn(row(1, '0100007F:D1F2', '0100007F:A8B1', 'x y'), ends)).toBeNull();
    expect(ownerIn(tcp, { ...ends, remoteAddress: 'fe80::1' })).toBeNull();
  });

  it('is the real table when our listener is in it, and not for the connections of that', () => {
    expect(showsListener(tcp, ends)).toBe(true);
    expect(showsListener(tcp, { ...ends, localPort: 0xd1f2 })).toBe(false);
    expect(showsListener(tcp6, ends6)).toBe(false);
    const listener = row(9, '00000000000000000000000001000000:A8B1', `${'0'.repeat(32)}:0000`, '0A 1');
    expect(showsListener(tcp6 + listener, ends6)).toBe(true);
    expect(showsListener(tcp6 + listener, ends)).toBe(false);
    expect(showsListener('', ends)).toBe(false);
  });
});

describe('who owns the other end, from the files', () => {
  /** One pair of tables for each reading; the last stays. */
  const find = (...readings: readonly { readonly tcp: string; readonly tcp6: string }[]): FindTcpOwner => {
    const left = { tcp: readings.map((each) => each.tcp), tcp6: readings.map((each) => each.tcp6) };
    return ownerInProc((name) => {
      const tables = left[name === 'tcp' ? 'tcp' : 'tcp6'];
      return (tables.length > 1 ? tables.shift() : tables[0]) ?? '';
    });
  };
  const unknown = { ...ends, remotePort: 0xd1f9 };

  it('in whichever of the two tables it is', () => {
    expect(find({ tcp, tcp6 })(ends)).toEqual({ uid: 1000, inode: 71523 });
    expect(find({ tcp, tcp6 })({ ...ends, remotePort: 0xd1f5 })).toEqual({ uid: 1000, inode: 9 });
    expect(find({ tcp, tcp6 })(ends6)).toEqual({ uid: 1000, inode: 71523 });
  });

  it('without a row: gone where the table shows our listener; without that nothing is told', () => {
    expect(find({ tcp, tcp6 })(unknown)).toBe('gone');
    expect(find({ tcp: '', tcp6: '' })(unknown)).toBeNull();
    expect(find({ tcp: tcp.replace(' 0A ', ' 01 '), tcp6 })(unknown)).toBeNull();
  });

  it('a row that one reading misses is found by the next', () => {
    const [missing, whole] = [
      { tcp: tcp.split('\n').slice(0, 2).join('\n'), tcp6 },
      { tcp, tcp6 },
    ];
    expect(find(missing, missing, whole)(ends)).toEqual({ uid: 1000, inode: 71523 });
  });
});

describe('who holds a socket', () => {
  let root: string;
  beforeEach(() => (root = temporaryDirectory('proc-')));

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
  const recogniser = (found: ReturnType<FindTcpOwner>, holders: (number | null)[] = [], userId = 1000) =>
    createTcpCallerRecogniser({
      ...{ platform: 'linux' as const, userId, owner: () => found },
      holder: () => Promise.resolve(holders.shift() ?? null),
      read: procTable(),
    });
  const mine = { uid: 1000, inode: 7 };
  const described = (...args: Parameters<typeof recogniser>) => {
    const caller = recogniser(...args)(ends);
    if (typeof caller === 'string') throw new Error(caller);
    return caller.describe();
  };

  it('R-40 another user is turned away, root is served', async () => {
    expect(recogniser({ uid: 1001, inode: 7 })(ends)).toBe('foreign-user');
    expect(recogniser(mine, [], 0)(ends)).toBe('foreign-user');
    expect(await described({ uid: 0, inode: 7 })).toMatchObject({ verified: false, uid: 0 });
  });

  it('R-40 an end that nobody holds is not served: its user cannot be told any more', () => {
    expect(recogniser('gone')(ends)).toBe('gone');
  });

  it.runIf(process.platform === 'linux')(
    'the process that holds the socket, as long as it still does',
    async () => {
      const found = await described(mine, [process.pid, process.pid]);
      expect(found).toMatchObject({ door: 'http', verified: true, pid: process.pid, uid: 1000 });
      for (const after of [process.ppid, null]) {
        expect(await described(mine, [process.pid, after])).toMatchObject({
          ...{ verified: false, pid: null, identity: null },
        });
      }
    },
  );

  it('what cannot be told is unverified: no table, no holder, a failure, another system', async () => {
    const unverified = { verified: false, identity: null, door: 'http' };
    expect(await described(null)).toMatchObject({ ...unverified, uid: null });
    expect(await described(mine)).toMatchObject(unverified);
    const broken = createTcpCallerRecogniser({
      ...{ platform: 'linux' as const, userId: 1000, owner: () => mine },
      holder: () => Promise.reject(new Error('no')),
    })(ends);
    const elsewhere = createTcpCallerRecogniser({ platform: 'darwin', userId: 501 })(ends);
    for (const caller of [broken, elsewhere]) {
      if (typeof caller === 'string') throw new Error(caller);
      expect(await caller.describe()).toMatchObject(unverified);
    }
  });

  it('the process is looked for only when somebody wants to know', async () => {
    let looked = 0;
    const caller = createTcpCallerRecogniser({
      ...{ platform: 'linux' as const, userId: 1000, owner: () => mine },
      holder: () => {
        looked += 1;
        return Promise.resolve(null);
      },
    })(ends);
    if (typeof caller === 'string') throw new Error(caller);
    expect(looked).toBe(0);
    await caller.describe();
    expect(looked).toBe(1);
  });
});
