import { hasCapability } from './capabilities.ts';
import type { Clause, ClauseRequest, MytokenWish, Rotation } from './mytoken.ts';
import { restrictionKeys, type RestrictionKey as Key, unlimitedUses } from './restrictions.ts';
import { sameIssuer } from './issuers.ts';
import type { LoginDifference } from './state.ts';
import { readTime } from './time-expressions.ts';

type Kind = LoginDifference['kind'];

/** The server works out relative times a moment later, by its own clock. */
const timeToleranceSeconds = 600;

/** What a mytoken turned out to be: the claims of its JWT, or what the server's answer says of a short one. */
export interface Granted {
  readonly oidc_iss: string;
  readonly capabilities: readonly string[];
  readonly restrictions?: readonly Clause[] | undefined;
  readonly rotation?: Rotation | null | undefined;
}

export interface Wished {
  readonly wish: Pick<MytokenWish, 'capabilities' | 'restrictions' | 'rotation' | 'include'>;
  readonly oidcIssuer: string;
  /** When it was asked for: relative times count from here. */
  readonly atMs: number;
}

/**
 * In what a mytoken differs from the wish. Nothing is said about what the server was to fill in (profiles and templates
 * it expands, capabilities left to its default): only it knows what that was.
 */
export function differencesFrom(wished: Wished, claims: Granted): readonly LoginDifference[] {
  const { wish, oidcIssuer } = wished;
  const differences: LoginDifference[] = [];
  const add = (kind: Kind, values: readonly string[]): void => {
    if (values.length > 0) differences.push({ kind, values: [...new Set(values)] });
  };
  const byServer = (wish.include ?? []).length > 0;

  if (!sameIssuer(oidcIssuer, claims.oidc_iss)) add('issuer-changed', [claims.oidc_iss]);
  if (wish.capabilities.length > 0) {
    add(
      'capabilities-lost',
      wish.capabilities.filter((capability) => !hasCapability(claims.capabilities, capability)),
    );
    if (!byServer) {
      add(
        'capabilities-added',
        claims.capabilities.filter((capability) => !hasCapability(wish.capabilities, capability)),
      );
    }
  }
  if (!byServer && wish.restrictions.every(({ include }) => include === undefined)) {
    const compared = compareClauses(wish.restrictions, claims.restrictions ?? [], wished.atMs / 1000);
    add('restrictions-changed', compared.changed);
    add('restrictions-lost', compared.lost);
    add('restrictions-added', compared.added);
  }
  if (!byServer) add('rotation-changed', rotationKeysThatDiffer(wish.rotation, claims.rotation ?? null));
  return differences;
}

function compareClauses(
  wished: readonly ClauseRequest[],
  granted: readonly Clause[],
  atSeconds: number,
): { readonly changed: Key[]; readonly lost: Key[]; readonly added: Key[] } {
  const leftGranted = [...granted];
  const leftWished = wished.filter((wish) => {
    // `[{}]` is how a server may be asked for no restrictions at all.
    if (presentKeys(wish).length === 0) return false;
    const index = leftGranted.findIndex((clause) => keysThatDiffer(wish, clause, atSeconds).length === 0);
    if (index >= 0) leftGranted.splice(index, 1);
    return index < 0;
  });
  const pairs = Math.min(leftWished.length, leftGranted.length);
  return {
    changed: leftWished
      .slice(0, pairs)
      .flatMap((wish, index) => keysThatDiffer(wish, leftGranted[index] ?? {}, atSeconds)),
    lost: leftWished.slice(pairs).flatMap(presentKeys),
    added: leftGranted.slice(pairs).flatMap(presentKeys),
  };
}

function keysThatDiffer(wish: ClauseRequest, clause: Clause, atSeconds: number): Key[] {
  return restrictionKeys.filter((key) => !sameValue(key, wish, clause, atSeconds));
}

function sameValue(key: Key, wish: ClauseRequest, clause: Clause, atSeconds: number): boolean {
  switch (key) {
    case 'nbf':
    case 'exp': {
      const asked = secondsOf(wish[key], atSeconds);
      if (asked === null) return true;
      const got = clause[key] ?? 0;
      return asked === 0 || got === 0
        ? asked === got
        : Math.abs(asked - got) <= (typeof wish[key] === 'string' ? timeToleranceSeconds : 1);
    }
    case 'usages_AT':
    case 'usages_other':
      return limitOf(wish[key]) === limitOf(clause[key]);
    case 'scope':
      return sameSet((wish.scope ?? '').split(' '), (clause.scope ?? '').split(' '));
    case 'hosts':
      // The server puts the address it sees in the place of "this".
      if (wish.hosts?.includes('this') === true) return (clause.hosts ?? []).length >= wish.hosts.length;
      return sameSet(wish.hosts, clause.hosts);
    default:
      return sameSet(wish[key], clause[key]);
  }
}

/** Unix seconds (0: none), or null for a form that only the server reads. */
function secondsOf(time: number | string | undefined, atSeconds: number): number | null {
  const read = readTime(time);
  if (read.kind === 'none') return 0;
  if (read.kind === 'absolute') return read.seconds;
  return read.kind === 'relative' ? atSeconds + read.offsetSeconds : null;
}

/** "No limit" is also written as the largest number that servers store. */
function limitOf(count: number | undefined): number | undefined {
  return count === unlimitedUses ? undefined : count;
}

function sameSet(a: readonly string[] | undefined, b: readonly string[] | undefined): boolean {
  const normal = (list: readonly string[] | undefined): string =>
    [...new Set((list ?? []).filter((member) => member !== '').map((member) => member.toLowerCase()))]
      .sort()
      .join('\n');
  return normal(a) === normal(b);
}

function presentKeys(clause: ClauseRequest | Clause): Key[] {
  return restrictionKeys.filter((key) => {
    const value = clause[key];
    return Array.isArray(value) ? value.length > 0 : value !== undefined && value !== '' && value !== 0;
  });
}

function rotationKeysThatDiffer(wish: Rotation | null, granted: Rotation | null): string[] {
  const all = ['on_AT', 'on_other', 'lifetime', 'auto_revoke'] as const;
  return all.filter((key) => (wish?.[key] || undefined) !== (granted?.[key] || undefined));
}
