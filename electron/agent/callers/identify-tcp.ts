import { readFile } from 'node:fs/promises';
import { isIPv4 } from 'node:net';
import { join } from 'node:path';
import type { CallerView } from '../../../shared/model/caller.ts';
import { recogniseCaller, unknownCaller } from './describe.ts';
import { isServed } from './identify.ts';
import { procTable, type ReadProcess } from './process-table.ts';
import { createSocketHolders, type FindSocketHolder } from './socket-holder.ts';
import { ownerOf, type SocketOwner, type TcpPeer } from './tcp-table.ts';

export interface TcpCallerDeps {
  readonly platform: NodeJS.Platform;
  readonly userId: number | null;
  /** The row of the peer's end, read anew each time. */
  readonly owner?: (peer: TcpPeer) => Promise<SocketOwner | null>;
  readonly holder?: FindSocketHolder;
  readonly read?: ReadProcess;
}

/**
 * Tells who is on the other end of a loopback connection; null for another user, who is not served. Never rejects: who cannot be
 * found is unverified. Some milliseconds of work in small slices, so ask once for each connection and only when the answer matters.
 */
export type IdentifyTcpPeer = (peer: TcpPeer) => Promise<CallerView | null>;

/** Linux only: elsewhere every peer is unverified. */
export function createTcpPeerIdentifier(deps: TcpCallerDeps): IdentifyTcpPeer {
  const { userId } = deps;
  if (deps.platform !== 'linux' || userId === null) return () => Promise.resolve(unknownCaller('http'));
  const owner = deps.owner ?? ownerInProc;
  const holder = deps.holder ?? createSocketHolders(userId);
  const read = deps.read ?? procTable();

  const identify = async (peer: TcpPeer): Promise<CallerView | null> => {
    const found = await owner(peer);
    if (found === null || found.inode === null) return unknownCaller('http');
    const { uid, inode } = found;
    if (!isServed(uid, userId)) return null;
    const pid = uid === userId ? await holder(inode) : null;
    if (pid === null) return unknownCaller('http', { uid });
    const caller = recogniseCaller({ pid, uid }, 'http', read).describe();
    // The number may have gone to another process while it was looked at: only the one that holds the socket asks.
    return (await holder(inode)) === pid ? caller : unknownCaller('http', { uid });
  };
  return (peer) => identify(peer).catch(() => unknownCaller('http'));
}

async function ownerInProc(peer: TcpPeer): Promise<SocketOwner | null> {
  for (const name of isIPv4(peer.remoteAddress) ? ['tcp', 'tcp6'] : ['tcp6', 'tcp']) {
    const table = await readFile(join('/proc/self/net', name), 'utf8').catch(() => '');
    const owner = ownerOf(table, peer);
    if (owner !== null) return owner;
  }
  return null;
}
