import { childCapabilities } from './capabilities.ts';
import { readHost } from './hosts.ts';
import { isCountryCode } from './countries.ts';
import type { Clause, ClauseRequest, Rotation } from './mytoken.ts';
import {
  allExpired,
  normaliseClause,
  normaliseRestrictions,
  type RestrictionKey,
  type Tightened,
  tighten,
  unlimitedUses,
} from './restrictions.ts';
import { readTime } from './time-expressions.ts';

/** In which form a server hands out a new mytoken (mytoken protocol, "Parameters"). */
export const responseTypes = ['token', 'short_token', 'transfer_code'] as const;
export type ResponseType = (typeof responseTypes)[number];

/** Longer names fail at the server: its column holds 100 characters and it adds some of its own. */
export const longestTokenName = 89;

/** What somebody wants a mytoken made from another one to be. Includes are resolved. */
export interface SubMytokenWish {
  readonly name: string;
  readonly capabilities: readonly string[];
  readonly restrictions: readonly ClauseRequest[];
  readonly rotation: Rotation | null;
  readonly responseType: ResponseType;
}

/** The mytoken another one is made from: what its signed claims say. */
export interface ParentMytoken {
  readonly capabilities: readonly string[];
  readonly restrictions: readonly Clause[];
}

export interface Prediction extends Tightened {
  readonly capabilities: readonly string[];
  /** Asked for, but not the parent's to give: servers drop them without a word. */
  readonly droppedCapabilities: readonly string[];
  /** The server refuses: no capability is left, or every clause has ended already. */
  readonly refused: 'no-capabilities' | 'expired' | null;
}

/**
 * What a server will make of a wish (mytoken protocol, "sub-token"), worked out beforehand because it says nothing of what it drops
 * or widens; the parent has to have `create_mytoken`. `nowSeconds` is the server's time.
 */
export function predictChild(
  parent: ParentMytoken,
  wish: Pick<SubMytokenWish, 'capabilities' | 'restrictions'>,
  nowSeconds: number,
): Prediction {
  const capabilities = childCapabilities(parent.capabilities, wish.capabilities);
  const wanted = normaliseRestrictions(wish.restrictions, nowSeconds);
  const refused =
    capabilities.length === 0 ? 'no-capabilities' : allExpired(wanted, nowSeconds) ? 'expired' : null;
  return {
    ...tighten(parent.restrictions, wanted),
    capabilities,
    droppedCapabilities: wish.capabilities.filter((capability) => !capabilities.includes(capability)),
    refused,
  };
}

/** A mistake in one field of a wish; `clause` is the index of the restriction clause it is in. */
export interface FieldProblem {
  readonly field: 'name' | 'capabilities' | 'rotation' | RestrictionKey;
  readonly clause: number | null;
  readonly problem:
    | 'empty'
    | 'too-long'
    | 'not-a-time'
    | 'server-local'
    | 'too-far'
    | 'past'
    | 'ends-before-it-begins'
    | 'host-bits'
    | 'not-a-host'
    | 'not-a-country'
    | 'not-a-count'
    | 'not-a-scope';
  /** The entry in question; for `host-bits` what was probably meant. */
  readonly value: string;
}

/** Everything that is wrong with a wish by itself, whatever it is compared with. */
export function fieldProblems(
  wish: Pick<SubMytokenWish, 'name' | 'capabilities' | 'restrictions' | 'rotation'>,
  nowSeconds: number,
): readonly FieldProblem[] {
  const problems: FieldProblem[] = [];
  const add = (
    field: FieldProblem['field'],
    clause: number | null,
    problem: FieldProblem['problem'],
    value = '',
  ): void => {
    problems.push({ field, clause, problem, value });
  };
  if (wish.name.trim() === '') add('name', null, 'empty');
  else if (Array.from(wish.name).length > longestTokenName) add('name', null, 'too-long');
  if (wish.capabilities.length === 0) add('capabilities', null, 'empty');
  const { lifetime } = wish.rotation ?? {};
  if (lifetime !== undefined && !isCount(lifetime)) add('rotation', null, 'not-a-count', String(lifetime));

  wish.restrictions.forEach((clause, index) => {
    for (const key of ['nbf', 'exp'] as const) {
      const time = readTime(clause[key]);
      if (time.kind === 'problem') add(key, index, time.problem, String(clause[key]));
    }
    const { nbf, exp } = normaliseClause(clause, nowSeconds);
    if (exp !== undefined && exp < nowSeconds) add('exp', index, 'past');
    else if (nbf !== undefined && exp !== undefined && exp <= nbf) add('exp', index, 'ends-before-it-begins');
    for (const scope of (clause.scope ?? '').split(/\s+/)) {
      // RFC 6749, 3.3.
      if (!/^[\x21\x23-\x5B\x5D-\x7E]*$/.test(scope)) add('scope', index, 'not-a-scope', scope);
    }
    for (const host of clause.hosts ?? []) {
      const entry = readHost(host);
      if (entry.kind !== 'problem') continue;
      if (entry.problem.reason === 'host-bits') add('hosts', index, 'host-bits', entry.problem.meant);
      else add('hosts', index, 'not-a-host', host);
    }
    for (const key of ['geoip_allow', 'geoip_disallow'] as const) {
      for (const code of clause[key] ?? []) if (!isCountryCode(code)) add(key, index, 'not-a-country', code);
    }
    for (const key of ['usages_AT', 'usages_other'] as const) {
      const count = clause[key];
      if (count !== undefined && (!Number.isInteger(count) || count < 0 || count > unlimitedUses))
        add(key, index, 'not-a-count', String(count));
    }
  });
  return problems;
}

function isCount(value: number): boolean {
  return Number.isInteger(value) && value > 0 && value <= unlimitedUses;
}

/** Things that are allowed and yet deserve a second look. */
export type Caution =
  | { readonly kind: 'unrestricted' }
  | { readonly kind: 'no-expiry' }
  | { readonly kind: 'long-lived'; readonly expSeconds: number }
  | { readonly kind: 'dangerous-capability'; readonly capability: string }
  | { readonly kind: 'other-uses-without-AT-limit'; readonly clause: number };

const longLivedSeconds = 90 * 86_400;

/** For a person who is about to hand out a mytoken with these capabilities and restrictions. */
export function cautionsFor(
  capabilities: readonly string[],
  restrictions: readonly Clause[],
  nowSeconds: number,
  isDangerous: (capability: string) => boolean,
): readonly Caution[] {
  const cautions: Caution[] = [];
  if (restrictions.length === 0) cautions.push({ kind: 'unrestricted' });
  else if (restrictions.some((clause) => !clause.exp)) cautions.push({ kind: 'no-expiry' });
  else {
    const expSeconds = Math.max(...restrictions.map((clause) => clause.exp ?? 0));
    if (expSeconds > nowSeconds + longLivedSeconds) cautions.push({ kind: 'long-lived', expSeconds });
  }
  for (const capability of capabilities) {
    if (isDangerous(capability)) cautions.push({ kind: 'dangerous-capability', capability });
  }
  restrictions.forEach((clause, index) => {
    if (clause.usages_other !== undefined && clause.usages_AT === undefined)
      cautions.push({ kind: 'other-uses-without-AT-limit', clause: index });
  });
  return cautions;
}
