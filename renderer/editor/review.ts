import { dangerOf } from '../../shared/model/capabilities.ts';
import type { ClauseRequest } from '../../shared/model/mytoken.ts';
import {
  fitInto,
  normaliseClause,
  redundantClauses,
  type RestrictionKey,
  type Wider,
} from '../../shared/model/restrictions.ts';
import {
  type Caution,
  cautionsFor,
  type FieldProblem,
  fieldProblems,
  type ParentMytoken,
  predictChild,
  type Prediction,
} from '../../shared/model/sub-mytoken.ts';
import type { MytokenDraft } from './draft.ts';

/** All there is to say about a draft before it is sent. */
export interface Review {
  readonly problems: readonly FieldProblem[];
  /** Null for a login: there is no parent. */
  readonly prediction: Prediction | null;
  /** Keys in which each clause of the draft is wider than the parent; empty lists where it is not. */
  readonly wider: readonly (readonly Wider[])[];
  /** Each of these clauses made to fit into the parent; null where it does. */
  readonly fitting: readonly (ClauseRequest | null)[];
  readonly cautions: readonly Caution[];
  readonly redundant: readonly { readonly index: number; readonly coveredBy: number }[];
  /** Nothing stands in the way of sending it. */
  readonly sendable: boolean;
}

/** `nowSeconds`: the server's time as far as it is known. */
export function review(draft: MytokenDraft, parent: ParentMytoken | null, nowSeconds: number): Review {
  const problems = fieldProblems(draft, nowSeconds);
  const prediction = parent === null ? null : predictChild(parent, draft, nowSeconds);
  // Empty clauses of the draft vanish on the way; what is said about the others must stay with them.
  const kept = draft.restrictions
    .map((clause, index) => ({ index, clause: normaliseClause(clause, nowSeconds) }))
    .filter(({ clause }) => Object.keys(clause).length > 0);
  const wanted = kept.map(({ clause }) => clause);
  const wider: (readonly Wider[])[] = draft.restrictions.map(() => []);
  const fitting: (ClauseRequest | null)[] = draft.restrictions.map(() => null);
  prediction?.verdicts.forEach((verdict, place) => {
    const index = kept[place]?.index;
    if (index === undefined || verdict.base !== null) return;
    wider[index] = verdict.wider;
    const [base, clause] = [parent?.restrictions[verdict.closest ?? -1], draft.restrictions[index]];
    if (base !== undefined && clause !== undefined) fitting[index] = fitInto(clause, base, verdict.wider);
  });
  const sendable =
    problems.length === 0 &&
    (prediction === null ||
      (prediction.refused === null &&
        prediction.droppedCapabilities.length === 0 &&
        wider.every((keys) => keys.length === 0)));
  return {
    problems,
    prediction,
    wider,
    fitting,
    cautions: cautionsFor(
      draft.capabilities,
      prediction?.restrictions ?? wanted,
      nowSeconds,
      (capability) => dangerOf(capability) === 'danger',
    ),
    redundant: redundantClauses(wanted).map(({ index, coveredBy }) => ({
      index: kept[index]?.index ?? index,
      coveredBy: kept[coveredBy]?.index ?? coveredBy,
    })),
    sendable,
  };
}

/** What to say beside one field of one clause. */
export function problemsAt(
  found: readonly FieldProblem[],
  clause: number | null,
  field: RestrictionKey | 'name' | 'capabilities' | 'rotation',
): readonly FieldProblem[] {
  return found.filter((problem) => problem.clause === clause && problem.field === field);
}
