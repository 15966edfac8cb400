/** Uses worth a warning: refused ones, strange addresses, revoked tokens (protocol 16.1). */
import type { ServerContext } from '../server/context.ts';
import type { MytokenClaims, StoredToken } from '../tokens/model.ts';
import { momIdOf } from '../tokens/signer.ts';
import { mailAboutSecurity } from './letters.ts';
import { concerns } from './subscriptions.ts';

const BLOCKED: Record<string, string> = {
  insufficient_capabilities: 'security:blocked_usages:capabilities',
  usage_restricted: 'security:blocked_usages:restrictions',
};

function mailAboutToken(
  context: ServerContext,
  notificationClass: string,
  token: StoredToken,
  ip: string,
): void {
  const interested = context.store.state.notifications.filter((entry) => concerns(entry, token));
  mailAboutSecurity(context, notificationClass, interested, token, ip);
}

/** @param code error code of the refusal */
export function noteRefusal(context: ServerContext, token: StoredToken, code: string, ip: string): void {
  const notificationClass = BLOCKED[code];
  if (notificationClass !== undefined) mailAboutToken(context, notificationClass, token, ip);
}

/** To be called before the use itself is logged. */
export function noteAddress(context: ServerContext, token: StoredToken, ip: string): void {
  const known = token.ip === ip || token.events.some((event) => event.ip === ip);
  if (!known) mailAboutToken(context, 'security:ips', token, ip);
}

/** A token that is gone belongs to no subscription any more, so only user-wide ones can tell. */
export function noteRevokedUse(context: ServerContext, claims: MytokenClaims, ip: string): void {
  const interested = context.store.state.notifications.filter(
    (entry) => entry.userWide && entry.sub === claims.sub,
  );
  mailAboutSecurity(context, 'security:revoked', interested, { momId: momIdOf(claims.jti), claims }, ip);
}
