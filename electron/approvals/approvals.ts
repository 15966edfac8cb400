import { DomainError, toEnvelope } from '../../shared/errors.ts';
import type {
  ApprovalContent,
  ApprovalDecision,
  ApprovalView,
  GrantDuration,
} from '../../shared/model/approval.ts';
import type { Activity } from '../activity/index.ts';
import { type Clock, Emitter, type Logger } from '../ports/index.ts';
import type { Blocks } from './blocks.ts';
import { createDenials } from './denials.ts';
import type { Grants } from './grants.ts';
import { narrowedTo } from './narrower.ts';
import { createQuestionQueue, type Pending } from './question-queue.ts';
import {
  type Approved,
  concerns,
  isGrantable,
  programOf,
  type Question,
  requestKeys,
  waysOf,
} from './question.ts';
import { createRecords } from './records.ts';
import { refusals } from './refusals.ts';
import { createRules, type Gate, type Standing } from './rules.ts';

/** Nothing is approved before it could be read: the window arms its button, and here it is checked. */
const earliestApprovalMs = 900;
const offerBlockAfter = 3;

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
  /** What needs nobody's answer may be answered otherwise from now on: somebody decided, or the gate moved. A question that only comes or goes is none of it. */
  onRuled(listener: () => void): () => void;
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

/** Of all that is decided about: each request for a mytoken that waits gets one, so how many there are is part of it. */
function shownHash(pending: Pending): string {
  const { contentHash, question } = pending;
  return question.content.kind === 'mytoken' ? `${contentHash}/${pending.asked()}` : contentHash;
}

/** A no is one for as many as wait. */
function isAbout({ id, decision, contentHash }: ApprovalDecision, pending: Pending): boolean {
  if (id !== pending.id) return false;
  return decision === 'allow'
    ? contentHash === shownHash(pending)
    : contentHash.split('/')[0] === pending.contentHash;
}

export function createApprovals({ gate, grants, blocks, activity, clock, log }: ApprovalsDeps): Approvals {
  const changed = new Emitter<undefined>();
  const ruled = new Emitter<undefined>();
  const changedNow = (): void => changed.emit(undefined);
  const ruledNow = (): void => {
    ruled.emit(undefined);
    changedNow();
  };
  const denials = createDenials(clock);
  const records = createRecords(activity);
  const rules = createRules({ gate, grants, blocks, records });
  const queue = createQuestionQueue({
    records,
    clock,
    expired: () => (gate().unlockFirst !== null ? refusals.locked() : refusals.timedOut()),
    changed: changedNow,
  });
  let stopped = false;

  const deny = (pending: Pending): void => {
    denials.add(pending.keys, programOf(pending.question.caller));
    queue.refuse(pending, 'denied', 'user', refusals.denied);
  };

  const remember = (question: Question, given: ApprovalContent, grant: GrantDuration): void => {
    const { caller, account, content } = question;
    if (content.kind !== 'access-token' || given.kind !== 'access-token') return;
    if (account === null || !isGrantable(question)) return;
    const subject = { caller, accountId: account.id, scope: content.scope, audience: content.audience };
    grants.add(subject, given, grant);
  };

  const allow = (pending: Pending, { accountId, grant, narrowed }: ApprovalDecision): void => {
    if (gate().unlockFirst !== null) throw refusals.locked();
    // Timers stand still while the machine sleeps, the time that was shown does not.
    if (clock.nowMs() >= pending.deadlineAtMs) {
      queue.refuse(pending, 'expired', 'time', refusals.timedOut);
      throw refusals.gone();
    }
    const shownForMs = clock.monotonicMs() - (pending.shownMonotonicMs ?? Infinity);
    if (shownForMs < earliestApprovalMs) throw refusals.gone();
    const { question } = pending;
    const way = waysOf(question).find(({ account }) => accountId === undefined || account?.id === accountId);
    if (way === undefined) throw refusals.gone();
    const content = narrowed === undefined ? way.content : narrowedTo(narrowed, way.content);
    remember({ ...question, ...way }, content, grant);
    log.info('approvals.allowed', { kind: content.kind, grant, verified: question.caller.verified });
    queue.allow(pending, { account: way.account, content });
  };

  const carryOut = (decision: ApprovalDecision, pending: Pending): void => {
    const { caller } = pending.question;
    switch (decision.decision) {
      case 'block': {
        const program = programOf(caller);
        const own = queue.all().filter((each) => programOf(each.question.caller) === program);
        for (const each of own) deny(each);
        blocks.add(caller);
        break;
      }
      case 'deny-all':
        for (const each of queue.all()) deny(each);
        break;
      case 'deny':
        deny(pending);
        break;
      case 'allow':
        allow(pending, decision);
        break;
    }
  };

  return {
    ask(question, signal) {
      if (stopped) return Promise.reject(refusals.shuttingDown());
      if (signal?.aborted === true) return Promise.reject(refusals.withdrawn());
      const answer = rules.answer(question);
      if (answer instanceof DomainError) return Promise.reject(answer);
      if (answer !== null) return Promise.resolve(answer);
      const keys = requestKeys(question);
      const waitMs = Math.min(...keys.map((key) => denials.waitMs(key)));
      if (waitMs > 0) return Promise.reject(records.refused(question, 'flood', refusals.tooMany(waitMs)));
      return queue.join(question, keys, signal);
    },

    decide(decision) {
      const [pending] = queue.all();
      if (pending === undefined || !isAbout(decision, pending)) throw refusals.gone();
      try {
        carryOut(decision, pending);
      } finally {
        ruledNow(); // a block that could not be stored has denied all the same
      }
    },

    standing: (question) => (stopped ? null : rules.standing(question)),

    current() {
      const [pending] = queue.all();
      if (pending === undefined) return null;
      const { question } = pending;
      const { caller, account, content } = question;
      return {
        id: pending.id,
        contentHash: shownHash(pending),
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
        waiting: queue.all().length - 1,
        asked: pending.asked(),
        grantable: isGrantable(question),
        offerBlock: caller.identity !== null && denials.countFor(programOf(caller)) >= offerBlockAfter,
      };
    },

    shown(id) {
      const [pending] = queue.all();
      if (pending?.id === id && gate().unlockFirst === null) pending.shownMonotonicMs ??= clock.monotonicMs();
    },

    forgetAccount(accountId) {
      try {
        grants.forgetAccount(accountId);
      } catch (error) {
        // Ids are never used again: what is left in the file permits nothing.
        log.warn('approvals.grants-not-removed', { code: toEnvelope(error).code });
      }
      const gone = queue.all().filter(({ question }) => concerns(question, accountId));
      for (const pending of gone) queue.refuse(pending, 'refused', 'policy', refusals.accountGone);
      if (gone.length > 0) ruledNow();
    },

    gateMoved() {
      const { closed } = gate();
      if (closed !== null) {
        for (const pending of queue.all()) queue.refuse(pending, 'refused', 'lock', refusals[closed]);
      }
      ruledNow();
    },

    count: () => queue.all().length,
    onChange: (listener) => changed.on(listener),
    onRuled: (listener) => ruled.on(listener),

    stop() {
      stopped = true;
      for (const pending of queue.all()) queue.refuse(pending, 'withdrawn', 'program', refusals.shuttingDown);
      ruledNow();
    },
  };
}
