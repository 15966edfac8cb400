import type { MytokenReport } from '../../../shared/ipc/contract.ts';
import type { Clause } from '../../../shared/model/mytoken.ts';
import { unlimitedUses } from '../../../shared/model/restrictions.ts';

/** A number of uses that a clause allows, and how many of them are gone. */
export interface Budget {
  readonly kind: 'AT' | 'other';
  readonly done: number;
  readonly limit: number;
}

/** The counted limits of a clause; none while the server has not told its counters. A counter without a limit limits nothing. */
export function budgets(clause: Clause, use: MytokenReport['uses'][number] | undefined): readonly Budget[] {
  if (use === undefined) return [];
  const limits = { AT: clause.usages_AT, other: clause.usages_other };
  return (['AT', 'other'] as const).flatMap((kind) => {
    const limit = limits[kind];
    return limit === undefined || limit >= unlimitedUses ? [] : [{ kind, done: use[kind] ?? 0, limit }];
  });
}

/** True when asking for lists and histories uses up something: such views then wait for a click. */
export function countsOtherUses(restrictions: readonly Clause[]): boolean {
  return restrictions.some((clause) => (clause.usages_other ?? unlimitedUses) < unlimitedUses);
}
