/** Counting uses, demanding capabilities and rotating afterwards (protocol 6.1, 7, 24). */
import { has } from '../rules/capabilities.ts';
import { selectForOther, type CallerFacts } from '../rules/selection.ts';
import { ApiFailure, json, withCookie, type Exchange, type Reply } from '../http/exchange.ts';
import type { ServerContext } from '../server/context.ts';
import type { Clause, MytokenResponse } from '../types.ts';
import type { Authenticated } from './authenticate.ts';
import { rotateToken, type Caller } from './lifecycle.ts';
import type { StoredToken } from './model.ts';
import { mytokenResponse } from './respond.ts';

const COOKIE_SECONDS = 604_800;

export function callerOf(exchange: Exchange): Caller {
  return { ip: exchange.ip, userAgent: exchange.userAgent };
}

export function requireCapability(token: StoredToken, capability: string): void {
  if (has(token.claims.capabilities, capability)) return;
  throw new ApiFailure(
    403,
    'insufficient_capabilities',
    `The provided token does not have the required capability '${capability}'`,
  );
}

export function usageRestricted(): ApiFailure {
  return new ApiFailure(403, 'usage_restricted', 'The restrictions of this token does not allow this usage');
}

function isPrivate(ip: string): boolean {
  const plain = ip.replace(/^::ffff:/i, '');
  return /^(127\.|10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.|::1$|f[cd])/i.test(plain);
}

export function callerFacts(context: ServerContext, token: StoredToken, ip: string): CallerFacts {
  const { country, countryByIp, reverseDns } = context.settings;
  return {
    nowS: context.clock.nowS(),
    ip,
    country: countryByIp[ip] ?? (isPrivate(ip) ? country : ''),
    reverseDns,
    caseSensitiveGeo: context.quirks.caseSensitiveGeo,
    // Two identical clauses share their counter because it hangs on the clause's text.
    done: (clause) => token.usage[JSON.stringify(clause)] ?? {},
  };
}

export function charge(
  context: ServerContext,
  token: StoredToken,
  clause: Clause,
  use: 'AT' | 'other',
): void {
  const key = JSON.stringify(clause);
  const done = token.usage[key] ?? {};
  token.usage[key] = { ...done, [use]: (done[use] ?? 0) + 1 };
  context.store.touch();
}

/**
 * Finds the clause which pays for an "other" use.
 * @returns charges it
 * @throws ApiFailure 403; a plain Error for the server's own crash
 */
export function chargeableOther(context: ServerContext, token: StoredToken, ip: string): () => void {
  const restrictions = token.claims.restrictions ?? [];
  if (restrictions.length === 0) return () => undefined;
  const facts = callerFacts(context, token, ip);
  const crashing = (clause: Clause): boolean =>
    clause.usages_other !== undefined &&
    clause.usages_AT === undefined &&
    facts.done(clause).other !== undefined;
  if (context.quirks.otherUseCrash && restrictions.some(crashing))
    throw new Error('nil dereference in a log line');
  const clause = selectForOther(restrictions, facts);
  if (!clause) throw usageRestricted();
  return () => charge(context, token, clause, 'other');
}

/** @throws ApiFailure 403; a plain Error for the server's own crash */
export function useOther(context: ServerContext, token: StoredToken, ip: string): void {
  chargeableOther(context, token, ip)();
}

/** Rotates if the token wants that for this kind of use; the new token has the type of the presented one. */
export function rotateAfter(
  context: ServerContext,
  used: Authenticated,
  use: 'on_AT' | 'on_other',
  caller: Caller,
): MytokenResponse | undefined {
  if (!used.token.claims.rotation?.[use]) return undefined;
  const jwt = rotateToken(context, used.token, caller);
  return mytokenResponse(context, used.token, jwt, used.type);
}

export function mytokenCookie(context: ServerContext, name: string, value: string, seconds: number): string {
  const issuer = new URL(context.settings.issuer);
  const secure = issuer.protocol === 'https:' ? '; Secure' : '';
  return `${name}=${value}; Max-Age=${seconds}; Domain=${issuer.hostname}; Path=/api; HttpOnly; SameSite=Strict${secure}`;
}

export function tokenCookie(context: ServerContext, value: string): string {
  return mytokenCookie(context, 'mytoken', value, COOKIE_SECONDS);
}

/** JSON answer with `token_update`, and the cookie which always goes with it (protocol 2.4, 2.6). */
export function jsonWithUpdate(
  context: ServerContext,
  status: number,
  body: object,
  update: MytokenResponse | undefined,
): Reply {
  if (!update) return json(status, body);
  const full = context.quirks.tokenUpdateCookieOnly ? body : { ...body, token_update: update };
  return withCookie(json(status, full), tokenCookie(context, update.mytoken ?? ''));
}
