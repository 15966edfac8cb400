/** Tightening of restrictions (protocol 6.5). */
import type { Clause } from '../types.ts';
import { hostContained, type ReverseDns } from './hosts.ts';
import { splitScope } from './clauses.ts';

function within(wanted: readonly string[], base: readonly string[]): boolean {
  return base.length === 0 || (wanted.length > 0 && wanted.every((entry) => base.includes(entry)));
}

function count(value: number | undefined): number {
  return value ?? Number.POSITIVE_INFINITY;
}

/** Does `wanted` allow nothing that `base` forbids? */
export function isTighter(wanted: Clause, base: Clause, reverseDns: ReverseDns = {}): boolean {
  const hosts = base.hosts ?? [];
  const wantedHosts = wanted.hosts ?? [];
  return (
    (wanted.nbf ?? 0) >= (base.nbf ?? 0) &&
    (!base.exp || (wanted.exp !== undefined && wanted.exp > 0 && wanted.exp <= base.exp)) &&
    within(splitScope(wanted.scope), splitScope(base.scope)) &&
    within(wanted.audience ?? [], base.audience ?? []) &&
    (hosts.length === 0 ||
      (wantedHosts.length > 0 &&
        wantedHosts.every((entry) => hosts.some((outer) => hostContained(entry, outer, reverseDns))))) &&
    within(wanted.geoip_allow ?? [], base.geoip_allow ?? []) &&
    (base.geoip_disallow ?? []).every((country) => (wanted.geoip_disallow ?? []).includes(country)) &&
    count(wanted.usages_AT) <= count(base.usages_AT) &&
    count(wanted.usages_other) <= count(base.usages_other)
  );
}

export interface Tightened {
  restrictions: Clause[];
  /** False when a wanted clause was lost. */
  complete: boolean;
}

/**
 * A wanted clause which is not tighter than any of the parent's is lost; if all are lost the parent's restrictions
 * apply. Counts are subtracted inside one request only: the parent's remaining budget is not consulted.
 */
export function tighten(
  parent: readonly Clause[],
  wanted: readonly Clause[],
  reverseDns: ReverseDns = {},
): Tightened {
  if (parent.length === 0) return { restrictions: [...wanted], complete: true };
  const bases = structuredClone([...parent]);
  const kept: Clause[] = [];
  for (const clause of wanted) {
    const base = bases.find((candidate) => isTighter(clause, candidate, reverseDns));
    if (!base) continue;
    kept.push(clause);
    if (base.usages_other !== undefined && clause.usages_other !== undefined)
      base.usages_other -= clause.usages_other;
    if (base.usages_AT !== undefined && clause.usages_AT !== undefined) base.usages_AT -= clause.usages_AT;
  }
  if (kept.length === 0) return { restrictions: [...parent], complete: wanted.length === 0 };
  return { restrictions: kept, complete: kept.length === wanted.length };
}
