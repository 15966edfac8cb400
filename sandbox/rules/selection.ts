/** Which clause pays for a use, and which scope and audience the provider is asked for (protocol 10.1). */
import type { Clause } from '../types.ts';
import { hostMatches, type ReverseDns } from './hosts.ts';
import { splitScope } from './clauses.ts';

export interface UsageDone {
  AT?: number;
  other?: number;
}

export interface CallerFacts {
  nowS: number;
  ip: string;
  /** Upper-case ISO code; "" = unknown. */
  country: string;
  reverseDns: ReverseDns;
  caseSensitiveGeo: boolean;
  /** Uses so far of a clause of this token. */
  done: (clause: Clause) => UsageDone;
}

function listed(countries: readonly string[], facts: CallerFacts): boolean {
  return facts.caseSensitiveGeo
    ? countries.includes(facts.country)
    : countries.some((country) => country.toUpperCase() === facts.country);
}

/** Time, host and country of a clause. */
export function placeAndTimeOk(clause: Clause, facts: CallerFacts): boolean {
  if (facts.nowS < (clause.nbf ?? 0)) return false;
  if (clause.exp && facts.nowS > clause.exp) return false;
  if (clause.hosts && !clause.hosts.some((entry) => hostMatches(entry, facts.ip, facts.reverseDns)))
    return false;
  if (clause.geoip_allow && !listed(clause.geoip_allow, facts)) return false;
  return !(clause.geoip_disallow && listed(clause.geoip_disallow, facts));
}

/** The clause charged for an "other" use; undefined = not allowed. */
export function selectForOther(restrictions: readonly Clause[], facts: CallerFacts): Clause | undefined {
  return restrictions.find(
    (clause) =>
      placeAndTimeOk(clause, facts) &&
      (clause.usages_other === undefined || (facts.done(clause).other ?? 0) < clause.usages_other),
  );
}

export interface AccessRequest {
  scopes: readonly string[];
  audience: readonly string[];
  /** All scopes configured for the provider. */
  providerScopes: readonly string[];
  audienceNotApplied: boolean;
  unrestrictedIgnoresScope: boolean;
}

export interface AccessSelection {
  /** Missing for an unrestricted token. */
  clause?: Clause;
  scopes: string[];
  audience: string[];
}

/** Undefined = 403 usage_restricted. The first usable clause in token order is charged. */
export function selectForAccessToken(
  restrictions: readonly Clause[],
  facts: CallerFacts,
  request: AccessRequest,
): AccessSelection | undefined {
  if (restrictions.length === 0) {
    if (request.unrestrictedIgnoresScope) return { scopes: [...request.providerScopes], audience: [] };
    const scopes = request.scopes.length > 0 ? request.scopes : request.providerScopes;
    return { scopes: [...scopes], audience: [...request.audience] };
  }
  const covers = (own: readonly string[], wanted: readonly string[]): boolean =>
    own.length === 0 || wanted.every((entry) => own.includes(entry));
  const clause = restrictions.find(
    (candidate) =>
      placeAndTimeOk(candidate, facts) &&
      (candidate.usages_AT === undefined || (facts.done(candidate).AT ?? 0) < candidate.usages_AT) &&
      covers(splitScope(candidate.scope), request.scopes) &&
      covers(candidate.audience ?? [], request.audience),
  );
  if (!clause) return undefined;
  const own = splitScope(clause.scope);
  const scopes = request.scopes.length > 0 ? request.scopes : own.length > 0 ? own : request.providerScopes;
  const audience =
    request.audience.length > 0 || request.audienceNotApplied ? request.audience : (clause.audience ?? []);
  return { clause, scopes: [...scopes], audience: [...audience] };
}
