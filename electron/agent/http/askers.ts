import type { CallerView } from '../../../shared/model/caller.ts';
import { unknownCaller } from '../callers/describe.ts';
import type { Asker } from '../desk/index.ts';
import type { Peer } from './peers.ts';
import type { ClientKeys, ClientRecord } from './types.ts';

/** Who sent a request: the holder of a key, or, where the user allows it, the program on the other end of a socket. */
export interface Asking {
  /** Keeps limits, waiting and remembered requests of different askers apart. */
  readonly id: string;
  /** Null: asks without a key. */
  readonly client: ClientRecord | null;
  readonly door: CallerView['door'];
  readonly peer: Peer;
  /** Whether the same asker is known again on another connection. */
  readonly recognisable: boolean;
}

export function keyed(client: ClientRecord, door: CallerView['door'], peer: Peer): Asking {
  return { id: `key ${client.id}`, client, door, peer, recognisable: true };
}

/** Programs that cannot be recognised count as one for limits: a new process would buy a flood more room. */
export function keyless(door: CallerView['door'], peer: Peer): Asking {
  const { identity } = peer;
  return {
    id: identity === null ? 'unrecognised' : `program ${identity}`,
    client: null,
    door,
    peer,
    recognisable: identity !== null,
  };
}

/**
 * Whether this asker is still let in: its key as it is now, or null when the key was revoked or has expired. Who needs no key is let in
 * for as long as its connection is.
 */
export function stillIn(asking: Asking, keys: Pick<ClientKeys, 'get'>): Asking | null {
  if (asking.client === null) return asking;
  const client = keys.get(asking.client.id);
  return client === null ? null : { ...asking, client };
}

/**
 * How the desk sees it. A key shows that somebody holds it, not who: the name that the user gave it is the program's only where
 * the system does not name one, and then counts as unverified.
 * @param application what the program calls itself in the request
 * @param look false where nobody will want to know which process it is
 */
export async function askerOf(
  asking: Asking,
  { waitMs, look, application }: { waitMs: number; look: boolean; application: string },
): Promise<Asker> {
  const { client, door, peer } = asking;
  const seen = look ? await peer.describe() : unknownCaller(door);
  if (client === null) {
    const caller = { ...seen, claims: { application: application === '' ? null : application } };
    return { caller, accountIds: null, keyed: false, waitMs };
  }
  const caller: CallerView = {
    ...seen,
    program: seen.program === '' ? client.name : seen.program,
    claims: { application: application === '' ? null : application },
    keyName: client.name,
    identity: asking.id,
  };
  return { caller, accountIds: client.accountIds, keyed: true, waitMs };
}
