import type { Operation } from '../../../../shared/model/operations.ts';

/** Whose history is looked at: the account's mytoken, it and all made from it, or one other mytoken of the user. */
export type HistorySubject =
  | { readonly kind: 'own' }
  | { readonly kind: 'family' }
  | { readonly kind: 'one'; readonly momId: string; readonly name: string; readonly derived: boolean };

/** Null where servers ask for no capability: the histories of what was made from a mytoken are its own affair. */
export function historyOperation(subject: HistorySubject): Operation | null {
  if (subject.kind !== 'one') return 'history';
  return subject.derived ? null : 'history-of-others';
}

export function subjectKey(subject: HistorySubject): string {
  return subject.kind === 'one' ? subject.momId : subject.kind;
}
