/** What people and calendar programs open without a mytoken: the id in the URL is the secret (protocol 17.1). */
import { html, type Exchange, type Reply } from '../http/exchange.ts';
import type { ServerContext } from '../server/context.ts';
import { escapeHtml, messagePage, page } from '../server/pages.ts';
import type { StoredCalendar } from '../users/model.ts';
import { addEntry } from './calendars.ts';
import { calendarDocument, type CalendarEvent } from './ics.ts';
import { calendarTokens } from './show.ts';

function find(context: ServerContext, exchange: Exchange): StoredCalendar | undefined {
  return context.store.state.calendars.find((entry) => entry.id === exchange.params['id']);
}

function notFound(): Reply {
  return html(404, messagePage('Not Found', 'calendar not found'));
}

/** Without tokens that no longer exist; those which are in by a tag get their links now. */
function eventsOf(context: ServerContext, calendar: StoredCalendar): CalendarEvent[] {
  const members = calendarTokens(context, calendar);
  for (const token of members)
    if (!calendar.entries.some((entry) => entry.momId === token.momId))
      addEntry(context, calendar, token, '');
  context.store.touch();
  return members.flatMap((token) => {
    const entry = calendar.entries.find(({ momId }) => momId === token.momId);
    return entry ? [{ ...entry, token }] : [];
  });
}

function fileName(calendar: StoredCalendar): string {
  // Header values are Latin-1 on one line.
  const name = calendar.name || calendar.description || calendar.id;
  return name.replaceAll(/[^\x20-\x7e]|["\\]/g, '_');
}

export function calendarFeed(context: ServerContext, exchange: Exchange): Reply {
  const calendar = find(context, exchange);
  if (!calendar) return notFound();
  const name = calendar.name || calendar.description;
  return {
    status: 200,
    headers: {
      'content-type': 'text/calendar; charset=utf-8',
      'content-disposition': `attachment; filename="${fileName(calendar)}"`,
    },
    body: Buffer.from(calendarDocument(context, eventsOf(context, calendar), 'PUBLISH', name)),
  };
}

export function calendarView(context: ServerContext, exchange: Exchange): Reply {
  const calendar = find(context, exchange);
  if (!calendar) return notFound();
  const rows = calendarTokens(context, calendar)
    .sort((a, b) => (a.claims.exp ?? 0) - (b.claims.exp ?? 0))
    .map((token) => {
      const day = new Date((token.claims.exp ?? 0) * 1000).toISOString().slice(0, 10);
      return `<li>${day} ${escapeHtml(token.claims.name ?? 'unnamed token')}</li>`;
    });
  const name = calendar.name || calendar.description || 'Calendar';
  return html(200, page(name, `<h1>${escapeHtml(name)}</h1><ol>${rows.join('')}</ol>`));
}
