import { createHash, randomUUID } from 'node:crypto';
import { DomainError } from '../../shared/errors.ts';
import type {
  AccountPolicy,
  ActivityRecord,
  ApprovalAccount,
  ApprovalContent,
  ApprovalDecision,
  ApprovalView,
} from '../../shared/model/approval.ts';
import type { CallerView } from '../../shared/model/caller.ts';
import type { SubMytokenWish } from '../../shared/model/sub-mytoken.ts';
import { type Clock, Emitter, type Logger } from '../ports/index.ts';
import type { Activity } from './activity.ts';
import { createDenials } from './denials.ts';
import type { Grants } from './grants.ts';
import { isNarrower } from './narrower.ts';

/** Nothing is approved before it could be read: the window arms its button, and here it is checked. */
const earliestApprovalMs = 900;
const mostPerProgram = 5;
const mostInAll = 20;
const offerBlockAfter = 3;

export interface Question {
  readonly caller: CallerView;
  readonly account: ApprovalAccount;
  readonly policy: AccountPolicy;
  readonly content: ApprovalContent;
  /** After this time without an answer the answer is no. */
  readonly waitMs: number;
}

/** Asks the user on behalf of local programs, one question at a time. */
export interface Approvals {
  /**
   * Resolves when the request may be fulfilled: to what may be issued at most. Rejects with `agent/denied`, `agent/approval-timeout`,
   * `agent/withdrawn`, `agent/too-many-requests` (retryable, `retryAfterMs`), `agent/blocked`, `app/shutting-down`.
   */
  ask(question: Question, signal?: AbortSignal): Promise<ApprovalContent>;
  /** Throws `agent/request-gone` when the decision is about something that is not on the screen any more. */
  decide(decision: ApprovalDecision): void;
  current(): ApprovalView | null;
  /** The question with this id came onto the screen. Nothing can be approved before, and for a moment after. */
  shown(id: string): void;
  /** All that wait, the one on the screen included. */
  count(): number;
  onChange(listener: () => void): () => void;
  /** The account was removed: nothing waits for it any more, and nothing is remembered. */
  forgetAccount(accountId: string): void;
  stop(): void;
}

export interface ApprovalsDeps {
  readonly grants: Grants;
  readonly activity: Activity;
  readonly clock: Clock;
  readonly log: Logger;
}

interface Waiter {
  readonly resolve: (content: ApprovalContent) => void;
  readonly reject: (error: DomainError) => void;
}

interface Pending {
  readonly id: string;
  /** Equal for requests that are refused together, whoever asks. */
  readonly key: string;
  /** Equal for requests that one answer may stand for. */
  readonly shared: string;
  readonly contentHash: string;
  readonly question: Question;
  readonly startedMonotonicMs: number;
  readonly deadlineAtMs: number;
  readonly waiters: Set<Waiter>;
  readonly cancelDeadline: () => void;
  /** Since when it is on the screen; null before. */
  shownMonotonicMs: number | null;
}

export function createApprovals({ grants, activity, clock, log }: ApprovalsDeps): Approvals {
  const changed = new Emitter<undefined>();
  const denials = createDenials(clock);
  const blocked = new Set<string>();
  let queue: readonly Pending[] = [];
  let stopped = false;

  const changedNow = (): void => changed.emit(undefined);

  const record = (
    { caller, account, content }: Question,
    outcome: ActivityRecord['outcome'],
    by: ActivityRecord['by'],
    durationMs = 0,
  ): void => {
    activity.add({
      durationMs,
      program: caller.program,
      verified: caller.verified,
      accountName: account.displayName,
      kind: content.kind,
      summary: summaryOf(content),
      outcome,
      by,
    });
  };

  const finish = (
    pending: Pending,
    outcome: ActivityRecord['outcome'],
    by: ActivityRecord['by'],
    settle: (waiter: Waiter) => void,
  ): void => {
    pending.cancelDeadline();
    queue = queue.filter((other) => other !== pending);
    record(pending.question, outcome, by, clock.monotonicMs() - pending.startedMonotonicMs);
    for (const waiter of pending.waiters) settle(waiter);
    pending.waiters.clear();
  };

  const deny = (pending: Pending, by: ActivityRecord['by']): void => {
    denials.add(pending.key, programOf(pending.question.caller));
    finish(pending, 'denied', by, ({ reject }) => reject(denied()));
  };

  /** What needs nobody: null when somebody has to be asked. */
  const answerAtOnce = (question: Question, key: string): ApprovalContent | DomainError | null => {
    const { caller, account, policy, content } = question;
    if (policy === 'deny') {
      record(question, 'refused', 'policy');
      return denied();
    }
    if (blocked.has(programOf(caller))) {
      record(question, 'refused', 'block');
      return new DomainError('agent/blocked', 'The user blocked this program.');
    }
    if (content.kind === 'access-token') {
      if (policy === 'allow') {
        record(question, 'allowed', 'policy');
        return content;
      }
      const subject = { caller, accountId: account.id, scope: content.scope, audience: content.audience };
      if (policy === 'ask-once' && grants.use(subject) !== null) {
        record(question, 'allowed', 'grant');
        return content;
      }
    }
    const waitMs = denials.waitMs(key);
    if (waitMs > 0) {
      record(question, 'refused', 'flood');
      return tooMany(waitMs);
    }
    return null;
  };

  return {
    ask(question, signal) {
      if (stopped) return Promise.reject(shuttingDown());
      if (signal?.aborted === true) return Promise.reject(withdrawn());
      const key = hash([programOf(question.caller), question.account.id, question.content]);
      const answer = answerAtOnce(question, key);
      if (answer instanceof DomainError) return Promise.reject(answer);
      if (answer !== null) return Promise.resolve(answer);

      const shared = `${key} ${question.caller.identity === null ? (question.caller.pid ?? randomUUID()) : ''}`;
      let pending = queue.find((other) => other.shared === shared);
      if (pending === undefined) {
        const program = programOf(question.caller);
        const own = queue.filter((other) => programOf(other.question.caller) === program).length;
        if (own >= mostPerProgram || queue.length >= mostInAll) {
          record(question, 'refused', 'flood');
          return Promise.reject(tooMany(question.waitMs));
        }
        pending = enqueue(question, key, shared);
      }
      const joined = pending;
      return new Promise((resolve, reject) => {
        const waiter: Waiter = {
          resolve: (content) => {
            forget();
            resolve(content);
          },
          reject: (error) => {
            forget();
            reject(error);
          },
        };
        const onAbort = (): void => {
          joined.waiters.delete(waiter);
          waiter.reject(withdrawn());
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

    decide({ id, contentHash, decision, grant, narrowed }) {
      const [pending] = queue;
      const fits = pending?.id === id && pending.contentHash === contentHash;
      if (pending === undefined || !fits) throw gone();
      const { question } = pending;
      if (decision === 'block') {
        blocked.add(programOf(question.caller));
        for (const other of queue.filter(
          (each) => programOf(each.question.caller) === programOf(question.caller),
        ))
          deny(other, 'user');
      } else if (decision === 'deny-all') {
        for (const other of queue) deny(other, 'user');
      } else if (decision === 'deny') deny(pending, 'user');
      else {
        const shownForMs = clock.monotonicMs() - (pending.shownMonotonicMs ?? Infinity);
        if (shownForMs < earliestApprovalMs) throw gone();
        const content = approved(question.content, narrowed);
        if (content.kind === 'access-token' && isGrantable(question)) {
          grants.add({ ...question, ...content, accountId: question.account.id }, grant);
        }
        log.info('approvals.allowed', { kind: content.kind, grant, verified: question.caller.verified });
        finish(pending, 'allowed', 'user', ({ resolve }) => resolve(content));
      }
      changedNow();
    },

    current() {
      const [pending] = queue;
      if (pending === undefined) return null;
      const { caller, account, content } = pending.question;
      return {
        id: pending.id,
        contentHash: pending.contentHash,
        caller,
        account,
        content,
        deadlineAtMs: pending.deadlineAtMs,
        waiting: queue.length - 1,
        asked: pending.waiters.size,
        grantable: isGrantable(pending.question),
        offerBlock: caller.identity !== null && denials.countFor(programOf(caller)) >= offerBlockAfter,
      };
    },

    shown(id) {
      const [pending] = queue;
      if (pending?.id === id) pending.shownMonotonicMs ??= clock.monotonicMs();
    },

    forgetAccount(accountId) {
      grants.clear(accountId);
      const gone = queue.filter(({ question }) => question.account.id === accountId);
      for (const pending of gone) finish(pending, 'refused', 'policy', ({ reject }) => reject(accountGone()));
      if (gone.length > 0) changedNow();
    },

    count: () => queue.length,
    onChange: (listener) => changed.on(listener),

    stop() {
      stopped = true;
      for (const pending of queue)
        finish(pending, 'withdrawn', 'program', ({ reject }) => reject(shuttingDown()));
      changedNow();
    },
  };

  function enqueue(question: Question, key: string, shared: string): Pending {
    const pending: Pending = {
      id: randomUUID(),
      key,
      shared,
      contentHash: hash([question.caller, question.account, question.content]),
      question,
      startedMonotonicMs: clock.monotonicMs(),
      deadlineAtMs: clock.nowMs() + question.waitMs,
      waiters: new Set(),
      cancelDeadline: clock.after(question.waitMs, () => {
        finish(pending, 'expired', 'time', ({ reject }) => reject(timedOut()));
        changedNow();
      }),
      shownMonotonicMs: null,
    };
    queue = [...queue, pending];
    return pending;
  }
}

/** Main does not trust its windows: what comes back may be less than what was shown, never more. */
function approved(shown: ApprovalContent, narrowed: SubMytokenWish | undefined): ApprovalContent {
  if (shown.kind === 'access-token' || narrowed === undefined) return shown;
  if (!isNarrower(narrowed, shown.wish)) {
    throw new DomainError('agent/not-narrower', 'An approval can only give less than was asked for.');
  }
  // How it is handed over is between the program and the server.
  return { ...shown, wish: { ...narrowed, responseType: shown.wish.responseType } };
}

/** Who cannot be recognised again, or has to be asked every time, is not remembered; a mytoken never is. */
function isGrantable({ caller, content, policy }: Question): boolean {
  return caller.identity !== null && content.kind === 'access-token' && policy === 'ask-once';
}

function summaryOf(content: ApprovalContent): string {
  return content.kind === 'mytoken'
    ? content.wish.capabilities.join(' ')
    : [...content.scope, ...content.audience].join(' ');
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

function accountGone(): DomainError {
  return new DomainError('accounts/not-found', 'The account was removed.');
}

function denied(): DomainError {
  return new DomainError('agent/denied', 'The user did not allow this.');
}

function timedOut(): DomainError {
  return new DomainError('agent/approval-timeout', 'Nobody answered the request in time.', {
    retryable: true,
  });
}

function withdrawn(): DomainError {
  return new DomainError('agent/withdrawn', 'The program withdrew its request.');
}

function tooMany(retryAfterMs: number): DomainError {
  return new DomainError('agent/too-many-requests', 'Too many requests; wait before asking again.', {
    retryable: true,
    details: { retryAfterMs: Math.ceil(retryAfterMs) },
  });
}

function gone(): DomainError {
  return new DomainError('agent/request-gone', 'This request is not waiting any more.');
}

function shuttingDown(): DomainError {
  return new DomainError('app/shutting-down', 'Mytoken Desktop is quitting.', { retryable: true });
}
