import { hostWithin } from './hosts.ts';
import { type Clause, type ClauseRequest, splitList } from './mytoken.ts';
import { resolveTime } from './time-expressions.ts';

/** Keys of a clause in the order in which servers print them. */
export const restrictionKeys = [
  'nbf',
  'exp',
  'scope',
  'audience',
  'hosts',
  'geoip_allow',
  'geoip_disallow',
  'usages_AT',
  'usages_other',
] as const satisfies readonly (keyof Clause)[];
export type RestrictionKey = (typeof restrictionKeys)[number];

/** "Unlimited" for a counter that has to be there; fits the 32 bits that servers store. */
export const unlimitedUses = 2_147_483_647;

/**
 * A requested clause as a token will carry it: times resolved at `nowSeconds` (the server's time), empty values gone, keys in the
 * server's order. `include` must have been resolved before; `this` stays as it is.
 */
export function normaliseClause(request: ClauseRequest, nowSeconds: number): Clause {
  const scope = splitList(request.scope ?? '').join(' ');
  const full: Clause = {
    nbf: resolveTime(request.nbf, nowSeconds),
    exp: resolveTime(request.exp, nowSeconds),
    scope: scope === '' ? undefined : scope,
    audience: nonEmpty(request.audience),
    hosts: nonEmpty(request.hosts),
    geoip_allow: nonEmpty(request.geoip_allow),
    geoip_disallow: nonEmpty(request.geoip_disallow),
    usages_AT: request.usages_AT,
    usages_other: request.usages_other,
  };
  return Object.fromEntries(
    restrictionKeys.filter((key) => full[key] !== undefined).map((key) => [key, full[key]]),
  );
}

/** Clauses that say something; a clause without a key is dropped by servers, so `[{}]` means unrestricted. */
export function normaliseRestrictions(
  requests: readonly ClauseRequest[],
  nowSeconds: number,
): readonly Clause[] {
  return requests
    .map((request) => normaliseClause(request, nowSeconds))
    .filter((clause) => Object.keys(clause).length > 0);
}

/** Why a clause is not tighter than another, by key; `unknown` when only the server can tell (names against addresses). */
export interface Wider {
  readonly key: RestrictionKey;
  readonly certain: boolean;
}

/**
 * In what `wanted` allows something that `base` forbids (mytoken protocol, "Tightening"); empty means it is tighter or equal.
 * `thisIsWithinBase`: the caller is known to be within `base`, so that `this` in `wanted` is too.
 */
export function widerThan(
  wanted: Clause,
  base: Clause,
  options: { readonly thisIsWithinBase?: boolean } = {},
): readonly Wider[] {
  const wider: Wider[] = [];
  const check = (key: RestrictionKey, within: boolean | 'unknown'): void => {
    if (within !== true) wider.push({ key, certain: within === false });
  };
  check('nbf', (wanted.nbf ?? 0) >= (base.nbf ?? 0));
  check('exp', !base.exp || (wanted.exp !== undefined && wanted.exp > 0 && wanted.exp <= base.exp));
  check('scope', listWithin(splitList(wanted.scope ?? ''), splitList(base.scope ?? '')));
  check('audience', listWithin(wanted.audience ?? [], base.audience ?? []));
  check('hosts', hostsWithin(wanted.hosts ?? [], base.hosts ?? [], options.thisIsWithinBase ?? false));
  check('geoip_allow', listWithin(wanted.geoip_allow ?? [], base.geoip_allow ?? []));
  check(
    'geoip_disallow',
    (base.geoip_disallow ?? []).every((country) => (wanted.geoip_disallow ?? []).includes(country)),
  );
  check('usages_AT', (wanted.usages_AT ?? Infinity) <= (base.usages_AT ?? Infinity));
  check('usages_other', (wanted.usages_other ?? Infinity) <= (base.usages_other ?? Infinity));
  return wider;
}

function listWithin(wanted: readonly string[], base: readonly string[]): boolean {
  return base.length === 0 || (wanted.length > 0 && wanted.every((entry) => base.includes(entry)));
}

function hostsWithin(
  wanted: readonly string[],
  base: readonly string[],
  thisIsWithin: boolean,
): boolean | 'unknown' {
  if (base.length === 0) return true;
  if (wanted.length === 0) return false;
  const results = wanted.map((entry) => {
    if (thisIsWithin && entry.toLowerCase() === 'this') return true;
    const answers = base.map((outer) => hostWithin(entry, outer));
    return answers.includes(true) ? true : answers.includes('unknown') ? 'unknown' : false;
  });
  return results.includes(false) ? false : results.includes('unknown') ? 'unknown' : true;
}

/** What a server makes of one wanted clause. `base`: index of the parent's clause that covers it, null when none does. */
export interface ClauseVerdict {
  readonly base: number | null;
  /** When none does: in what it is wider than the parent's clause that comes closest. */
  readonly wider: readonly Wider[];
  /** Index of that clause. */
  readonly closest: number | null;
}

export interface Tightened {
  /** The restrictions the child gets. */
  readonly restrictions: readonly Clause[];
  readonly verdicts: readonly ClauseVerdict[];
  /**
   * `asked`: as wanted. `inherited`: none were wanted, the parent's apply. `clauses-lost`: some wanted clauses vanish silently.
   * `all-lost`: all vanish, and the child silently gets all of the parent's.
   */
  readonly outcome: 'asked' | 'inherited' | 'clauses-lost' | 'all-lost';
}

/**
 * The server's tightening of a child's restrictions against its parent's, to the letter: each wanted clause goes to the first
 * clause of the parent that covers it, and use counts are taken off there for the clauses that follow.
 */
export function tighten(parent: readonly Clause[], wanted: readonly Clause[]): Tightened {
  if (parent.length === 0) {
    return {
      restrictions: wanted,
      verdicts: wanted.map(() => ({ base: null, wider: [], closest: null })),
      outcome: 'asked',
    };
  }
  if (wanted.length === 0) return { restrictions: parent, verdicts: [], outcome: 'inherited' };
  const left = parent.map((clause) => ({ ...clause }));
  // Whoever may make a child right now is within one of the clauses; with a single one it is known which.
  const options = { thisIsWithinBase: parent.length === 1 };
  const kept: Clause[] = [];
  const verdicts = wanted.map((clause): ClauseVerdict => {
    const compared = left.map((base) => widerThan(clause, base, options));
    const base = compared.findIndex((wider) => wider.length === 0);
    const covering = left[base];
    if (covering === undefined) {
      const fewest = Math.min(...compared.map((wider) => wider.length));
      const closest = compared.findIndex((wider) => wider.length === fewest);
      return { base: null, wider: compared[closest] ?? [], closest };
    }
    kept.push(clause);
    left[base] = {
      ...covering,
      usages_AT: remaining(covering.usages_AT, clause.usages_AT),
      usages_other: remaining(covering.usages_other, clause.usages_other),
    };
    return { base, wider: [], closest: null };
  });
  if (kept.length === 0) return { restrictions: parent, verdicts, outcome: 'all-lost' };
  return {
    restrictions: kept,
    verdicts,
    outcome: kept.length === wanted.length ? 'asked' : 'clauses-lost',
  };
}

/** True when every clause ended before `nowSeconds`: servers refuse to make such a token. */
export function allExpired(restrictions: readonly Clause[], nowSeconds: number): boolean {
  return (
    restrictions.length > 0 &&
    restrictions.every((clause) => clause.exp !== undefined && clause.exp > 0 && clause.exp < nowSeconds)
  );
}

/** Pairs of clauses where the second adds nothing: whatever it allows the first allows too. Indexes into `clauses`. */
export function redundantClauses(
  clauses: readonly Clause[],
): readonly { readonly index: number; readonly coveredBy: number }[] {
  return clauses.flatMap((clause, index) => {
    const coveredBy = clauses.findIndex(
      (other, place) =>
        place !== index &&
        // Counts add up over clauses: one with a budget of its own is never superfluous.
        clause.usages_AT === undefined &&
        clause.usages_other === undefined &&
        widerThan(clause, other).length === 0 &&
        // Of two that say the same the first stays.
        (place < index || widerThan(other, clause).length > 0),
    );
    return coveredBy < 0 ? [] : [{ index, coveredBy }];
  });
}

/**
 * The clause made to fit into one of the parent's: where it is wider it takes what both allow, or else the parent's value; nothing else
 * changes.
 */
export function fitInto(wanted: ClauseRequest, base: Clause, wider: readonly Wider[]): ClauseRequest {
  return wider.reduce<ClauseRequest>(
    (fitted, { key }) => ({ ...fitted, [key]: fittingValue(key, fitted, base) }),
    wanted,
  );
}

function fittingValue(
  key: RestrictionKey,
  wanted: ClauseRequest,
  base: Clause,
): ClauseRequest[RestrictionKey] {
  switch (key) {
    case 'scope': {
      const common = splitList(wanted.scope ?? '').filter((scope) =>
        splitList(base.scope ?? '').includes(scope),
      );
      return common.length > 0 ? common.join(' ') : base.scope;
    }
    case 'audience':
    case 'geoip_allow': {
      const common = (wanted[key] ?? []).filter((entry) => base[key]?.includes(entry) === true);
      return common.length > 0 ? common : base[key];
    }
    case 'hosts': {
      const common = (wanted.hosts ?? []).filter((entry) =>
        (base.hosts ?? []).some((outer) => hostWithin(entry, outer) === true),
      );
      return common.length > 0 ? common : base.hosts;
    }
    case 'geoip_disallow':
      return [...new Set([...(wanted.geoip_disallow ?? []), ...(base.geoip_disallow ?? [])])];
    default:
      return base[key];
  }
}

function remaining(budget: number | undefined, taken: number | undefined): number | undefined {
  return budget === undefined || taken === undefined ? budget : budget - taken;
}

function nonEmpty<T>(list: readonly T[] | undefined): readonly T[] | undefined {
  return list === undefined || list.length === 0 ? undefined : list;
}

/** Who uses a mytoken, as far as is known here; null where it is not, and then nothing is held against the use. */
export interface UseFacts {
  readonly nowSeconds: number;
  readonly ip: string | null;
  /** Upper-case ISO 3166-1 code. */
  readonly country: string | null;
}

export type Use =
  | { readonly kind: 'AT'; readonly scope: readonly string[]; readonly audience: readonly string[] }
  | { readonly kind: 'other' };

/** Which limits of a clause forbid a use (mytoken protocol, "Keys"); empty when it may be. Counts already used up are not known here. */
export function forbiddenBy(clause: Clause, use: Use, facts: UseFacts): readonly RestrictionKey[] {
  const { nowSeconds, ip, country } = facts;
  const forbidden: RestrictionKey[] = [];
  const check = (key: RestrictionKey, allowed: boolean): void => {
    if (!allowed) forbidden.push(key);
  };
  check('nbf', nowSeconds >= (clause.nbf ?? 0));
  check('exp', !clause.exp || nowSeconds <= clause.exp);
  check('hosts', ip === null || !clause.hosts || clause.hosts.some((host) => hostWithin(ip, host) === true));
  check('geoip_allow', country === null || !clause.geoip_allow || clause.geoip_allow.includes(country));
  check('geoip_disallow', country === null || clause.geoip_disallow?.includes(country) !== true);
  if (use.kind === 'other') {
    check('usages_other', clause.usages_other !== 0);
    return forbidden;
  }
  check('usages_AT', clause.usages_AT !== 0);
  const scopes = splitList(clause.scope ?? '');
  check('scope', scopes.length === 0 || use.scope.every((scope) => scopes.includes(scope)));
  const audience = clause.audience ?? [];
  check('audience', audience.length === 0 || use.audience.every((entry) => audience.includes(entry)));
  return forbidden;
}

/** Index of the clause that a server charges for a use: the first that allows it. Null when none does; 0 without restrictions. */
export function clauseFor(restrictions: readonly Clause[], use: Use, facts: UseFacts): number | null {
  if (restrictions.length === 0) return 0;
  const index = restrictions.findIndex((clause) => forbiddenBy(clause, use, facts).length === 0);
  return index < 0 ? null : index;
}
