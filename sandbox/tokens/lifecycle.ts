/** Creation, rotation and end of mytokens; the family tree (protocol 6.3, 7, 11). */
import { randomUUID } from 'node:crypto';
import { mailAboutEvent } from '../notify/letters.ts';
import { inheritSubscriptions } from '../notify/subscriptions.ts';
import { earliestNbf, latestExp } from '../rules/clauses.ts';
import type { ServerContext } from '../server/context.ts';
import type { Clause, Rotation } from '../types.ts';
import { momIdOf, subjectOf } from './signer.ts';
import type { MytokenClaims, StoredToken } from './model.ts';

const TOKEN_VERSION = '0.7';
/** Expired tokens stay in listings for about a month. */
const KEEP_EXPIRED_SECONDS = 30 * 86_400;

/** Who asked: goes into events. */
export interface Caller {
  ip: string;
  userAgent: string;
}

export interface NewToken {
  issuer: string;
  oidcSub: string;
  name: string;
  capabilities: string[];
  restrictions: Clause[];
  rotation?: Rotation | undefined;
  refreshTokenId?: string | undefined;
  parent?: StoredToken;
  authTime: number;
  /** Unix seconds. Default: now. */
  createdS?: number;
}

/** Logs something without telling anybody. @param timeS Unix seconds */
export function recordEvent(
  context: ServerContext,
  token: StoredToken,
  event: string,
  comment: string,
  caller: Caller,
  timeS: number,
): void {
  token.events.push({
    event,
    time: timeS,
    ...(comment === '' ? {} : { comment }),
    ip: caller.ip,
    user_agent: caller.userAgent,
  });
  context.store.touch();
}

/** Logs what was done with a token and mails those who subscribed to it. @throws Error (500), see mailAboutEvent */
export function addEvent(
  context: ServerContext,
  token: StoredToken,
  event: string,
  comment: string,
  caller: Caller,
): void {
  mailAboutEvent(context, token, event, caller.ip);
  recordEvent(context, token, event, comment, caller, context.clock.nowS());
}

function cleanRotation(rotation: Rotation | undefined): Rotation | undefined {
  const entries = Object.entries(rotation ?? {}).filter(([, value]) => value !== false && value !== 0);
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}

/** Puts a new token into the database without making its JWT. */
export function recordToken(context: ServerContext, fresh: NewToken, caller: Caller): StoredToken {
  const nowS = fresh.createdS ?? context.clock.nowS();
  const jti = randomUUID();
  const exp = latestExp(fresh.restrictions);
  const rotation = cleanRotation(fresh.rotation);
  const claims: MytokenClaims = {
    ver: TOKEN_VERSION,
    token_type: 'mytoken',
    iss: context.settings.issuer,
    sub: subjectOf(fresh.oidcSub, fresh.issuer),
    ...(exp === undefined ? {} : { exp }),
    nbf: earliestNbf(fresh.restrictions, nowS),
    iat: nowS,
    auth_time: fresh.authTime,
    jti,
    seq_no: 1,
    ...(fresh.name === '' ? {} : { name: fresh.name }),
    aud: context.settings.issuer,
    oidc_sub: fresh.oidcSub,
    oidc_iss: fresh.issuer,
    ...(fresh.restrictions.length === 0 ? {} : { restrictions: fresh.restrictions }),
    capabilities: fresh.capabilities,
    ...(rotation === undefined ? {} : { rotation }),
  };
  const token: StoredToken = {
    momId: momIdOf(jti),
    claims,
    ...(fresh.parent ? { parent: fresh.parent.momId } : {}),
    ...(fresh.refreshTokenId === undefined ? {} : { refreshTokenId: fresh.refreshTokenId }),
    created: nowS,
    lastRotated: nowS,
    ip: caller.ip,
    usage: {},
    events: [],
  };
  context.store.state.tokens[token.momId] = token;
  inheritSubscriptions(context, token);
  const inherited = fresh.parent?.tags?.filter((entry) => entry.includeChildren) ?? [];
  if (inherited.length > 0) token.tags = inherited.map((entry) => ({ ...entry }));
  context.store.touch();
  return token;
}

/** Puts a new token into the database; returns it with its JWT. */
export function createToken(
  context: ServerContext,
  fresh: NewToken,
  caller: Caller,
): { token: StoredToken; jwt: string } {
  const token = recordToken(context, fresh, caller);
  return { token, jwt: context.signer.sign(token.claims) };
}

/** Replaces the token's JWT: same `jti`, next `seq_no`, maybe a new `exp`. The old string is dead at once. */
export function rotateToken(context: ServerContext, token: StoredToken, caller: Caller): string {
  const nowS = context.clock.nowS();
  const lifetime = token.claims.rotation?.lifetime;
  token.claims = {
    ...token.claims,
    seq_no: token.claims.seq_no + 1,
    iat: nowS,
    nbf: nowS,
    ...(lifetime === undefined ? {} : { exp: nowS + lifetime }),
  };
  token.lastRotated = nowS;
  addEvent(context, token, 'token_rotated', '', caller);
  return context.signer.sign(token.claims);
}

export function childrenOf(context: ServerContext, momId: string): StoredToken[] {
  return Object.values(context.store.state.tokens).filter((token) => token.parent === momId);
}

/** Tokens by the mom_id of their parent; roots are under "". */
export function byParent(tokens: Iterable<StoredToken>): Map<string, StoredToken[]> {
  const groups = new Map<string, StoredToken[]>();
  for (const entry of tokens) {
    const group = groups.get(entry.parent ?? '');
    if (group) group.push(entry);
    else groups.set(entry.parent ?? '', [entry]);
  }
  return groups;
}

/** Depth first, each token before its own children. */
export function descendantsOf(context: ServerContext, momId: string): StoredToken[] {
  const groups = byParent(Object.values(context.store.state.tokens));
  const below = (id: string): StoredToken[] =>
    (groups.get(id) ?? []).flatMap((child) => [child, ...below(child.momId)]);
  return below(momId);
}

/** Is `token` the token itself or below `ancestor`? */
export function isInFamily(context: ServerContext, ancestor: string, token: StoredToken): boolean {
  let current: StoredToken | undefined = token;
  while (current) {
    if (current.momId === ancestor) return true;
    current = current.parent === undefined ? undefined : context.store.state.tokens[current.parent];
  }
  return false;
}

/**
 * Removes a token, with its descendants or promoting its children to roots.
 * @returns ids of refresh tokens no other mytoken uses any more; they are forgotten
 */
export function revokeToken(context: ServerContext, token: StoredToken, recursive: boolean): string[] {
  const { state } = context.store;
  const doomed = recursive ? [token, ...descendantsOf(context, token.momId)] : [token];
  if (!recursive) for (const child of childrenOf(context, token.momId)) delete child.parent;
  for (const entry of doomed) {
    Reflect.deleteProperty(state.tokens, entry.momId);
    forgetShortTokens(context, entry);
  }
  context.store.touch();
  const used = new Set(Object.values(state.tokens).map((entry) => entry.refreshTokenId));
  const released = new Set(doomed.map((entry) => entry.refreshTokenId));
  return [...released].filter((id) => id !== undefined).filter((id) => !used.has(id));
}

function forgetShortTokens(context: ServerContext, token: StoredToken): void {
  const { shortTokens } = context.store.state;
  for (const [short, jwt] of Object.entries(shortTokens)) {
    const payload = Buffer.from(jwt.split('.')[1] ?? '', 'base64url').toString();
    if (payload.includes(token.claims.jti)) Reflect.deleteProperty(shortTokens, short);
  }
}

/** Revokes refresh tokens at their provider and forgets them. Best effort. */
export async function releaseRefreshTokens(context: ServerContext, ids: readonly string[]): Promise<void> {
  const { refreshTokens } = context.store.state;
  for (const id of ids) {
    const stored = refreshTokens[id];
    Reflect.deleteProperty(refreshTokens, id);
    context.store.touch();
    const provider = context.providers.find((entry) => entry.issuer === stored?.issuer);
    if (stored) await provider?.connection.revoke(stored.value);
  }
}

/** All tokens of the same OP identity, oldest first; long expired ones are left out. */
export function tokensOfUser(context: ServerContext, token: StoredToken): StoredToken[] {
  const horizon = context.clock.nowS() - KEEP_EXPIRED_SECONDS;
  return Object.values(context.store.state.tokens)
    .filter((entry) => entry.claims.sub === token.claims.sub)
    .filter((entry) => (entry.claims.exp ?? Number.POSITIVE_INFINITY) > horizon)
    .sort((a, b) => a.created - b.created);
}
