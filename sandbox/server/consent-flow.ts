/** The login itself: to the provider and back (protocol 9.3, 9.4). */
import { randomBytes, randomUUID } from 'node:crypto';
import { narrowToGrant, splitScope } from '../rules/clauses.ts';
import { html, redirect, withCookie, type Exchange, type Reply } from '../http/exchange.ts';
import { letters } from '../tokens/codes.ts';
import { addEvent, createToken } from '../tokens/lifecycle.ts';
import type { StoredFlow } from '../tokens/model.ts';
import { newShortToken, newTransferCode, effectiveType } from '../tokens/respond.ts';
import { mytokenCookie, tokenCookie } from '../tokens/usage.ts';
import { rememberEmail } from '../users/users.ts';
import { fulfilWishes } from './at-creation.ts';
import { findProvider, oddStatus, type ServerContext } from './context.ts';
import { OpFailure, type AuthorizationWish, type OpTokens } from './op-connection.ts';
import { messagePage } from './pages.ts';

function wishOf(context: ServerContext, flow: StoredFlow): AuthorizationWish {
  const provider = findProvider(context, flow.issuer);
  const named = flow.restrictions.flatMap((clause) => splitScope(clause.scope));
  const scopes = named.length > 0 ? named : (provider?.scopes ?? []);
  return {
    state: flow.state ?? '',
    codeVerifier: flow.codeVerifier ?? '',
    scopes: [...new Set([...scopes, 'openid', 'offline_access'])],
    audience: [...new Set(flow.restrictions.flatMap((clause) => clause.audience ?? []))],
  };
}

/** @returns where the browser has to go. @throws Error when the provider cannot be reached */
export async function startAuthorization(context: ServerContext, flow: StoredFlow): Promise<string> {
  flow.state = letters(32);
  flow.codeVerifier = randomBytes(32).toString('base64url');
  context.store.touch();
  const provider = findProvider(context, flow.issuer);
  if (!provider) throw new Error('provider vanished');
  return provider.connection.authorizationUrl(wishOf(context, flow));
}

/** `aud` of the access token if that is a JWT (protocol 6.4, 10). */
export function audienceOf(accessToken: string): string[] | undefined {
  try {
    const payload = Buffer.from(accessToken.split('.')[1] ?? '', 'base64url').toString();
    const { aud } = JSON.parse(payload) as { aud?: unknown };
    if (typeof aud === 'string') return [aud];
    return Array.isArray(aud) ? aud.filter((entry) => typeof entry === 'string') : undefined;
  } catch {
    return undefined;
  }
}

function failurePage(status: number, title: string, detail: string): Reply {
  return html(status, messagePage(title, detail));
}

function endFlow(context: ServerContext, flow: StoredFlow): void {
  Reflect.deleteProperty(context.store.state.flows, flow.consentCode);
  context.store.touch();
}

/** The code of a login that failed at the provider. */
function dropPollingCode(context: ServerContext, flow: StoredFlow): void {
  const { codes } = context.store.state;
  if (flow.pollingCode === undefined) return;
  if (context.quirks.pollingInvalidAfterOpError) Reflect.deleteProperty(codes, flow.pollingCode);
  else markDeclined(context, flow.pollingCode);
  context.store.touch();
}

export function markDeclined(context: ServerContext, pollingCode: string | undefined): void {
  const code = context.store.state.codes[pollingCode ?? ''];
  if (code) code.state = 'declined';
  context.store.touch();
}

/** `GET /redirect`: the browser comes back from the provider. */
export async function redirectFromProvider(context: ServerContext, exchange: Exchange): Promise<Reply> {
  const query = exchange.url.searchParams;
  const state = query.get('state') ?? '';
  const flow = Object.values(context.store.state.flows).find(
    (entry) => entry.state !== undefined && entry.state === state,
  );
  if (!flow || flow.expires < context.clock.nowS())
    return failurePage(400, 'invalid_request', 'State mismatched');
  const error = query.get('error');
  if (error !== null) {
    endFlow(context, flow);
    dropPollingCode(context, flow);
    const detail = query.get('error_description');
    return failurePage(
      oddStatus(context, 555),
      'oidc_error',
      detail === null ? error : `${error}: ${detail}`,
    );
  }
  const provider = findProvider(context, flow.issuer);
  const wish = wishOf(context, flow);
  endFlow(context, flow);
  try {
    const callback = new URL(exchange.url.href);
    const tokens = await provider?.connection.exchange(callback, wish, exchange.ip);
    if (!tokens) throw new Error('provider vanished');
    if (tokens.refreshToken === undefined) {
      if (!context.quirks.lateFailureStaysPending) markDeclined(context, flow.pollingCode);
      return failurePage(oddStatus(context, 555), 'oidc_error', 'Did not receive a refresh token');
    }
    return finish(context, flow, tokens, tokens.refreshToken);
  } catch (failure) {
    // Late failures: the browser shows the error, the client keeps polling until the code expires.
    if (!context.quirks.lateFailureStaysPending) markDeclined(context, flow.pollingCode);
    if (!(failure instanceof OpFailure))
      return failurePage(500, 'internal_server_error', 'The provider could not be reached');
    return failurePage(failure.status, 'oidc_error', failure.message);
  }
}

function finish(context: ServerContext, flow: StoredFlow, tokens: OpTokens, refreshToken: string): Reply {
  const { state } = context.store;
  const refreshTokenId = randomUUID();
  state.refreshTokens[refreshTokenId] = { issuer: flow.issuer, value: refreshToken };
  const restrictions = narrowToGrant(
    flow.restrictions,
    {
      scopes: tokens.scope === undefined ? undefined : splitScope(tokens.scope),
      audience: audienceOf(tokens.accessToken),
    },
    context.quirks.emptyIntersectionUnrestricted,
  );
  const caller = { ip: flow.ip, userAgent: flow.userAgent };
  const { token, jwt } = createToken(
    context,
    {
      issuer: flow.issuer,
      oidcSub: tokens.sub ?? '',
      name: flow.name,
      capabilities: flow.capabilities,
      restrictions,
      rotation: flow.rotation,
      refreshTokenId,
      authTime: context.clock.nowS(),
    },
    caller,
  );
  rememberEmail(context, token.claims.sub, tokens);
  addEvent(context, token, 'created', 'Used grant_type oidc_flow authorization_code', caller);
  if (flow.wishes) fulfilWishes(context, token, flow.wishes, caller);
  if (flow.redirectUri !== undefined) return finishWeb(context, flow, jwt);
  const code = state.codes[flow.pollingCode ?? ''];
  if (code) Object.assign(code, { state: 'ready', jwt });
  return redirect(303, `/native?application=${encodeURIComponent(flow.applicationName)}`);
}

/** The token leaves only as a cookie for the server's own host; nothing is appended to the redirect URI. */
function finishWeb(context: ServerContext, flow: StoredFlow, jwt: string): Reply {
  const reply = redirect(303, flow.redirectUri || '/home');
  const type = effectiveType(context, flow.wish, jwt);
  if (type === 'transfer_code') {
    const code = newTransferCode(context, jwt, true);
    const seconds = context.settings.codeSeconds;
    return withCookie(reply, mytokenCookie(context, 'mytoken-transfercode', code, seconds));
  }
  return withCookie(reply, tokenCookie(context, type === 'short_token' ? newShortToken(context, jwt) : jwt));
}
