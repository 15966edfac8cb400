import { randomUUID } from 'node:crypto';
import type { DomainError } from '../../shared/errors.ts';
import type { ActivityRecord } from '../../shared/model/activity.ts';
import type { Clock } from '../ports/index.ts';
import { type Approved, contentHash, programOf, type Question, sharedKey } from './question.ts';
import type { Records } from './records.ts';
import { refusals } from './refusals.ts';

const mostPerProgram = 5;
const mostInAll = 20;
/** Requests of one program that wait, whatever for: each holds a connection of those that there are for all programs. */
const mostWaiting = 60;

/** A question that waits for its answer. */
export interface Pending {
  readonly id: string;
  /** See requestKeys. */
  readonly keys: readonly string[];
  readonly contentHash: string;
  readonly question: Question;
  readonly deadlineAtMs: number;
  /** How many requests wait for this one answer. */
  asked(): number;
  /** Since when it is on the screen and can be answered; null before. */
  shownMonotonicMs: number | null;
}

/** The questions that wait, in the order in which they came, each with the requests that wait for its answer. */
export interface QuestionQueue {
  all(): readonly Pending[];
  /**
   * Resolves and rejects as {@link allow} and {@link refuse} say. A request like one that waits already waits with it. Rejects with
   * `agent/too-many-requests` when too many wait, and with `agent/withdrawn` after `signal`.
   */
  join(question: Question, keys: readonly string[], signal?: AbortSignal): Promise<Approved>;
  allow(pending: Pending, approved: Approved): void;
  /** `error` makes one for each request. */
  refuse(
    pending: Pending,
    outcome: ActivityRecord['outcome'],
    by: ActivityRecord['by'],
    error: () => DomainError,
  ): void;
}

export interface QuestionQueueDeps {
  readonly records: Records;
  readonly clock: Clock;
  /** What those are told whose time ran out. */
  readonly expired: () => DomainError;
  /** Something came, or went by itself. */
  readonly changed: () => void;
}

interface Waiter {
  readonly resolve: (approved: Approved) => void;
  readonly reject: (error: DomainError) => void;
}

interface Entry extends Pending {
  /** See sharedKey. */
  readonly shared: string;
  readonly startedMonotonicMs: number;
  readonly waiters: Set<Waiter>;
  readonly cancelDeadline: () => void;
}

export function createQuestionQueue({ records, clock, expired, changed }: QuestionQueueDeps): QuestionQueue {
  let queue: readonly Entry[] = [];

  const finish = (
    pending: Pending,
    outcome: ActivityRecord['outcome'],
    by: ActivityRecord['by'],
    settle: (waiter: Waiter) => void,
    given: Partial<Approved> = {},
  ): void => {
    const entry = queue.find((each) => each === pending);
    if (entry === undefined) return;
    entry.cancelDeadline();
    queue = queue.filter((other) => other !== entry);
    const durationMs = clock.monotonicMs() - entry.startedMonotonicMs;
    records.add({ ...entry.question, ...given }, outcome, by, { durationMs });
    for (const waiter of entry.waiters) settle(waiter);
    entry.waiters.clear();
  };

  const refuse: QuestionQueue['refuse'] = (pending, outcome, by, error) =>
    finish(pending, outcome, by, ({ reject }) => reject(error()));

  const enqueue = (question: Question, keys: readonly string[], shared: string): Entry => {
    const waiters = new Set<Waiter>();
    const entry: Entry = {
      id: randomUUID(),
      keys,
      shared,
      contentHash: contentHash(question),
      question,
      startedMonotonicMs: clock.monotonicMs(),
      deadlineAtMs: clock.nowMs() + question.waitMs,
      waiters,
      asked: () => waiters.size,
      cancelDeadline: clock.after(question.waitMs, () => {
        refuse(entry, 'expired', 'time', expired);
        changed();
      }),
      shownMonotonicMs: null,
    };
    queue = [...queue, entry];
    return entry;
  };

  const isFull = ({ caller }: Question): boolean => {
    const program = programOf(caller);
    const own = queue.filter((other) => programOf(other.question.caller) === program).length;
    return own >= mostPerProgram || queue.length >= mostInAll;
  };

  const waitersOf = ({ caller }: Question): number => {
    const program = programOf(caller);
    const own = queue.filter((other) => programOf(other.question.caller) === program);
    return own.reduce((sum, { waiters }) => sum + waiters.size, 0);
  };

  const wait = (entry: Entry, signal: AbortSignal | undefined): Promise<Approved> =>
    new Promise((resolve, reject) => {
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
        entry.waiters.delete(waiter);
        waiter.reject(refusals.withdrawn());
        if (entry.waiters.size === 0) refuse(entry, 'withdrawn', 'program', refusals.withdrawn);
        changed();
      };
      const forget = (): void => signal?.removeEventListener('abort', onAbort);
      entry.waiters.add(waiter);
      signal?.addEventListener('abort', onAbort, { once: true });
      changed();
    });

  return {
    all: () => queue,
    join(question, keys, signal) {
      const shared = sharedKey(question, keys);
      const waiting = queue.find((other) => other.shared === shared);
      if (waitersOf(question) >= mostWaiting || (waiting === undefined && isFull(question))) {
        return Promise.reject(records.refused(question, 'flood', refusals.tooMany(question.waitMs)));
      }
      const entry = waiting ?? enqueue(question, keys, shared);
      // What the user reads becomes one more: that has to be read, too.
      if (entry.shownMonotonicMs !== null && question.content.kind === 'mytoken') {
        entry.shownMonotonicMs = clock.monotonicMs();
      }
      return wait(entry, signal);
    },
    allow: (pending, approved) =>
      finish(pending, 'allowed', 'user', ({ resolve }) => resolve(approved), approved),
    refuse,
  };
}
