/** Notifications by their management code, which is the only credential here (protocol 16.2). */
import { byContentType, type Fields } from '../http/body.ts';
import { ApiFailure, html, json, noContent, type Exchange, type Reply } from '../http/exchange.ts';
import { isAtLeast, type ServerContext } from '../server/context.ts';
import { escapeHtml, messagePage, page } from '../server/pages.ts';
import { authenticate, presentedToken } from '../tokens/authenticate.ts';
import type { StoredToken } from '../tokens/model.ts';
import type { StoredNotification } from '../users/model.ts';
import { stringList, subscribeFamily } from './notifications.ts';
import { shownNotification } from './show.ts';
import { subscribedTokens } from './subscriptions.ts';
import { tokenOfUser } from './targets.ts';

function find(context: ServerContext, exchange: Exchange): StoredNotification | undefined {
  const code = exchange.params['code'] ?? '';
  return context.store.state.notifications.find((entry) => entry.managementCode === code);
}

function required(context: ServerContext, exchange: Exchange): StoredNotification {
  const found = find(context, exchange);
  if (!found) throw new ApiFailure(404, 'not_found', 'management_code not valid');
  return found;
}

export function showNotification(context: ServerContext, exchange: Exchange): Reply {
  const entry = required(context, exchange);
  return json(200, {
    ...shownNotification(context, entry),
    oidc_iss: entry.oidcIss,
    ...(isAtLeast(context, 0, 11) ? { oidc_sub: entry.oidcSub } : {}),
  });
}

/** 204 for unknown codes, too. */
export function deleteNotification(context: ServerContext, exchange: Exchange): Reply {
  const { state } = context.store;
  const code = exchange.params['code'] ?? '';
  state.notifications = state.notifications.filter((entry) => entry.managementCode !== code);
  context.store.touch();
  return noContent();
}

/** POST and PUT do the same. */
export async function replaceClasses(context: ServerContext, exchange: Exchange): Promise<Reply> {
  const { fields } = await byContentType(exchange);
  required(context, exchange).classes = stringList(fields, 'notification_classes');
  context.store.touch();
  return noContent();
}

/** From 0.11 on: classes and tags, each only if given. */
export async function updateNotification(context: ServerContext, exchange: Exchange): Promise<Reply> {
  const { fields } = await byContentType(exchange);
  const entry = required(context, exchange);
  if (fields.get('notification_classes') !== undefined)
    entry.classes = stringList(fields, 'notification_classes');
  if (fields.get('tags') !== undefined) entry.tags = stringList(fields, 'tags');
  context.store.touch();
  return noContent();
}

/** @throws ApiFailure 403; Error (500) without a `mom_id` */
async function target(
  context: ServerContext,
  exchange: Exchange,
  entry: StoredNotification,
  fields: Fields,
): Promise<StoredToken> {
  const momId = fields.string('mom_id') ?? '';
  if (momId !== '') return tokenOfUser(context, entry.sub, momId);
  if (context.quirks.missingMomIdCrash) throw new Error('nil dereference without a mom_id');
  const { token } = await authenticate(context, presentedToken(context, exchange, fields));
  return tokenOfUser(context, entry.sub, token.momId);
}

export async function addNotifiedToken(context: ServerContext, exchange: Exchange): Promise<Reply> {
  const { fields } = await byContentType(exchange);
  const entry = required(context, exchange);
  const token = await target(context, exchange, entry, fields);
  subscribeFamily(context, entry, token, fields.boolean('include_children'));
  return noContent();
}

export async function removeNotifiedToken(context: ServerContext, exchange: Exchange): Promise<Reply> {
  const { fields } = await byContentType(exchange);
  const entry = required(context, exchange);
  const { momId } = await target(context, exchange, entry, fields);
  entry.subscriptions = entry.subscriptions.filter((subscription) => subscription.momId !== momId);
  context.store.touch();
  return noContent();
}

/** `GET /notifications/:code`, the page mails link to. */
export function notificationPage(context: ServerContext, exchange: Exchange): Reply {
  const entry = find(context, exchange);
  if (!entry) return html(404, messagePage('Not Found', 'management_code not valid'));
  const names = subscribedTokens(context, entry).map((token) => token.claims.name ?? 'unnamed token');
  const list = (items: readonly string[]): string =>
    `<ul>${items.map((item) => `<li>${escapeHtml(item)}</li>`).join('')}</ul>`;
  const about = entry.userWide ? '<p>All mytokens of the user</p>' : list(names);
  return html(
    200,
    page('Notification', `<h1>Notification</h1>${list(entry.classes)}<h2>Mytokens</h2>${about}`),
  );
}
