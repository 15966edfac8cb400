import type { DomainError } from '../../shared/errors.ts';
import type { ActivityRecord } from '../../shared/model/activity.ts';
import { type Activity, activityOf } from '../activity/index.ts';
import type { Question } from './question.ts';

/** Writes down what became of each request, once and in the same words wherever that was decided. */
export interface Records {
  add(
    question: Question,
    outcome: ActivityRecord['outcome'],
    by: ActivityRecord['by'],
    facts?: { readonly durationMs?: number; readonly grantId?: string | undefined },
    times?: number,
  ): void;
  /** A request that nobody was asked about; gives back the error for whoever made it. */
  refused(question: Question, by: ActivityRecord['by'], error: DomainError): DomainError;
}

export function createRecords(activity: Activity): Records {
  const add: Records['add'] = ({ recordId: id, ...question }, outcome, by, facts = {}, times = 1) => {
    activity.add({ durationMs: 0, ...activityOf(question), ...facts, id, outcome, by }, times);
  };
  return {
    add,
    refused(question, by, error) {
      add(question, 'refused', by);
      return error;
    },
  };
}
