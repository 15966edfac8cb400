/** What a request for a new mytoken wants besides the token itself (protocol 18). */
import { badRequest } from '../http/exchange.ts';
import { Fields } from '../http/body.ts';
import { hasVerifiedAddress } from '../notify/letters.ts';
import { createNotification, requireVerifiedAddress, stringList } from '../notify/notifications.ts';
import { isObject } from '../rules/templates.ts';
import { attachTag, knowsTag, requireKnownTags } from '../tags/attach.ts';
import { addEvent, type Caller } from '../tokens/lifecycle.ts';
import type { StoredToken, StoredTokenTag } from '../tokens/model.ts';
import { hasMail, hasTags, isAtLeast, type ServerContext } from './context.ts';

export interface WantedSubscription {
  classes: string[];
  includeChildren: boolean;
}

export interface CreationWishes {
  tags: StoredTokenTag[];
  subscriptions: WantedSubscription[];
}

function objects(fields: Fields, name: string): Fields[] {
  const raw = fields.get(name) ?? [];
  if (!Array.isArray(raw) || !raw.every(isObject))
    throw badRequest(`json: cannot unmarshal into Go struct field .${name} of type []struct`);
  return raw.map((entry) => new Fields(Object.entries(entry)));
}

/** Servers before 0.11, or without the feature, do not know the fields and ignore them. @throws ApiFailure 400 */
export function readWishes(context: ServerContext, fields: Fields): CreationWishes {
  const tags = hasTags(context) ? objects(fields, 'tags') : [];
  const notifies = isAtLeast(context, 0, 11) && hasMail(context);
  const subscriptions = notifies ? objects(fields, 'subscribe_notifications') : [];
  for (const entry of subscriptions)
    if (entry.string('notification_type') !== 'mail') throw badRequest('unknown notification_type');
  return {
    tags: tags.map((entry) => ({
      tag: entry.string('tag') ?? '',
      includeChildren: entry.boolean('include_children'),
    })),
    subscriptions: subscriptions.map((entry) => ({
      classes: stringList(entry, 'notification_classes'),
      includeChildren: entry.boolean('include_children'),
    })),
  };
}

/** Where the user is known before the token is made. @throws ApiFailure 400, 422 */
export function requireWishesPossible(context: ServerContext, sub: string, wishes: CreationWishes): void {
  requireKnownTags(context, sub, wishes.tags);
  if (wishes.subscriptions.length > 0) requireVerifiedAddress(context, sub);
}

/** After a login it is too late to complain: what cannot be had is left out. */
export function fulfilWishes(
  context: ServerContext,
  token: StoredToken,
  wishes: CreationWishes,
  caller: Caller,
): void {
  const { sub } = token.claims;
  for (const { tag, includeChildren } of wishes.tags) {
    if (!knowsTag(context, sub, tag)) continue;
    attachTag(context, token, tag, includeChildren);
    addEvent(context, token, 'tag_added_to_token', tag, caller);
  }
  if (!hasVerifiedAddress(context, sub)) return;
  for (const { classes, includeChildren } of wishes.subscriptions) {
    createNotification(context, token, { classes, userWide: false, includeChildren, tags: [] });
    addEvent(context, token, 'notification_created', '', caller);
  }
}
