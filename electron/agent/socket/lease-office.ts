import type { Clock } from '../../ports/index.ts';
import type { Repeatable } from '../desk/index.ts';
import type { AgentAnswer } from './answers.ts';
import { Epoch, type LeaseTerms, longestLeaseMs, machineMs } from './leases.ts';

/** The main thread's side of leases: what may be given again, and who is told of it. See `leases.ts`. */
export interface LeaseOffice {
  readonly epoch: SharedArrayBuffer;
  /** To be read before a request is decided on. */
  now(): number;
  /** Null when the answer stands for this once. */
  leaseFor(answer: AgentAnswer, epoch: number): LeaseTerms | null;
  /** The thread has given answers again: how often, by the ids of their leases. */
  used(uses: ReadonlyMap<number, number>): void;
  /** No lease counts any more, from before this returns. */
  forget(): void;
}

/** Uses are told up to a second late, and a lease may just have ended. */
const rememberedMs = longestLeaseMs + 10_000;

export function createLeaseOffice(clock: Clock): LeaseOffice {
  const epoch = new Epoch();
  const given = new Map<number, { readonly repeatable: Repeatable; readonly forgetAtMonotonicMs: number }>();
  let lastId = 0;

  const prune = (): void => {
    for (const [id, { forgetAtMonotonicMs }] of given) {
      if (forgetAtMonotonicMs > clock.monotonicMs()) break; // the oldest come first
      given.delete(id);
    }
  };

  return {
    epoch: epoch.buffer,
    now: () => epoch.now,
    leaseFor(answer, before) {
      const repeatable = answer.kind === 'access-token' ? (answer.repeatable ?? null) : null;
      if (repeatable === null || before !== epoch.now) return null;
      const lifeMs = Math.min(longestLeaseMs, repeatable.forMs);
      if (lifeMs <= 0) return null;
      prune();
      lastId += 1;
      given.set(lastId, { repeatable, forgetAtMonotonicMs: clock.monotonicMs() + rememberedMs });
      return {
        id: lastId,
        epoch: before,
        endsAtMachineMs: machineMs() + lifeMs,
        endsAtMs: clock.nowMs() + lifeMs,
      };
    },
    used(uses) {
      for (const [id, times] of uses) given.get(id)?.repeatable.repeated(times);
    },
    forget: () => epoch.next(),
  };
}
