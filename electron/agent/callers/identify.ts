import type { Socket } from 'node:net';
import type { CallerView } from '../../../shared/model/caller.ts';
import { recogniseCaller, type RecognisedCaller, unknownCaller } from './describe.ts';
import { linuxPeerCredentials, type ReadPeerCredentials } from './peer-credentials.ts';
import { procTable, type ReadProcess } from './process-table.ts';

export interface CallerDeps {
  readonly platform: NodeJS.Platform;
  readonly userId: number | null;
  readonly peer?: ReadPeerCredentials;
  readonly read?: ReadProcess;
}

/** Tells who is on the other end of a local socket; null for another user, who is not served. */
export type RecogniseSocket = (socket: Socket, door: CallerView['door']) => RecognisedCaller | null;

export function createCallerRecogniser(deps: CallerDeps): RecogniseSocket {
  const peer = deps.peer ?? linuxPeerCredentials(deps.platform);
  const read = deps.read ?? procTable();
  return (socket, door) => {
    const credentials = peer(socket);
    if (credentials === null) return { identity: null, describe: () => unknownCaller(door) };
    return isServed(credentials.uid, deps.userId) ? recogniseCaller(credentials, door, read) : null;
  };
}

/** {@link createCallerRecogniser}, described at once. */
export function createCallerIdentifier(
  deps: CallerDeps,
): (socket: Socket, door: CallerView['door']) => CallerView | null {
  const recognise = createCallerRecogniser(deps);
  return (socket, door) => recognise(socket, door)?.describe() ?? null;
}

/** The system's administrator could read our memory: turning it away would protect nothing. */
export function isServed(uid: number, userId: number | null): boolean {
  return userId === null || uid === userId || uid === 0;
}
