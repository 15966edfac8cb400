import type { AccessTokenContent } from '../../../shared/model/approval.ts';
import type { Accounts } from '../../accounts/index.ts';
import type { Approvals, Question } from '../../approvals/index.ts';
import type { Clock } from '../../ports/index.ts';
import type { AccessTokenGrant } from '../../tokens/index.ts';
import type { Repeatable } from './types.ts';

/** What the cache keeps back at most, for requests that name no validity of their own. */
const marginMs = 60_000;
/** And in any case. */
const leastMarginMs = 5_000;

/**
 * Whether what was given may be given again without a new decision, and for how long (decision 0005): a rule that needs nobody has to
 * stand for exactly this request, and to come to exactly what was given.
 */
export function repeatableOf(
  deps: {
    readonly approvals: Pick<Approvals, 'standing'>;
    readonly accounts: Pick<Accounts, 'markUsed'>;
    readonly clock: Clock;
  },
  served: {
    readonly question: Question;
    readonly given: AccessTokenContent;
    readonly accountId: string;
    readonly grant: AccessTokenGrant;
    /** Null: not named. */
    readonly minValidMs: number | null;
  },
): Repeatable | null {
  const { question, given, accountId, grant, minValidMs } = served;
  const standing = deps.approvals.standing(question);
  if (standing === null || standing.account?.id !== accountId) return null;
  if (standing.content.kind !== 'access-token' || !isSame(standing.content, given)) return null;
  const keptBackMs = Math.max(leastMarginMs, minValidMs ?? marginMs);
  const forMs = Math.min(standing.endsInMs, grant.expiresAtMs - deps.clock.nowMs() - keptBackMs);
  if (forMs <= 0) return null;
  return {
    forMs,
    repeated(times) {
      standing.repeated(times);
      deps.accounts.markUsed(accountId, deps.clock.nowMs());
    },
  };
}

function isSame(one: AccessTokenContent, other: AccessTokenContent): boolean {
  return JSON.stringify([one.scope, one.audience]) === JSON.stringify([other.scope, other.audience]);
}
