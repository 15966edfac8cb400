import { DomainError } from '../../../shared/errors.ts';
import { childCapabilities, defaultCapabilities, hasCapability } from '../../../shared/model/capabilities.ts';
import type { Clause, ClauseRequest, Rotation } from '../../../shared/model/mytoken.ts';
import { readProfile } from '../../../shared/model/profile-reading.ts';
import { isShowable } from './requests.ts';
import { fitInto, normaliseRestrictions, tighten } from '../../../shared/model/restrictions.ts';
import { fieldProblems, longestTokenName, type SubMytokenWish } from '../../../shared/model/sub-mytoken.ts';
import { expandProfile, type TemplateLookup, TemplateProblem } from '../../../shared/model/templates.ts';
import { plainText } from '../../../shared/model/untrusted-text.ts';

/** What oidc-agent asks the server for when a client names no profile (ipc reference 4.2). */
export const usualProfile = 'web-default';
const mostClauses = 20;

/**
 * What a program's request for a mytoken comes to: its profile expanded, and made to fit into the account's mytoken, because a server
 * would drop or widen silently what does not. Throws `compose/invalid` for a profile that cannot be used, `compose/not-the-parents` when
 * nothing of it can be given.
 */
export function wishOfProfile(
  parent: { readonly capabilities: readonly string[]; readonly restrictions: readonly Clause[] },
  profile: string | Readonly<Record<string, unknown>> | null,
  hint: string,
  lookup: TemplateLookup,
  nowSeconds: number,
): SubMytokenWish {
  const raw =
    typeof profile === 'object' && profile !== null ? profile : { include: profile ?? usualProfile };
  let expanded;
  try {
    expanded = readProfile(expandProfile(raw, lookup).value);
  } catch (error) {
    if (!(error instanceof TemplateProblem)) throw error;
    throw new DomainError(
      'compose/invalid',
      `The profile ${plainText(error.reference, 80)} cannot be used.`,
      {
        details: { field: 'profile', problem: error.reason },
      },
    );
  }
  refuseStrangeText(expanded.restrictions ?? [], expanded.rotation ?? null, nowSeconds);
  // To a server an empty list means everything its parent can: nobody asks for that by leaving it empty.
  const asked = expanded.capabilities?.length ? expanded.capabilities : defaultCapabilities;
  const capabilities = childCapabilities(parent.capabilities, asked);
  if (capabilities.length === 0 || !hasCapability(parent.capabilities, 'create_mytoken')) {
    throw new DomainError('compose/not-the-parents', 'The mytoken of the account cannot give this.');
  }
  const restrictions = expanded.restrictions ?? [];
  const { verdicts } = tighten(parent.restrictions, normaliseRestrictions(restrictions, nowSeconds));
  const fitted = restrictions
    .filter((clause) => normaliseRestrictions([clause], nowSeconds).length > 0)
    .map((clause, index) => {
      const verdict = verdicts[index];
      const base = parent.restrictions[verdict?.closest ?? -1];
      return verdict?.base === null && base !== undefined ? fitInto(clause, base, verdict.wider) : clause;
    });
  const name = expanded.name ?? `mytoken requested by ${hint}`;
  return {
    name: plainText(name, longestTokenName),
    capabilities,
    restrictions: fitted,
    rotation: expanded.rotation ?? null,
    responseType: expanded.responseType ?? 'token',
  };
}

/** A program's own words are about to be shown: mistakes and texts that hide something are refused before anybody is asked. */
export function refuseStrangeText(
  restrictions: readonly ClauseRequest[],
  rotation: Rotation | null,
  nowSeconds: number,
): void {
  const [mistake] = fieldProblems({ name: 'x', capabilities: ['AT'], restrictions, rotation }, nowSeconds);
  const strange = restrictions.some((clause) => clause.audience?.every(isShowable) === false);
  if (mistake === undefined && !strange && restrictions.length <= mostClauses) return;
  const field = mistake?.field ?? (strange ? 'audience' : 'restrictions');
  throw new DomainError('compose/invalid', `The profile has a mistake in ${field}.`, { details: { field } });
}
