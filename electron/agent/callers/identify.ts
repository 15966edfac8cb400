import type { Socket } from 'node:net';
import type { CallerView } from '../../../shared/model/caller.ts';
import { describeCaller, unknownCaller } from './describe.ts';
import { linuxPeerCredentials, type ReadPeerCredentials } from './peer-credentials.ts';
import { procTable, type ReadProcess } from './process-table.ts';

export interface CallerDeps {
  readonly platform: NodeJS.Platform;
  readonly userId: number | null;
  readonly peer?: ReadPeerCredentials;
  readonly read?: ReadProcess;
}

/** Tells who is on the other end of a local socket; null for another user, who is not served. */
export function createCallerIdentifier(
  deps: CallerDeps,
): (socket: Socket, door: CallerView['door']) => CallerView | null {
  const peer = deps.peer ?? linuxPeerCredentials(deps.platform);
  const read = deps.read ?? procTable();
  return (socket, door) => {
    const credentials = peer(socket);
    if (credentials === null) return unknownCaller(door);
    // The system's administrator could read our memory: turning it away would protect nothing.
    if (deps.userId !== null && credentials.uid !== deps.userId && credentials.uid !== 0) return null;
    return describeCaller(credentials, door, read);
  };
}
