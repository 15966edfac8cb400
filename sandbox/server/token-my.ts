/** The mytoken endpoint and its grants (protocol 8). */
import { childCapabilities, DEFAULT_CAPABILITIES } from '../rules/capabilities.ts';
import { tighten } from '../rules/tighten.ts';
import { rawJson, type Fields } from '../http/body.ts';
import { ApiFailure, badRequest, json, type Exchange, type Reply } from '../http/exchange.ts';
import { presentedToken } from '../tokens/authenticate.ts';
import { addEvent, createToken } from '../tokens/lifecycle.ts';
import { effectiveType, mytokenResponse } from '../tokens/respond.ts';
import { TokenInvalid, momIdOf } from '../tokens/signer.ts';
import { callerOf, jsonWithUpdate, requireCapability, rotateAfter, useOther } from '../tokens/usage.ts';
import type { Clause, MytokenResponse } from '../types.ts';
import { startAuthorization } from './consent-flow.ts';
import { fulfilWishes, requireWishesPossible } from './at-creation.ts';
import { findProvider, oddStatus, type ServerContext } from './context.ts';
import { startConsent } from './login-start.ts';
import { consumeCode, pollCode, requireToken, storedCode } from './polling.ts';
import { operatorRestrictions, readGeneral, requireNotExpired } from './request.ts';
import { withToken } from './with-token.ts';

const UNSUPPORTED_ISSUER = 'The provided issuer is not supported';

export async function tokenMy(context: ServerContext, exchange: Exchange): Promise<Reply> {
  const body = rawJson(exchange);
  const { features } = context.settings;
  const grant = exchange.url.searchParams.get('grant_type') ?? body.string('grant_type');
  switch (grant) {
    case 'oidc_flow':
      return oidcFlow(context, exchange, body);
    case 'mytoken':
    case 'refresh_token':
      return subToken(context, exchange, body);
    case 'polling_code':
      if (features.pollingCodes) return pollingGrant(context, exchange, body);
      break;
    case 'transfer_code':
      if (features.transferCodes) return transferGrant(context, exchange, body);
      break;
  }
  throw new ApiFailure(400, 'invalid_grant', 'Unsupported grant_type');
}

async function oidcFlow(context: ServerContext, exchange: Exchange, body: Fields): Promise<Reply> {
  const request = readGeneral(context, body, exchange);
  const { settings } = context;
  const { fields } = request;
  if ((fields.string('oidc_flow') ?? 'authorization_code') !== 'authorization_code')
    throw new ApiFailure(400, 'invalid_grant', 'Unsupported oidc_flow');
  const provider = findProvider(context, request.issuer ?? '');
  if (!provider) throw badRequest(UNSUPPORTED_ISSUER);
  const web = fields.string('client_type') === 'web';
  const redirectUri = fields.string('redirect_uri');
  if (web ? !redirectUri : !settings.features.pollingCodes)
    throw badRequest('parameter redirect_uri must be given for client_type=web');
  requireNotExpired(context, request.restrictions);
  const { flow, answer } = startConsent(context, exchange, {
    issuer: provider.issuer,
    name: request.name,
    applicationName: request.applicationName,
    capabilities: request.capabilities.length > 0 ? request.capabilities : [...DEFAULT_CAPABILITIES],
    restrictions: operatorRestrictions(context, provider, request.restrictions),
    rotation: request.rotation,
    wish: request.wish,
    redirectUri: web ? redirectUri : undefined,
    wishes: request.wishes,
  });
  if (web && settings.trustedRedirects.some((pattern) => pattern.test(redirectUri ?? '')))
    return json(oddStatus(context, 278), { authorization_uri: await startAuthorization(context, flow) });
  return json(200, answer);
}

/** Restrictions of a child, with the lost clause only if the quirks say so (protocol 6.5). */
function childRestrictions(
  context: ServerContext,
  parent: readonly Clause[],
  wanted: readonly Clause[],
  failWhenNotTighter: boolean,
): Clause[] {
  const result = tighten(parent, wanted, context.settings.reverseDns);
  const { deadErrorOnRestrictions, lostClause } = context.quirks;
  if (!result.complete && (!lostClause || (failWhenNotTighter && !deadErrorOnRestrictions)))
    throw badRequest('requested restrictions are not subset of original restrictions');
  return result.restrictions;
}

async function subToken(context: ServerContext, exchange: Exchange, body: Fields): Promise<Reply> {
  const presented = presentedToken(context, exchange, body, ['mytoken', 'refresh_token']);
  return withToken(context, exchange, presented, (used) => {
    const parent = used.token;
    const request = readGeneral(context, body, exchange);
    requireCapability(parent, 'create_mytoken');
    if (request.issuer !== undefined && request.issuer !== parent.claims.oidc_iss)
      throw badRequest('token not for specified issuer');
    const capabilities = childCapabilities(parent.claims.capabilities, request.capabilities);
    if (capabilities.length === 0)
      throw badRequest('mytoken to be issued cannot have any of the requested capabilities');
    requireNotExpired(context, request.restrictions);
    const strict = request.fields.boolean('error_on_restrictions');
    const restrictions = childRestrictions(
      context,
      parent.claims.restrictions ?? [],
      request.restrictions,
      strict,
    );
    if (parent.refreshTokenId === undefined) throw new ApiFailure(400, 'invalid_token');
    requireWishesPossible(context, parent.claims.sub, request.wishes);
    useOther(context, parent, exchange.ip);
    const caller = callerOf(exchange);
    const { token, jwt } = createToken(
      context,
      {
        issuer: parent.claims.oidc_iss,
        oidcSub: parent.claims.oidc_sub,
        name: request.name,
        capabilities,
        restrictions,
        rotation: request.rotation,
        refreshTokenId: parent.refreshTokenId,
        parent,
        authTime: parent.claims.auth_time ?? context.clock.nowS(),
      },
      caller,
    );
    addEvent(context, token, 'created', 'Used grant_type mytoken', caller);
    addEvent(context, token, 'inherited_RT', 'Got RT from parent', caller);
    fulfilWishes(context, token, request.wishes, caller);
    addEvent(context, parent, 'MT_created', `Created MT ${request.name}`, caller);
    const answer = mytokenResponse(context, token, jwt, effectiveType(context, request.wish, jwt));
    return jsonWithUpdate(context, 200, answer, rotateAfter(context, used, 'on_other', caller));
  });
}

function pollingGrant(context: ServerContext, exchange: Exchange, body: Fields): Reply {
  const { token, jwt, stored } = pollCode(context, exchange, body.string('polling_code'), 'mytoken');
  return json(200, mytokenResponse(context, token, jwt, effectiveType(context, stored.wish, jwt)));
}

function transferGrant(context: ServerContext, exchange: Exchange, body: Fields): Reply {
  const code = body.string('transfer_code');
  const stored = storedCode(context, code, 'mytoken');
  if (stored.jwt === undefined) throw badRequest('token not valid');
  consumeCode(context, code);
  try {
    const claims = context.signer.verify(stored.jwt, context.clock.nowS());
    const token = requireToken(context.store.state.tokens[momIdOf(claims.jti)]);
    addEvent(context, token, 'transfer_code_used', 'token type: token', callerOf(exchange));
    const full: MytokenResponse = mytokenResponse(context, token, stored.jwt, 'token');
    delete full.rotation;
    return json(200, full);
  } catch (error) {
    // A token out of its time is an unforeseen case there: 500, and the code is gone.
    if (error instanceof TokenInvalid) throw new ApiFailure(500, 'internal_server_error', error.message);
    throw error;
  }
}
