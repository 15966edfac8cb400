import type { ClauseRequest, Rotation } from '../../shared/model/mytoken.ts';
import { unlimitedUses } from '../../shared/model/restrictions.ts';
import { plainText } from '../../shared/model/untrusted-text.ts';

/** The servers' columns hold 100 characters, some of which they use themselves; longer texts end in a 500. */
const longestName = 89;
const longestComment = 100;

export function nameForServer(name: string): string {
  return plainText(name, longestName);
}

export function commentForServer(comment: string): string {
  return plainText(comment, longestComment);
}

/**
 * Clauses as they are sent. Where `usages_other` is limited, `usages_AT` is always given: servers up to 0.10 crash at
 * the second use of a clause without it (mytoken protocol, "Restrictions"). To `tighten` both mean the same.
 */
export function clausesForServer(clauses: readonly ClauseRequest[]): readonly ClauseRequest[] {
  return clauses.map((clause) =>
    clause.usages_other !== undefined && clause.usages_AT === undefined
      ? { ...clause, usages_AT: unlimitedUses }
      : clause,
  );
}

/**
 * A rotation is always sent, if only an empty one: a server asked without crashes when the user adds one on the
 * consent page (mytoken protocol, "Consent and redirect").
 */
export function rotationForServer(rotation: Rotation | null | undefined): Rotation {
  return rotation ?? {};
}

/** Lists join with blanks on the wire; an empty one is left out, which lets the server choose. */
export function joined(list: readonly string[] | undefined): string | undefined {
  return list === undefined || list.length === 0 ? undefined : list.join(' ');
}

/** An absent or empty list is left out: `[]` means different things at different places of the protocol. */
export function nonEmpty<T>(list: readonly T[] | undefined): readonly T[] | undefined {
  return list === undefined || list.length === 0 ? undefined : list;
}
