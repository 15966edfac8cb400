/** Seconds since the epoch, as mytoken servers write them. Everything else in this code base is milliseconds. */
export type UnixSeconds = number;

/** One restriction clause of a mytoken (mytoken protocol, "Restrictions"): keys are AND-ed, clauses OR-ed. */
export interface Clause {
  readonly nbf?: UnixSeconds | undefined;
  readonly exp?: UnixSeconds | undefined;
  /** Space separated. Absent or empty: any. */
  readonly scope?: string | undefined;
  readonly audience?: readonly string[] | undefined;
  readonly hosts?: readonly string[] | undefined;
  readonly geoip_allow?: readonly string[] | undefined;
  readonly geoip_disallow?: readonly string[] | undefined;
  readonly usages_AT?: number | undefined;
  readonly usages_other?: number | undefined;
}

/** What may be sent in a request: relative times such as `"+7d"`, the magic host `"this"`, template includes. */
export interface ClauseRequest extends Omit<Clause, 'nbf' | 'exp'> {
  readonly nbf?: UnixSeconds | string | undefined;
  readonly exp?: UnixSeconds | string | undefined;
  readonly include?: string | readonly string[] | undefined;
}

export interface Rotation {
  readonly on_AT?: boolean | undefined;
  readonly on_other?: boolean | undefined;
  /** Seconds after which an unused mytoken dies (counted from its last rotation or creation). */
  readonly lifetime?: number | undefined;
  readonly auto_revoke?: boolean | undefined;
}

/** What an account asks its mytoken server for when it logs in. */
export interface MytokenWish {
  readonly tokenName: string;
  readonly capabilities: readonly string[];
  readonly restrictions: readonly ClauseRequest[];
  readonly rotation: Rotation | null;
  /** Server profiles to include by name; the server expands them. */
  readonly include?: readonly string[] | undefined;
}

/** True when obtaining an access token replaces the mytoken, or when any other use does. */
export function rotates(rotation: Rotation | null | undefined): boolean {
  return rotation?.on_AT === true || rotation?.on_other === true;
}

/**
 * When the mytoken stops working for good, in milliseconds, or null for never: the earliest of the JWT's `exp`, the
 * rotation window counted from `iat`, and the latest clause `exp` (mytoken protocol, "Rotation" and client algorithms).
 */
export function effectiveExpiryMs(claims: {
  readonly exp?: UnixSeconds | undefined;
  readonly iat: UnixSeconds;
  readonly rotation?: Rotation | null | undefined;
  readonly restrictions?: readonly Clause[] | undefined;
}): number | null {
  const candidates: number[] = [];
  if (claims.exp) candidates.push(claims.exp);
  if (claims.rotation?.lifetime) candidates.push(claims.iat + claims.rotation.lifetime);
  const clauses = claims.restrictions ?? [];
  if (clauses.length > 0 && clauses.every((clause) => clause.exp)) {
    candidates.push(Math.max(...clauses.map((clause) => clause.exp ?? 0)));
  }
  return candidates.length === 0 ? null : Math.min(...candidates) * 1000;
}

/** Splits a space separated list as used for `scope`, dropping doubles and blanks; order is kept. */
export function splitList(text: string): string[] {
  return [...new Set(text.split(/\s+/u).filter((part) => part !== ''))];
}
