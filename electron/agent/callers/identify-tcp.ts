import { readFileSync } from 'node:fs';
import { isIPv4 } from 'node:net';
import type { CallerView } from '../../../shared/model/caller.ts';
import { recogniseCaller, unknownCaller } from './describe.ts';
import { isServed } from './identify.ts';
import { procTable, type ReadProcess } from './process-table.ts';
import { linuxSocketDiag } from './socket-diag.ts';
import { createSocketHolders, type FindSocketHolder } from './socket-holder.ts';
import { type FindTcpOwner, ownerIn, showsListener, type SocketOwner, type TcpEnds } from './tcp-table.ts';

export interface TcpCallerDeps {
  readonly platform: NodeJS.Platform;
  readonly userId: number | null;
  readonly owner?: FindTcpOwner;
  readonly holder?: FindSocketHolder;
  readonly read?: ReadProcess;
}

/** The other end of a loopback connection, which may be served. */
export interface TcpCaller {
  /**
   * Which process it is. Some milliseconds of work in small slices, so ask once for each connection and only when the answer matters.
   * Never rejects: who cannot be found is unverified.
   */
  describe(): Promise<CallerView>;
}

/** To be asked for every connection before anything is read from it. Never throws. */
export type RecogniseTcpCaller = (ends: TcpEnds) => TcpCaller | 'foreign-user' | 'gone';

/** Linux only: elsewhere every caller is unverified. */
export function createTcpCallerRecogniser(deps: TcpCallerDeps): RecogniseTcpCaller {
  const { userId } = deps;
  if (deps.platform !== 'linux' || userId === null) return () => unverified;
  const owner = deps.owner ?? firstToTell([linuxSocketDiag(), ownerInProc()]);
  const holder = deps.holder ?? createSocketHolders(userId);
  const read = deps.read ?? procTable();

  const identify = async ({ uid, inode }: SocketOwner): Promise<CallerView> => {
    const pid = uid === userId ? await holder(inode) : null;
    if (pid === null) return unknownCaller('http', { uid });
    const caller = recogniseCaller({ pid, uid }, 'http', read).describe();
    // The number may have gone to another process while it was looked at: only the one that holds the socket asks.
    return (await holder(inode)) === pid ? caller : unknownCaller('http', { uid });
  };
  return (ends) => {
    const found = owner(ends);
    if (found === null) return unverified;
    if (found === 'gone') return 'gone';
    if (!isServed(found.uid, userId)) return 'foreign-user';
    return { describe: () => identify(found).catch(() => unknownCaller('http', { uid: found.uid })) };
  };
}

const unverified: TcpCaller = { describe: () => Promise.resolve(unknownCaller('http')) };

function firstToTell(ways: readonly FindTcpOwner[]): FindTcpOwner {
  return (ends) => {
    for (const way of ways) {
      const found = way(ends);
      if (found !== null) return found;
    }
    return null;
  };
}

/** A row that is there the whole time may still slip through between two pages of the table. */
const readings = 3;

/** Where the kernel cannot be asked for one socket: costs milliseconds, in which nothing else is done, for each connection. */
export function ownerInProc(tableOf: (name: string) => string = tableInProc): FindTcpOwner {
  return (ends) => {
    const names = isIPv4(ends.remoteAddress) ? ['tcp', 'tcp6'] : ['tcp6', 'tcp'];
    let real = false;
    for (let reading = 1; reading <= readings; reading += 1) {
      for (const name of names) {
        const table = tableOf(name);
        const found = ownerIn(table, ends);
        if (found !== null) return found;
        real ||= showsListener(table, ends);
      }
      // Hidden from us or made up: a further look shows no more.
      if (!real) return null;
    }
    return 'gone';
  };
}

function tableInProc(name: string): string {
  try {
    return readFileSync(`/proc/self/net/${name}`, 'latin1');
  } catch {
    return '';
  }
}
