/** Reading requested restriction clauses, and what follows from them (protocol 6.1 to 6.4). */
import type { Clause } from '../types.ts';
import { resolveTime } from './times.ts';

export const RESTRICTION_KEYS: readonly (keyof Clause)[] = [
  'nbf',
  'exp',
  'scope',
  'audience',
  'hosts',
  'geoip_allow',
  'geoip_disallow',
  'usages_AT',
  'usages_other',
];

export function splitScope(scope: string | undefined): string[] {
  return (scope ?? '').split(' ').filter((part) => part !== '');
}

export interface ClauseReading {
  nowS: number;
  callerIp: string;
  disabledKeys: readonly (keyof Clause)[];
  /** Quirk: `ip` is ignored instead of read as `hosts`. */
  ignoreIpKey: boolean;
}

function stringList(value: unknown, key: string): string[] | undefined {
  if (value === undefined || value === null) return undefined;
  if (!Array.isArray(value) || !value.every((entry) => typeof entry === 'string'))
    throw new Error(`json: cannot unmarshal into Go struct field .${key} of type []string`);
  return value.length > 0 ? value : undefined;
}

function counter(value: unknown, key: string): number | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'number' || !Number.isInteger(value))
    throw new Error(`json: cannot unmarshal into Go struct field .${key} of type int64`);
  return value;
}

function time(value: unknown, key: string, nowS: number): number | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'number' && typeof value !== 'string')
    throw new Error(`json: cannot unmarshal into Go struct field .${key} of type unixtime`);
  const resolved = resolveTime(value, nowS);
  return resolved === 0 ? undefined : resolved;
}

/** Go matches JSON names without regard to case; the last one in the document wins. */
function foldKeys(raw: object): Map<string, unknown> {
  return new Map(Object.entries(raw).map(([key, value]) => [key.toLowerCase(), value]));
}

/**
 * Reads one expanded clause; keys come out in the order the server prints them, because usage counters hang on the
 * text of the clause.
 * @throws Error on a wrong JSON type or time string
 */
export function readClause(raw: unknown, reading: ClauseReading): Clause {
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw))
    throw new Error('json: cannot unmarshal restrictions');
  const fields = foldKeys(raw);
  const field = (key: string): unknown => fields.get(key.toLowerCase());
  const hosts = stringList(field('hosts') ?? (reading.ignoreIpKey ? undefined : field('ip')), 'hosts');
  const scope = field('scope');
  if (scope !== undefined && scope !== null && typeof scope !== 'string')
    throw new Error('json: cannot unmarshal into Go struct field .scope of type string');
  const full: Record<keyof Clause, unknown> = {
    nbf: time(field('nbf'), 'nbf', reading.nowS),
    exp: time(field('exp'), 'exp', reading.nowS),
    scope: scope === '' ? undefined : scope,
    audience: stringList(field('audience'), 'audience'),
    hosts: hosts?.map((host) => (host.toLowerCase() === 'this' ? reading.callerIp : host)),
    geoip_allow: stringList(field('geoip_allow'), 'geoip_allow'),
    geoip_disallow: stringList(field('geoip_disallow'), 'geoip_disallow'),
    usages_AT: counter(field('usages_AT'), 'usages_AT'),
    usages_other: counter(field('usages_other'), 'usages_other'),
  };
  const entries = RESTRICTION_KEYS.filter(
    (key) => !reading.disabledKeys.includes(key) && full[key] !== undefined && full[key] !== null,
  ).map((key) => [key, full[key]]);
  return Object.fromEntries(entries) as Clause;
}

/** `exp` of a token: the latest one, or none if any clause has none. */
export function latestExp(restrictions: readonly Clause[]): number | undefined {
  const values = restrictions.map((clause) => clause.exp ?? 0);
  return values.length === 0 || values.includes(0) ? undefined : Math.max(...values);
}

/** `nbf` of a token: the earliest one if every clause has one and it lies in the future, else now. */
export function earliestNbf(restrictions: readonly Clause[], nowS: number): number {
  const values = restrictions.map((clause) => clause.nbf ?? 0);
  return values.length === 0 || values.includes(0) ? nowS : Math.max(nowS, Math.min(...values));
}

/** Lowers every `exp` to the bound; an unrestricted request gets a clause of its own (protocol 6.3). */
export function limitLifetime(restrictions: readonly Clause[], maxExpS: number): Clause[] {
  if (restrictions.length === 0) return [{ exp: maxExpS }];
  return restrictions.map((clause) => ({ ...clause, exp: Math.min(clause.exp ?? maxExpS, maxExpS) }));
}

function narrowed(wanted: string[], granted: readonly string[], emptyMeansAny: boolean): string[] {
  const common = wanted.filter((entry) => granted.includes(entry));
  return common.length > 0 || emptyMeansAny ? common : wanted;
}

/**
 * What the provider granted narrows the clauses (protocol 6.4). With the quirk an empty intersection means
 * "unrestricted" for that key.
 */
export function narrowToGrant(
  restrictions: readonly Clause[],
  granted: { scopes: readonly string[] | undefined; audience: readonly string[] | undefined },
  emptyMeansAny: boolean,
): Clause[] {
  return restrictions.map((clause) => {
    const { scope, audience, ...rest } = clause;
    const result: Clause = { ...rest };
    const scopes = splitScope(scope);
    const nextScopes = granted.scopes ? narrowed(scopes, granted.scopes, emptyMeansAny) : scopes;
    const nextAudience =
      audience && granted.audience ? narrowed(audience, granted.audience, emptyMeansAny) : (audience ?? []);
    if (nextScopes.length > 0) result.scope = nextScopes.join(' ');
    if (nextAudience.length > 0) result.audience = nextAudience;
    return inPrintOrder(result);
  });
}

function inPrintOrder(clause: Clause): Clause {
  return Object.fromEntries(
    RESTRICTION_KEYS.filter((key) => clause[key] !== undefined).map((key) => [key, clause[key]]),
  );
}
