/** Calendars: keyed by name up to 0.10, by id from 0.11 on (protocol 17). */
import { byContentType, type Fields } from '../http/body.ts';
import { ApiFailure, badRequest, noContent, redirect, type Exchange, type Reply } from '../http/exchange.ts';
import { isAtLeast, listOf, type ServerContext } from '../server/context.ts';
import { otherUse } from '../server/other-use.ts';
import { authenticate, presentedToken, treeKey } from '../tokens/authenticate.ts';
import { letters } from '../tokens/codes.ts';
import { addEvent } from '../tokens/lifecycle.ts';
import type { StoredToken } from '../tokens/model.ts';
import { newAction } from '../users/actions.ts';
import type { StoredCalendar } from '../users/model.ts';
import { requireExpiring, stringList } from './notifications.ts';
import { shownCalendar } from './show.ts';
import { subscriptionTarget } from './targets.ts';

const MANAGE = 'manage_mytokens:notify';

function byId(context: ServerContext): boolean {
  return isAtLeast(context, 0, 11);
}

/** How a calendar is called in events. */
function title(calendar: StoredCalendar): string {
  return calendar.name || calendar.description || calendar.id;
}

/** The last segment of the path; the server decodes names like form values, where a plain `+` is a blank. */
function keyOf(context: ServerContext, exchange: Exchange): string {
  const decoded = exchange.params['key'] ?? '';
  if (byId(context)) return decoded;
  const raw = exchange.url.pathname.split('/').filter((segment) => segment !== '')[4] ?? '';
  try {
    return decodeURIComponent(raw.replaceAll('+', ' '));
  } catch {
    return decoded;
  }
}

function find(context: ServerContext, sub: string, key: string): StoredCalendar {
  const own = context.store.state.calendars.filter((entry) => entry.sub === sub);
  const found = own.find((entry) => (byId(context) ? entry.id : entry.name) === key);
  if (!found) throw new ApiFailure(404, 'not_found', 'calendar not found');
  return found;
}

export function listCalendars(context: ServerContext, exchange: Exchange): Promise<Reply> {
  return otherUse(context, exchange, undefined, {
    needs: 'read@manage_mytokens:notify',
    work: ({ token }, caller) => {
      addEvent(context, token, 'calendar_listed', '', caller);
      const own = context.store.state.calendars.filter((entry) => entry.sub === token.claims.sub);
      const calendars = listOf(
        context,
        own.map((entry) => shownCalendar(context, entry)),
      );
      return { status: 200, body: { calendars }, losesUpdate: !byId(context) };
    },
  });
}

function requireFreeName(context: ServerContext, sub: string, name: string): void {
  if (context.store.state.calendars.some((entry) => entry.sub === sub && entry.name === name))
    throw new ApiFailure(500, 'internal_server_error', `Error 1062 (23000): Duplicate entry '${name}'`);
}

export async function createCalendar(context: ServerContext, exchange: Exchange): Promise<Reply> {
  const { fields } = await byContentType(exchange);
  const name = byId(context) ? '' : (fields.string('name') ?? '');
  if (!byId(context) && name === '') throw badRequest("required parameter 'name' is missing");
  return otherUse(context, exchange, fields, {
    needs: MANAGE,
    work: ({ token }, caller) => {
      const { sub } = token.claims;
      if (!byId(context)) requireFreeName(context, sub, name);
      const calendar: StoredCalendar = {
        id: letters(32),
        sub,
        name,
        description: byId(context) ? (fields.string('description') ?? '') : '',
        tags: byId(context) ? stringList(fields, 'tags') : [],
        entries: [],
      };
      addEvent(context, token, 'calendar_created', title(calendar), caller);
      context.store.state.calendars.push(calendar);
      context.store.touch();
      return { status: 201, body: shownCalendar(context, calendar) };
    },
  });
}

/** Any valid token of the user will do; nothing is counted. */
export function openCalendar(context: ServerContext, exchange: Exchange): Promise<Reply> {
  const presented = presentedToken(context, exchange, undefined);
  return context.trees.run(treeKey(context, presented), async () => {
    const { token } = await authenticate(context, presented);
    const calendar = find(context, token.claims.sub, keyOf(context, exchange));
    return redirect(302, `${context.settings.issuer}/calendars/${calendar.id}`);
  });
}

export function addEntry(
  context: ServerContext,
  calendar: StoredCalendar,
  token: StoredToken,
  comment: string,
): void {
  const { momId, claims } = token;
  calendar.entries = calendar.entries.filter((entry) => entry.momId !== momId);
  calendar.entries.push({
    momId,
    comment,
    recreateCode: newAction(context, { action: 'recreate_token', claims }),
    removeCode: newAction(context, { action: 'remove_from_calendar', calendarId: calendar.id, momId }),
  });
  context.store.touch();
}

export async function addToCalendar(context: ServerContext, exchange: Exchange): Promise<Reply> {
  const { fields } = await byContentType(exchange);
  const momId = fields.string('mom_id') ?? '';
  return otherUse(context, exchange, fields, {
    needs: ({ token }) => void subscriptionTarget(context, token, momId),
    work: ({ token }, caller) => {
      const target = subscriptionTarget(context, token, momId);
      const calendar = find(context, token.claims.sub, keyOf(context, exchange));
      requireExpiring(target);
      addEntry(context, calendar, target, fields.string('comment') ?? '');
      const event = target === token ? 'notification_subscribed' : 'notification_subscribed_other';
      addEvent(context, token, event, title(calendar), caller);
      return { status: 200, body: shownCalendar(context, calendar) };
    },
  });
}

/** A DELETE may come without a body at all. */
async function optionalBody(exchange: Exchange): Promise<Fields | undefined> {
  return exchange.body.length === 0 ? undefined : (await byContentType(exchange)).fields;
}

/** With a `mom_id` in the body a server that knows ids only takes that token out; an older one deletes everything. */
export async function deleteCalendar(context: ServerContext, exchange: Exchange): Promise<Reply> {
  const fields = await optionalBody(exchange);
  const momId = byId(context) ? (fields?.string('mom_id') ?? '') : '';
  if (momId !== '') return removeFromCalendar(context, exchange, fields, momId);
  return otherUse(context, exchange, fields, {
    needs: MANAGE,
    work: ({ token }, caller) => {
      const calendar = find(context, token.claims.sub, keyOf(context, exchange));
      const { state } = context.store;
      addEvent(context, token, 'calendar_deleted', title(calendar), caller);
      state.calendars = state.calendars.filter((entry) => entry !== calendar);
      context.store.touch();
      return { status: 200, empty: noContent() };
    },
  });
}

function removeFromCalendar(
  context: ServerContext,
  exchange: Exchange,
  fields: Fields | undefined,
  momId: string,
): Promise<Reply> {
  return otherUse(context, exchange, fields, {
    needs: ({ token }) => void subscriptionTarget(context, token, momId),
    work: ({ token }, caller) => {
      const calendar = find(context, token.claims.sub, keyOf(context, exchange));
      calendar.entries = calendar.entries.filter((entry) => entry.momId !== momId);
      const self = momId === token.momId;
      const event = self ? 'notification_unsubscribed' : 'notification_unsubscribed_other';
      addEvent(context, token, event, title(calendar), caller);
      return { status: 200, empty: noContent() };
    },
  });
}

/** From 0.11 on. */
export async function updateCalendar(context: ServerContext, exchange: Exchange): Promise<Reply> {
  const { fields } = await byContentType(exchange);
  return otherUse(context, exchange, fields, {
    needs: MANAGE,
    work: ({ token }, caller) => {
      const calendar = find(context, token.claims.sub, keyOf(context, exchange));
      calendar.description = fields.string('description') ?? '';
      addEvent(context, token, 'calendar_updated', title(calendar), caller);
      return { status: 200, empty: noContent() };
    },
  });
}

/** From 0.11 on: POST adds a tag, DELETE takes it away. */
export async function changeCalendarTags(context: ServerContext, exchange: Exchange): Promise<Reply> {
  const { fields } = await byContentType(exchange);
  const tag = fields.string('tag') ?? '';
  if (tag === '') throw badRequest("required parameter 'tag' is missing");
  return otherUse(context, exchange, fields, {
    needs: MANAGE,
    work: ({ token }, caller) => {
      const calendar = find(context, token.claims.sub, keyOf(context, exchange));
      const others = calendar.tags.filter((entry) => entry !== tag);
      calendar.tags = exchange.method === 'POST' ? [...others, tag] : others;
      addEvent(context, token, 'calendar_tags_updated', title(calendar), caller);
      return { status: 200, empty: noContent() };
    },
  });
}
