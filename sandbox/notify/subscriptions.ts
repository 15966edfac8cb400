/** Which mytokens a subscription is about (protocol 16). */
import { has } from '../rules/capabilities.ts';
import type { ServerContext } from '../server/context.ts';
import type { StoredToken } from '../tokens/model.ts';
import type { StoredNotification } from '../users/model.ts';

/** Class names are paths: `security` covers `security:ips`. */
export function wants(notification: StoredNotification, notificationClass: string): boolean {
  return has(notification.classes, notificationClass);
}

function isTagged(token: StoredToken, tags: readonly string[]): boolean {
  return (token.tags ?? []).some(({ tag }) => tags.includes(tag));
}

/** Of the user, without those that no longer exist. */
export function subscribedTokens(context: ServerContext, notification: StoredNotification): StoredToken[] {
  const { tokens } = context.store.state;
  const named = notification.subscriptions
    .map(({ momId }) => tokens[momId])
    .filter((token) => token !== undefined);
  return [...new Set([...named, ...taggedTokens(context, notification.sub, notification.tags)])];
}

export function taggedTokens(context: ServerContext, sub: string, tags: readonly string[]): StoredToken[] {
  if (tags.length === 0) return [];
  return Object.values(context.store.state.tokens).filter(
    (token) => token.claims.sub === sub && isTagged(token, tags),
  );
}

export function concerns(notification: StoredNotification, token: StoredToken): boolean {
  if (notification.sub !== token.claims.sub) return false;
  return (
    notification.userWide ||
    notification.subscriptions.some(({ momId }) => momId === token.momId) ||
    isTagged(token, notification.tags)
  );
}

export function subscribe(
  context: ServerContext,
  notification: StoredNotification,
  token: StoredToken,
  includeChildren: boolean,
): void {
  notification.subscriptions = notification.subscriptions.filter(({ momId }) => momId !== token.momId);
  notification.subscriptions.push({ momId: token.momId, includeChildren, since: context.clock.nowS() });
  context.store.touch();
}

/** A new token takes over what its parent's subscriptions include (protocol 8.5). */
export function inheritSubscriptions(context: ServerContext, token: StoredToken): void {
  if (token.parent === undefined) return;
  for (const notification of context.store.state.notifications)
    if (notification.subscriptions.some((entry) => entry.includeChildren && entry.momId === token.parent))
      subscribe(context, notification, token, true);
}
