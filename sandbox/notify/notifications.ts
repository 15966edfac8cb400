/** Notifications: list and creation with a mytoken (protocol 16.2). */
import { byContentType, type Fields } from '../http/body.ts';
import { ApiFailure, badRequest, noContent, type Exchange, type Reply } from '../http/exchange.ts';
import { hasCalendars, hasMail, isAtLeast, listOf, type ServerContext } from '../server/context.ts';
import { otherUse, type Outcome } from '../server/other-use.ts';
import { letters } from '../tokens/codes.ts';
import { addEvent, descendantsOf, type Caller } from '../tokens/lifecycle.ts';
import type { StoredToken } from '../tokens/model.ts';
import { requireCapability } from '../tokens/usage.ts';
import { newAction } from '../users/actions.ts';
import { sendMail } from '../users/mail.ts';
import type { StoredNotification } from '../users/model.ts';
import { userOf } from '../users/users.ts';
import { calendarDocument } from './ics.ts';
import { shownNotification } from './show.ts';
import { subscribe } from './subscriptions.ts';
import { subscriptionTarget, tokenOfUser } from './targets.ts';

/** Of names or of `{tag}` objects; newer clients send either. @throws ApiFailure 400 */
export function stringList(fields: Fields, name: string): string[] {
  const raw = fields.get(name) ?? [];
  const list: unknown[] = Array.isArray(raw) ? raw : [raw];
  const names = list.map((entry) =>
    typeof entry === 'object' && entry !== null && 'tag' in entry ? entry.tag : entry,
  );
  if (names.every((entry) => typeof entry === 'string')) return [...new Set(names)];
  throw badRequest(`json: cannot unmarshal into Go struct field .${name} of type []string`);
}

export function requireVerifiedAddress(context: ServerContext, sub: string): void {
  const { emailAddress, emailVerified } = userOf(context, sub);
  if (emailAddress === '') throw new ApiFailure(422, 'mail_required', 'no address on file');
  if (!emailVerified) throw new ApiFailure(422, 'mail_required', 'email not verified');
}

export function listNotifications(context: ServerContext, exchange: Exchange): Promise<Reply> {
  return otherUse(context, exchange, undefined, {
    needs: 'read@manage_mytokens:notify',
    work: ({ token }, caller) => {
      addEvent(context, token, 'notification_listed', '', caller);
      const own = context.store.state.notifications.filter((entry) => entry.sub === token.claims.sub);
      const shown = own.map((entry) => shownNotification(context, entry));
      return {
        status: 200,
        body: { notifications: listOf(context, shown) },
        losesUpdate: !isAtLeast(context, 0, 11),
      };
    },
  });
}

export interface NewNotification {
  classes: string[];
  userWide: boolean;
  includeChildren: boolean;
  tags: string[];
  /** The token itself is not subscribed unless it has one of the tags. */
  onlyTags?: boolean;
}

/** @param target subscribed unless the notification is for all tokens of the user */
export function createNotification(
  context: ServerContext,
  target: StoredToken,
  wanted: NewNotification,
): StoredNotification {
  const { state } = context.store;
  const notification: StoredNotification = {
    id: (state.lastNotificationId += 1),
    managementCode: letters(64),
    sub: target.claims.sub,
    oidcIss: target.claims.oidc_iss,
    oidcSub: target.claims.oidc_sub,
    userWide: wanted.userWide,
    classes: wanted.classes,
    since: context.clock.nowS(),
    subscriptions: [],
    reminders: {},
    tags: wanted.tags,
  };
  state.notifications.push(notification);
  // With tags alone, the tags say which tokens are meant.
  if (!wanted.userWide && !wanted.onlyTags)
    subscribeFamily(context, notification, target, wanted.includeChildren);
  context.store.touch();
  return notification;
}

export function subscribeFamily(
  context: ServerContext,
  notification: StoredNotification,
  target: StoredToken,
  includeChildren: boolean,
): void {
  const family = includeChildren ? [target, ...descendantsOf(context, target.momId)] : [target];
  for (const token of family) subscribe(context, notification, token, includeChildren);
}

function createMail(context: ServerContext, fields: Fields, own: StoredToken, caller: Caller): Outcome {
  const momId = fields.string('mom_id') ?? '';
  const target = momId === '' ? own : tokenOfUser(context, own.claims.sub, momId);
  requireVerifiedAddress(context, own.claims.sub);
  const tags = isAtLeast(context, 0, 11) ? stringList(fields, 'tags') : [];
  const notification = createNotification(context, target, {
    classes: stringList(fields, 'notification_classes'),
    userWide: fields.boolean('user_wide'),
    includeChildren: fields.boolean('include_children'),
    tags,
    onlyTags: tags.length > 0 && momId === '',
  });
  const event = momId === '' ? 'notification_created' : 'notification_created_other';
  addEvent(context, own, event, momId === '' ? '' : `mom_id: ${momId}`, caller);
  return {
    status: 201,
    body: { management_code: notification.managementCode },
    losesUpdate: !isAtLeast(context, 0, 11),
  };
}

/** One calendar mail, nothing is kept. */
function invite(context: ServerContext, fields: Fields, own: StoredToken, caller: Caller): Outcome {
  const target = subscriptionTarget(context, own, fields.string('mom_id') ?? '');
  requireExpiring(target);
  requireVerifiedAddress(context, own.claims.sub);
  const comment = fields.string('comment') ?? '';
  const recreateCode = newAction(context, { action: 'recreate_token', claims: target.claims });
  const name = target.claims.name ?? '';
  sendMail(context, own.claims.sub, {
    kind: 'ics_invite',
    momId: target.momId,
    subject: `Mytoken '${name}' expires`,
    text: `A calendar invite for the end of the mytoken '${name}' is attached.`,
    links: [],
    ics: calendarDocument(context, [{ token: target, comment, recreateCode }], 'REQUEST'),
  });
  const self = target === own;
  const event = self ? 'notification_subscribed' : 'notification_subscribed_other';
  addEvent(context, own, event, self ? 'calendar invite' : `mom_id: ${target.momId}`, caller);
  return { status: 200, empty: noContent() };
}

export function requireExpiring(target: StoredToken): void {
  if (target.claims.exp === undefined)
    throw badRequest('cannot create an expiration event for non-expiring mytokens');
}

export async function newNotification(context: ServerContext, exchange: Exchange): Promise<Reply> {
  const { fields } = await byContentType(exchange);
  const type = fields.string('notification_type');
  if (type === 'ws') throw new ApiFailure(501, 'not_yet_implemented');
  if (type === 'ics_invite' && hasMail(context) && hasCalendars(context))
    return otherUse(context, exchange, fields, {
      needs: ({ token }) => void subscriptionTarget(context, token, fields.string('mom_id') ?? ''),
      work: ({ token }, caller) => invite(context, fields, token, caller),
    });
  if (type !== 'mail' || !hasMail(context)) throw badRequest('unknown notification_type');
  const other = (fields.string('mom_id') ?? '') !== '' && !fields.boolean('user_wide');
  return otherUse(context, exchange, fields, {
    needs: ({ token }) => requireCapability(token, other ? 'manage_mytokens:notify' : 'tokeninfo:notify'),
    work: ({ token }, caller) => createMail(context, fields, token, caller),
  });
}
