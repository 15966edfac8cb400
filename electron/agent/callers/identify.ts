import type { CallerView } from '../../../shared/model/caller.ts';
import { recogniseCaller, type RecognisedCaller, unrecognisedCaller } from './describe.ts';
import { peerCredentials, type ReadPeerCredentials } from './peer-credentials.ts';
import { type FamiliarProcesses, processTable, type ReadProcess } from './process-table.ts';

export interface CallerDeps {
  readonly platform: NodeJS.Platform;
  readonly userId: number | null;
  readonly peer?: ReadPeerCredentials;
  readonly read?: ReadProcess;
  /** Of whoever closes them. */
  readonly familiar?: FamiliarProcesses;
}

/** Looks at the program on the other end: some reading, which can wait until its process waits for us. */
export type LookAtCaller = () => RecognisedCaller;

/**
 * Tells who is on the other end of a local socket, by the descriptor of ours (null: unknown); null for another user, who is not served
 * (R-40).
 */
export type RecogniseSocket = (descriptor: number | null, door: CallerView['door']) => LookAtCaller | null;

export function createCallerRecogniser(deps: CallerDeps): RecogniseSocket {
  const peer = deps.peer ?? peerCredentials(deps.platform);
  const read = deps.read ?? processTable(deps.platform, deps.familiar);
  return (descriptor, door) => {
    const credentials = descriptor === null ? null : peer(descriptor);
    if (credentials === null) return () => unrecognisedCaller(door);
    return isServed(credentials.uid, deps.userId) ? () => recogniseCaller(credentials, door, read) : null;
  };
}

/** The system's administrator could read our memory: turning it away would protect nothing. */
export function isServed(uid: number, userId: number | null): boolean {
  return userId === null || uid === userId || uid === 0;
}
