import { createHash, randomUUID } from 'node:crypto';
import { DomainError, toEnvelope } from '../../shared/errors.ts';
import type { ActivityRecord } from '../../shared/model/activity.ts';
import type {
  AccountPolicy,
  ApprovalAccount,
  ApprovalContent,
  ApprovalDecision,
  ApprovalView,
  GrantDuration,
} from '../../shared/model/approval.ts';
import type { CallerView } from '../../shared/model/caller.ts';
import { type Activity, activityOf } from '../activity/index.ts';
import { type Clock, Emitter, type Logger } from '../ports/index.ts';
import type { Blocks } from './blocks.ts';
import { createDenials } from './denials.ts';
import type { Given, Grants, GrantSubject } from './grants.ts';
import { narrowedTo } from './narrower.ts';
import { refusals } from './refusals.ts';

/** Nothing is approved before it could be read: the window arms its button, and here it is checked. */
const earliestApprovalMs = 900;
const mostPerProgram = 5;
const mostInAll = 20;
const offerBlockAfter = 3;

/** One account that can answer, by which rule, and what it would give. */
export interface Way {
  /** Null when it is about an account that is not there yet. */
  readonly account: ApprovalAccount | null;
  readonly policy: AccountPolicy;
  readonly content: ApprovalContent;
}

export type OtherWay = Way & { readonly account: ApprovalAccount };

/** The account that is meant unless its user chooses another one, and all else that is to be known. */
export interface Question extends Way {
  readonly caller: CallerView;
  /** What fits the request as well. Without a question they answer by a remembered answer alone. */
  readonly others?: readonly OtherWay[];
  /** The user gave this program a client key, which is the remembered “yes” where accounts ask once. */
  readonly keyed?: boolean;
  /** Told apart by this where the content looks the same: one answer must not stand for two different things. */
  readonly particular?: string;
  /** The id its record of activity shall have, for whoever wants to add to it what became of the answer. */
  readonly recordId?: string;
  /** After this time without an answer the answer is no. */
  readonly waitMs: number;
}

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

/** What may be issued at most, and of which account. */
export type Approved = Pick<Way, 'account' | 'content'>;

/** Asks the user on behalf of local programs, one question at a time. */
export interface Approvals {
  /**
   * Resolves when the request may be fulfilled. Rejects with `agent/denied`, `agent/approval-timeout`,
   * `agent/withdrawn`, `agent/too-many-requests` (retryable, `retryAfterMs`), `agent/blocked`, `app/locked`, `app/paused` and
   * `app/shutting-down` (retryable).
   */
  ask(question: Question, signal?: AbortSignal): Promise<Approved>;
  /**
   * Throws `agent/request-gone` when the decision is about something that is not on the screen any more, `app/locked` for a yes while
   * something has to be unlocked first, `agent/not-narrower`.
   */
  decide(decision: ApprovalDecision): void;
  /** The rule by which this would be answered with a yes now, without anybody being asked; null when there is none. Records nothing. */
  standing(question: Question): Standing | null;
  current(): ApprovalView | null;
  /** The question with this id came onto the screen. Nothing can be approved before, and for a moment after. */
  shown(id: string): void;
  /** All that wait, the one on the screen included. */
  count(): number;
  onChange(listener: () => void): () => void;
  /** To be called whenever the gate moved: refuses what waits at a closed one, asks what waited for unlocking. */
  gateMoved(): void;
  /** The account was removed: nothing waits for it any more, and nothing is remembered. */
  forgetAccount(accountId: string): void;
  stop(): void;
}

export interface ApprovalsDeps {
  readonly gate: () => Gate;
  readonly grants: Grants;
  readonly blocks: Blocks;
  readonly activity: Activity;
  readonly clock: Clock;
  readonly log: Logger;
}

/** A yes that stands for further requests like this one, unless something changes. */
export interface Standing extends Approved {
  /** Infinity for a rule without an end. */
  readonly endsInMs: number;
  /** The same was given so many times more: counted and recorded like any other time. */
  repeated(times: number): void;
}

interface Ruling extends Approved {
  readonly by: 'policy' | 'key' | 'grant';
  readonly grantId?: string;
}

type FindGrant = (subject: GrantSubject) => (Given & { readonly grantId: string }) | null;

interface Waiter {
  readonly resolve: (approved: Approved) => void;
  readonly reject: (error: DomainError) => void;
}

interface Pending {
  readonly id: string;
  /** One for each account: requests that share one are refused together, whoever asks. */
  readonly keys: readonly string[];
  /** Equal for requests that one answer may stand for. */
  readonly shared: string;
  readonly contentHash: string;
  readonly question: Question;
  readonly startedMonotonicMs: number;
  readonly deadlineAtMs: number;
  readonly waiters: Set<Waiter>;
  readonly cancelDeadline: () => void;
  /** Since when it is on the screen and can be answered; null before. */
  shownMonotonicMs: number | null;
}

export function createApprovals({ gate, grants, blocks, activity, clock, log }: ApprovalsDeps): Approvals {
  const changed = new Emitter<undefined>();
  const denials = createDenials(clock);
  let queue: readonly Pending[] = [];
  let stopped = false;

  const changedNow = (): void => changed.emit(undefined);

  const record = (
    { recordId: id, ...question }: Question,
    outcome: ActivityRecord['outcome'],
    by: ActivityRecord['by'],
    facts: { readonly durationMs?: number; readonly grantId?: string | undefined } = {},
    times = 1,
  ): void => {
    activity.add({ durationMs: 0, ...activityOf(question), ...facts, id, outcome, by }, times);
  };

  const finish = (
    pending: Pending,
    outcome: ActivityRecord['outcome'],
    by: ActivityRecord['by'],
    settle: (waiter: Waiter) => void,
    given: Partial<Approved> = {},
  ): void => {
    pending.cancelDeadline();
    queue = queue.filter((other) => other !== pending);
    const durationMs = clock.monotonicMs() - pending.startedMonotonicMs;
    record({ ...pending.question, ...given }, outcome, by, { durationMs });
    for (const waiter of pending.waiters) settle(waiter);
    pending.waiters.clear();
  };

  const deny = (pending: Pending, by: ActivityRecord['by']): void => {
    denials.add(pending.keys, programOf(pending.question.caller));
    finish(pending, 'denied', by, ({ reject }) => reject(refusals.denied()));
  };

  const byGrant = (caller: CallerView, { account, policy, content }: Way, find: FindGrant): Ruling | null => {
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
  };

  /**
   * By what rule nobody needs to be asked; null when somebody does. Rules of the accounts that are not meant do not choose them; an
   * answer that was remembered for this program does.
   */
  const ruleFor = (question: Question, find: FindGrant = (subject) => grants.use(subject)): Ruling | null => {
    const { caller, account, policy, keyed, content } = question;
    if (content.kind !== 'access-token' || account === null) return null;
    if (policy === 'allow') return { account, content, by: 'policy' };
    if (policy === 'ask-once' && keyed === true) return { account, content, by: 'key' };
    for (const way of waysOf(question)) {
      const ruling = byGrant(caller, way, find);
      if (ruling !== null) return ruling;
    }
    return null;
  };

  const refuse = (question: Question, by: ActivityRecord['by'], error: DomainError): DomainError => {
    record(question, 'refused', by);
    return error;
  };

  /** What needs nobody: null when somebody has to be asked. */
  const answerAtOnce = (question: Question): Approved | DomainError | null => {
    const { closed, unlockFirst } = gate();
    if (closed !== null) return refuse(question, 'lock', refusals[closed]());
    if (question.policy === 'deny') return refuse(question, 'policy', refusals.denied());
    if (blocks.has(question.caller)) return refuse(question, 'block', refusals.blocked());
    const ruling = ruleFor(question);
    if (ruling === null) return null;
    // Whoever needs no answer cannot be waiting for one: a script must not hang until somebody comes back to the machine.
    if (unlockFirst === 'app') return refuse(question, 'lock', refusals.locked());
    const { account, content, by, grantId } = ruling;
    record({ ...question, account, content }, 'allowed', by, { grantId });
    return { account, content };
  };

  return {
    ask(question, signal) {
      if (stopped) return Promise.reject(refusals.shuttingDown());
      if (signal?.aborted === true) return Promise.reject(refusals.withdrawn());
      const answer = answerAtOnce(question);
      if (answer instanceof DomainError) return Promise.reject(answer);
      if (answer !== null) return Promise.resolve(answer);
      const keys = waysOf(question).map(({ account, content }) =>
        hash([programOf(question.caller), account?.id, content]),
      );
      const waitMs = Math.min(...keys.map((key) => denials.waitMs(key)));
      if (waitMs > 0) return Promise.reject(refuse(question, 'flood', refusals.tooMany(waitMs)));

      const shared = `${keys.join(' ')} ${question.particular ?? ''} ${question.caller.identity === null ? (question.caller.pid ?? randomUUID()) : ''}`;
      let pending = queue.find((other) => other.shared === shared);
      if (pending === undefined) {
        const program = programOf(question.caller);
        const own = queue.filter((other) => programOf(other.question.caller) === program).length;
        if (own >= mostPerProgram || queue.length >= mostInAll) {
          return Promise.reject(refuse(question, 'flood', refusals.tooMany(question.waitMs)));
        }
        pending = enqueue(question, keys, shared);
      }
      const joined = pending;
      return new Promise((resolve, reject) => {
        const waiter: Waiter = {
          resolve: (approved) => {
            forget();
            resolve(approved);
          },
          reject: (error) => {
            forget();
            reject(error);
          },
        };
        const onAbort = (): void => {
          joined.waiters.delete(waiter);
          waiter.reject(refusals.withdrawn());
          if (joined.waiters.size === 0 && queue.includes(joined)) {
            finish(joined, 'withdrawn', 'program', () => undefined);
          }
          changedNow();
        };
        const forget = (): void => signal?.removeEventListener('abort', onAbort);
        joined.waiters.add(waiter);
        signal?.addEventListener('abort', onAbort, { once: true });
        changedNow();
      });
    },

    standing(question) {
      const { closed, unlockFirst } = gate();
      if (stopped || closed !== null || unlockFirst !== null) return null;
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
          record({ ...question, account, content }, 'allowed', by, { grantId }, times);
        },
      };
    },

    decide({ id, contentHash, decision, accountId, grant, narrowed }) {
      const [pending] = queue;
      const fits = pending?.id === id && pending.contentHash === contentHash;
      if (pending === undefined || !fits) throw refusals.gone();
      const { question } = pending;
      if (decision === 'block') {
        for (const other of queue.filter(
          (each) => programOf(each.question.caller) === programOf(question.caller),
        ))
          deny(other, 'user');
        blocks.add(question.caller);
      } else if (decision === 'deny-all') {
        for (const other of queue) deny(other, 'user');
      } else if (decision === 'deny') deny(pending, 'user');
      else {
        if (gate().unlockFirst !== null) throw refusals.locked();
        const shownForMs = clock.monotonicMs() - (pending.shownMonotonicMs ?? Infinity);
        if (shownForMs < earliestApprovalMs) throw refusals.gone();
        const way = waysOf(question).find(
          ({ account }) => accountId === undefined || account?.id === accountId,
        );
        if (way === undefined) throw refusals.gone();
        const content = narrowed === undefined ? way.content : narrowedTo(narrowed, way.content);
        remember({ ...question, ...way }, content, grant);
        log.info('approvals.allowed', { kind: content.kind, grant, verified: question.caller.verified });
        const approved = { account: way.account, content };
        finish(pending, 'allowed', 'user', ({ resolve }) => resolve(approved), approved);
      }
      changedNow();
    },

    current() {
      const [pending] = queue;
      if (pending === undefined) return null;
      const { question } = pending;
      const { caller, account, content } = question;
      return {
        id: pending.id,
        contentHash: pending.contentHash,
        caller,
        account,
        content,
        others: (question.others ?? []).map((way) => ({
          account: way.account,
          content: way.content,
          grantable: isGrantable({ ...question, ...way }),
        })),
        deadlineAtMs: pending.deadlineAtMs,
        unlockFirst: gate().unlockFirst,
        waiting: queue.length - 1,
        asked: pending.waiters.size,
        grantable: isGrantable(question),
        offerBlock: caller.identity !== null && denials.countFor(programOf(caller)) >= offerBlockAfter,
      };
    },

    shown(id) {
      const [pending] = queue;
      if (pending?.id === id && gate().unlockFirst === null) pending.shownMonotonicMs ??= clock.monotonicMs();
    },

    forgetAccount(accountId) {
      try {
        grants.forgetAccount(accountId);
      } catch (error) {
        // Ids are never used again: what is left in the file permits nothing.
        log.warn('approvals.grants-not-removed', { code: toEnvelope(error).code });
      }
      const gone = queue.filter(({ question }) =>
        waysOf(question).some(({ account }) => account?.id === accountId),
      );
      for (const pending of gone)
        finish(pending, 'refused', 'policy', ({ reject }) => reject(refusals.accountGone()));
      if (gone.length > 0) changedNow();
    },

    gateMoved() {
      const { closed } = gate();
      if (closed !== null) {
        for (const pending of queue)
          finish(pending, 'refused', 'lock', ({ reject }) => reject(refusals[closed]()));
      }
      changedNow();
    },

    count: () => queue.length,
    onChange: (listener) => changed.on(listener),

    stop() {
      stopped = true;
      for (const pending of queue)
        finish(pending, 'withdrawn', 'program', ({ reject }) => reject(refusals.shuttingDown()));
      changedNow();
    },
  };

  function remember(question: Question, given: ApprovalContent, grant: GrantDuration): void {
    const { caller, account, content } = question;
    if (content.kind !== 'access-token' || given.kind !== 'access-token') return;
    if (account === null || !isGrantable(question)) return;
    const subject = { caller, accountId: account.id, scope: content.scope, audience: content.audience };
    grants.add(subject, given, grant);
  }

  function enqueue(question: Question, keys: readonly string[], shared: string): Pending {
    const pending: Pending = {
      id: randomUUID(),
      keys,
      shared,
      contentHash: hash([
        question.caller,
        waysOf(question).map(({ account, content }) => [account, content]),
      ]),
      question,
      startedMonotonicMs: clock.monotonicMs(),
      deadlineAtMs: clock.nowMs() + question.waitMs,
      waiters: new Set(),
      cancelDeadline: clock.after(question.waitMs, () => {
        const locked = gate().unlockFirst !== null;
        finish(pending, 'expired', 'time', ({ reject }) =>
          reject(locked ? refusals.locked() : refusals.timedOut()),
        );
        changedNow();
      }),
      shownMonotonicMs: null,
    };
    queue = [...queue, pending];
    return pending;
  }
}

/** The account that is meant comes first. */
function waysOf({ account, policy, content, others = [] }: Question): readonly Way[] {
  return [{ account, policy, content }, ...others];
}

/** Who cannot be recognised again, or has to be asked every time, is not remembered; a mytoken never is. */
function isGrantable({ caller, content, policy }: Question): boolean {
  return caller.identity !== null && content.kind === 'access-token' && policy === 'ask-once';
}

/**
 * Programs that cannot be recognised count as one for limits and pauses: a new process would buy a flood more room. They never share
 * a question, though.
 */
function programOf(caller: CallerView): string {
  return caller.identity ?? `unrecognised at ${caller.door}`;
}

function hash(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex');
}
