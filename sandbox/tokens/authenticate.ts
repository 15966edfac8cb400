/** Which mytoken a request presents, and whether it is good (protocol 2.3, 4.1, 7). */
import type { Fields } from '../http/body.ts';
import { ApiFailure, badRequest, type Exchange } from '../http/exchange.ts';
import type { ServerContext } from '../server/context.ts';
import { kindOf } from './codes.ts';
import { releaseRefreshTokens, revokeToken } from './lifecycle.ts';
import type { MytokenClaims, StoredToken } from './model.ts';
import { momIdOf, TokenInvalid } from './signer.ts';

/** A token string as it was presented, with the JWT it stands for. */
export interface Presented {
  jwt: string;
  type: 'token' | 'short_token';
}

export interface Authenticated extends Presented {
  token: StoredToken;
  /** Claims of the presented JWT. */
  claims: MytokenClaims;
}

/** 401 without a description means revoked or outdated. */
export function invalidToken(description?: string): ApiFailure {
  return new ApiFailure(401, 'invalid_token', description);
}

/** Undefined: neither a JWT nor a short token this server knows. */
export function resolveString(context: ServerContext, value: string): Presented | undefined {
  const kind = kindOf(value);
  if (kind === 'jwt') return { jwt: value, type: 'token' };
  const jwt = kind === 'short' ? context.store.state.shortTokens[value] : undefined;
  return jwt === undefined ? undefined : { jwt, type: 'short_token' };
}

/**
 * Looks in the body field(s), then the Authorization header, then the cookie.
 * A body field that is present but unparsable fails while decoding: 400 instead of 401.
 * @throws ApiFailure
 */
export function presentedToken(
  context: ServerContext,
  exchange: Exchange,
  body: Fields | undefined,
  bodyFields: readonly string[] = ['mytoken'],
): Presented {
  for (const field of bodyFields) {
    const value = body?.string(field);
    if (value === undefined) continue;
    const found = resolveString(context, value);
    if (found) return found;
    throw context.quirks.badTokenIs400 ? badRequest('token not valid') : invalidToken('token not valid');
  }
  const [scheme = '', credential] = (exchange.headers['authorization'] ?? '').split(/\s+/, 2);
  const elsewhere =
    scheme.toLowerCase() === 'bearer' && credential ? credential : exchange.cookies['mytoken'];
  if (elsewhere === undefined || elsewhere === '') throw invalidToken('no mytoken found in request');
  const found = resolveString(context, elsewhere);
  if (!found) throw invalidToken('token not valid');
  return found;
}

/** Signature and claims only. @throws ApiFailure 401 with the library's text */
export function verifiedClaims(context: ServerContext, jwt: string): MytokenClaims {
  try {
    return context.signer.verify(jwt, context.clock.nowMs() / 1000);
  } catch (error) {
    if (error instanceof TokenInvalid) throw invalidToken(error.message);
    throw error;
  }
}

/** Key of the mutex for everything that concerns this token: the tree shares one refresh token. */
export function treeKey(context: ServerContext, presented: Presented): string {
  const payload = presented.jwt.split('.')[1] ?? '';
  try {
    const { jti } = JSON.parse(Buffer.from(payload, 'base64url').toString()) as { jti?: unknown };
    const momId = typeof jti === 'string' ? momIdOf(jti) : '';
    return context.store.state.tokens[momId]?.refreshTokenId ?? momId;
  } catch {
    return '';
  }
}

/**
 * Full check of a presented token. Must run inside the tree's mutex.
 *
 * An outdated `seq_no`, or a `lifetime` since the last rotation that lapsed, is 401 without description and with
 * `auto_revoke` ends the whole family.
 * @throws ApiFailure 401
 */
export async function authenticate(context: ServerContext, presented: Presented): Promise<Authenticated> {
  const claims = verifiedClaims(context, presented.jwt);
  const token = context.store.state.tokens[momIdOf(claims.jti)];
  if (!token) throw invalidToken();
  const lifetime = claims.rotation?.lifetime;
  const lapsed = lifetime !== undefined && context.clock.nowS() - token.lastRotated > lifetime;
  if (claims.seq_no !== token.claims.seq_no || lapsed) {
    if (claims.rotation?.auto_revoke) await releaseRefreshTokens(context, revokeToken(context, token, true));
    throw invalidToken();
  }
  return { ...presented, token, claims };
}
