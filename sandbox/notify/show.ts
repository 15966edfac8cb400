/** Notifications and calendars as answers spell them (protocol 16.2, 17). */
import { isAtLeast, listOf, type ServerContext } from '../server/context.ts';
import type { StoredToken } from '../tokens/model.ts';
import type { StoredCalendar, StoredNotification } from '../users/model.ts';
import { userOf } from '../users/users.ts';
import { concerns, subscribedTokens, taggedTokens } from './subscriptions.ts';

export interface ShownTag {
  tag: string;
  color: string;
}

/** Tags the user still has, with their colours. */
export function shownTags(context: ServerContext, sub: string, tags: readonly string[]): ShownTag[] {
  return userOf(context, sub).tags.filter(({ tag }) => tags.includes(tag));
}

export function shownNotification(
  context: ServerContext,
  entry: StoredNotification,
): Record<string, unknown> {
  const subscribed = subscribedTokens(context, entry).map(({ momId }) => momId);
  return {
    notification_id: entry.id,
    notification_type: 'mail',
    management_code: entry.managementCode,
    user_wide: entry.userWide,
    notification_classes: listOf(context, entry.classes),
    ...(entry.userWide || subscribed.length === 0 ? {} : { subscribed_tokens: subscribed }),
    ...(isAtLeast(context, 0, 11) && entry.tags.length > 0
      ? { tags: shownTags(context, entry.sub, entry.tags) }
      : {}),
  };
}

/** Tokens in a calendar which still exist. */
export function calendarTokens(context: ServerContext, calendar: StoredCalendar): StoredToken[] {
  const { tokens } = context.store.state;
  const named = calendar.entries.map(({ momId }) => tokens[momId]).filter((token) => token !== undefined);
  const tagged = taggedTokens(context, calendar.sub, calendar.tags).filter(
    (token) => token.claims.exp !== undefined,
  );
  return [...new Set([...named, ...tagged])];
}

export function shownCalendar(context: ServerContext, calendar: StoredCalendar): Record<string, unknown> {
  const subscribed = calendarTokens(context, calendar).map(({ momId }) => momId);
  const { id, name, description, sub } = calendar;
  return {
    ...(isAtLeast(context, 0, 11)
      ? {
          id,
          ...(description === '' ? {} : { description }),
          tags: shownTags(context, sub, calendar.tags),
        }
      : { name }),
    ics_path: `${context.settings.issuer}/calendars/${id}`,
    ...(subscribed.length === 0 ? {} : { subscribed_tokens: subscribed }),
  };
}

export function notificationsOf(context: ServerContext, token: StoredToken): StoredNotification[] {
  return context.store.state.notifications.filter((entry) => concerns(entry, token));
}

export function calendarsOf(context: ServerContext, token: StoredToken): StoredCalendar[] {
  return context.store.state.calendars.filter(
    (entry) => entry.sub === token.claims.sub && calendarTokens(context, entry).includes(token),
  );
}
