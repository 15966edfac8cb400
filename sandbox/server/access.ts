/** The access-token endpoint (protocol 10). */
import { byContentType } from '../http/body.ts';
import { ApiFailure, badRequest, type Exchange, type Reply } from '../http/exchange.ts';
import { splitScope } from '../rules/clauses.ts';
import { selectForAccessToken } from '../rules/selection.ts';
import { invalidToken, presentedToken } from '../tokens/authenticate.ts';
import { addEvent } from '../tokens/lifecycle.ts';
import {
  callerFacts,
  callerOf,
  charge,
  jsonWithUpdate,
  requireCapability,
  rotateAfter,
  usageRestricted,
} from '../tokens/usage.ts';
import { audienceOf } from './consent-flow.ts';
import type { ServerContext } from './context.ts';
import { OpFailure, type OpTokens } from './op-connection.ts';
import { withToken } from './with-token.ts';

export async function tokenAccess(context: ServerContext, exchange: Exchange): Promise<Reply> {
  const { fields, json } = await byContentType(exchange);
  const grant = fields.string('grant_type');
  if (grant !== 'mytoken' && grant !== 'refresh_token')
    throw new ApiFailure(400, 'invalid_grant', 'Unsupported grant_type');
  const issuer = fields.string(json ? 'oidc_issuer' : 'issuer');
  const requested = {
    scopes: splitScope(fields.string('scope')),
    audience: splitScope(fields.string('audience')),
  };
  const presented = presentedToken(context, exchange, fields, ['mytoken', 'refresh_token']);
  // The mutex spans the refresh: parallel refreshes on one tree would race for the provider's refresh token, and the
  // second user of a rotating token has to find it outdated.
  return withToken(context, exchange, presented, async (used) => {
    const { token } = used;
    if (issuer !== undefined && issuer !== '' && issuer !== token.claims.oidc_iss)
      throw badRequest('token not for specified issuer');
    requireCapability(token, 'AT');
    const provider = context.providers.find((entry) => entry.issuer === token.claims.oidc_iss);
    const selection = selectForAccessToken(
      token.claims.restrictions ?? [],
      callerFacts(context, token, exchange.ip),
      {
        ...requested,
        providerScopes: provider?.scopes ?? [],
        audienceNotApplied: context.quirks.audienceNotApplied,
        unrestrictedIgnoresScope: context.quirks.unrestrictedIgnoresScope,
      },
    );
    if (!selection) throw usageRestricted();
    const refreshToken = context.store.state.refreshTokens[token.refreshTokenId ?? ''];
    if (!provider || !refreshToken) throw invalidToken('No refresh token attached');
    const tokens = await orOidcError(
      provider.connection.refresh(refreshToken.value, selection.scopes, selection.audience),
    );
    if (tokens.refreshToken !== undefined) refreshToken.value = tokens.refreshToken;
    // Only now: an error of the provider costs neither a use nor the token string.
    if (selection.clause) charge(context, token, selection.clause, 'AT');
    const caller = callerOf(exchange);
    // The request's `comment` is stored elsewhere; the history only tells the grant.
    addEvent(context, token, 'AT_created', 'Used grant_type mytoken', caller);
    const audience = audienceOf(tokens.accessToken);
    return jsonWithUpdate(
      context,
      200,
      {
        access_token: tokens.accessToken,
        token_type: tokens.tokenType,
        expires_in: tokens.expiresIn,
        scope: tokens.scope ?? selection.scopes.join(' '),
        ...(audience === undefined ? {} : { audience }),
      },
      rotateAfter(context, used, 'on_AT', caller),
    );
  });
}

async function orOidcError(refresh: Promise<OpTokens>): Promise<OpTokens> {
  try {
    return await refresh;
  } catch (error) {
    if (error instanceof OpFailure) throw new ApiFailure(error.status, 'oidc_error', error.message);
    throw new ApiFailure(500, 'internal_server_error', 'the provider could not be reached');
  }
}
