import type { DomainError } from '../../shared/errors.ts';
import type { CallerView } from '../../shared/model/caller.ts';
import type { Blocks } from './blocks.ts';
import type { Given, Grants, GrantSubject } from './grants.ts';
import { type Approved, type Question, type Way, waysOf } from './question.ts';
import type { Records } from './records.ts';
import { refusals } from './refusals.ts';

/** What stands between programs and any answer, whatever the user would say. */
export interface Gate {
  /** Everything is refused at once. */
  readonly closed: 'locked' | 'paused' | null;
  /**
   * Questions wait until this was unlocked. What needs nobody's answer is refused while the app is locked; what the store says to it comes
   * out by itself.
   */
  readonly unlockFirst: 'app' | 'store' | null;
}

/** A yes that stands for further requests like this one, unless something changes. */
export interface Standing extends Approved {
  /** Infinity for a rule without an end. */
  readonly endsInMs: number;
  /** The same was given so many times more: counted and recorded like any other time. */
  repeated(times: number): void;
}

/** All that answers a request without anybody being asked: the gate, the policies, blocks, keys and remembered answers. */
export interface Rules {
  /** Records what it answers; null when somebody has to be asked. */
  answer(question: Question): Approved | DomainError | null;
  /** See Approvals.standing. */
  standing(question: Question): Standing | null;
}

export interface RulesDeps {
  readonly gate: () => Gate;
  readonly grants: Grants;
  readonly blocks: Blocks;
  readonly records: Records;
}

interface Ruling extends Approved {
  readonly by: 'policy' | 'key' | 'grant';
  readonly grantId?: string;
}

type FindGrant = (subject: GrantSubject) => (Given & { readonly grantId: string }) | null;

export function createRules({ gate, grants, blocks, records }: RulesDeps): Rules {
  return {
    answer(question) {
      const { closed, unlockFirst } = gate();
      if (closed !== null) return records.refused(question, 'lock', refusals[closed]());
      if (question.policy === 'deny') return records.refused(question, 'policy', refusals.denied());
      if (blocks.has(question.caller)) return records.refused(question, 'block', refusals.blocked());
      const ruling = ruleFor(question, (subject) => grants.use(subject));
      if (ruling === null) return null;
      // Whoever needs no answer cannot be waiting for one: a script must not hang until somebody comes back to the machine.
      if (unlockFirst === 'app') return records.refused(question, 'lock', refusals.locked());
      const { account, content, by, grantId } = ruling;
      records.add({ ...question, account, content }, 'allowed', by, { grantId });
      return { account, content };
    },

    standing(question) {
      const { closed, unlockFirst } = gate();
      if (closed !== null || unlockFirst !== null) return null;
      if (question.policy === 'deny' || blocks.has(question.caller)) return null;
      let endsInMs = Infinity;
      const ruling = ruleFor(question, (subject) => {
        const found = grants.find(subject);
        endsInMs = found?.endsInMs ?? endsInMs;
        return found;
      });
      if (ruling === null) return null;
      const { account, content, by, grantId } = ruling;
      return {
        ...{ account, content, endsInMs },
        repeated(times) {
          if (grantId !== undefined) grants.count(grantId, times);
          records.add({ ...question, account, content }, 'allowed', by, { grantId }, times);
        },
      };
    },
  };
}

/**
 * By what rule nobody needs to be asked; null when somebody does. Rules of the accounts that are not meant do not choose them; an
 * answer that was remembered for this program does.
 */
function ruleFor(question: Question, find: FindGrant): Ruling | null {
  const { caller, account, policy, keyed, content } = question;
  if (content.kind !== 'access-token' || account === null) return null;
  if (policy === 'allow') return { account, content, by: 'policy' };
  if (policy === 'ask-once' && keyed === true) return { account, content, by: 'key' };
  for (const way of waysOf(question)) {
    const ruling = byGrant(caller, way, find);
    if (ruling !== null) return ruling;
  }
  return null;
}

function byGrant(caller: CallerView, { account, policy, content }: Way, find: FindGrant): Ruling | null {
  if (content.kind !== 'access-token' || account === null || policy !== 'ask-once') return null;
  const given = find({
    caller,
    accountId: account.id,
    scope: content.scope,
    audience: content.audience,
  });
  if (given === null) return null;
  const { scope, audience, grantId } = given;
  return { account, content: { ...content, scope, audience }, by: 'grant', grantId };
}
