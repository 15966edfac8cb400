/** Revocation: of a presented string (mode A) and of another token by its `mom_id` (mode B). Protocol 11. */
import { has } from '../rules/capabilities.ts';
import { byContentType, type Fields } from '../http/body.ts';
import { ApiFailure, badRequest, noContent, type Exchange, type Reply } from '../http/exchange.ts';
import { resolveString, treeKey, verifiedClaims, type Presented } from '../tokens/authenticate.ts';
import { kindOf } from '../tokens/codes.ts';
import { addEvent, isInFamily, releaseRefreshTokens, revokeToken } from '../tokens/lifecycle.ts';
import type { MytokenClaims, StoredToken } from '../tokens/model.ts';
import { momIdOf } from '../tokens/signer.ts';
import { callerOf, jsonWithUpdate, rotateAfter } from '../tokens/usage.ts';
import type { ServerContext } from './context.ts';

export async function revoke(context: ServerContext, exchange: Exchange): Promise<Reply> {
  const body = await byContentType(exchange);
  const { fields } = body;
  // The Authorization header is not looked at here.
  const value = fields.string('token') ?? exchange.cookies['mytoken'] ?? '';
  if (value === '') throw badRequest('no token given');
  // Form bodies do not carry all fields: such a request always concerns the presented string.
  const momId = body.json ? (fields.string('mom_id') ?? '') : '';
  const issuer = body.json ? (fields.string('oidc_issuer') ?? '') : '';
  if (momId !== '') return revokeOther(context, exchange, value, momId, fields);
  if (kindOf(value) === 'code') return revokeCode(context, value);
  const presented = resolveString(context, value);
  if (!presented) return noContent();
  return context.trees.run(treeKey(context, presented), () =>
    revokePresented(context, presented, issuer, fields.boolean('recursive')),
  );
}

async function revokePresented(
  context: ServerContext,
  presented: Presented,
  issuer: string,
  recursive: boolean,
): Promise<Reply> {
  let claims: MytokenClaims;
  try {
    claims = verifiedClaims(context, presented.jwt);
  } catch {
    // Success always: a token that cannot be parsed counts as gone.
    return noContent();
  }
  if (issuer !== '' && issuer !== claims.oidc_iss) throw badRequest('token not for specified issuer');
  const token = context.store.state.tokens[momIdOf(claims.jti)];
  if (!token) return noContent();
  if (claims.seq_no !== token.claims.seq_no) {
    if (!context.quirks.staleRevocation500) return noContent();
    throw new ApiFailure(500, 'internal_server_error', 'cipher: message authentication failed');
  }
  await releaseRefreshTokens(context, revokeToken(context, token, recursive));
  return noContent();
}

async function revokeCode(context: ServerContext, code: string): Promise<Reply> {
  const { codes, tokens } = context.store.state;
  const stored = codes[code];
  Reflect.deleteProperty(codes, code);
  context.store.touch();
  if (stored?.primary && stored.jwt !== undefined) {
    const claims = context.signer.verify(stored.jwt, 0, false);
    const token = tokens[momIdOf(claims.jti)];
    if (token) await releaseRefreshTokens(context, revokeToken(context, token, true));
  }
  return noContent();
}

function authoriser(context: ServerContext, value: string): { presented: Presented; claims: MytokenClaims } {
  const presented = resolveString(context, value);
  if (!presented) throw badRequest('token not valid');
  try {
    return { presented, claims: verifiedClaims(context, presented.jwt) };
  } catch (error) {
    // 400 here, not 401.
    throw error instanceof ApiFailure ? badRequest(error.description ?? 'token not valid') : error;
  }
}

/** Restrictions and the revoked state of the authorising token are not checked in this mode. */
function revokeOther(
  context: ServerContext,
  exchange: Exchange,
  value: string,
  momId: string,
  fields: Fields,
): Promise<Reply> {
  const { presented, claims } = authoriser(context, value);
  const issuer = fields.string('oidc_issuer') ?? '';
  if (issuer !== '' && issuer !== claims.oidc_iss) throw badRequest('token not for specified issuer');
  return context.trees.run(treeKey(context, presented), () => {
    const ownMomId = momIdOf(claims.jti);
    const target = context.store.state.tokens[momId];
    requireMayRevoke(context, claims, ownMomId, target);
    const ids = target ? revokeToken(context, target, fields.boolean('recursive')) : [];
    // The provider is not contacted in this mode; tokens nobody needs are only forgotten.
    for (const id of ids) Reflect.deleteProperty(context.store.state.refreshTokens, id);
    const own = context.store.state.tokens[ownMomId];
    if (!own) return Promise.resolve(noContent());
    const caller = callerOf(exchange);
    addEvent(context, own, 'revoked_other_token', `mom_id: ${momId}`, caller);
    const current = own.claims.seq_no === claims.seq_no;
    const update = current
      ? rotateAfter(context, { ...presented, token: own, claims }, 'on_other', caller)
      : undefined;
    return Promise.resolve(update ? jsonWithUpdate(context, 200, {}, update) : noContent());
  });
}

function requireMayRevoke(
  context: ServerContext,
  claims: MytokenClaims,
  ownMomId: string,
  target: StoredToken | undefined,
): void {
  if (target && isInFamily(context, ownMomId, target)) return;
  if (!has(claims.capabilities, 'manage_mytokens:revoke'))
    throw new ApiFailure(
      403,
      'insufficient_capabilities',
      "The provided token is neither a parent of the token to be revoked nor does it have the required capability 'manage_mytokens:revoke'",
    );
  if (target?.claims.sub !== claims.sub)
    throw new ApiFailure(403, 'invalid_grant', 'The provided token cannot be used to revoke this mom_id');
}
