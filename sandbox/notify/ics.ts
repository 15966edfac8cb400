/** iCalendar documents as the server writes them (protocol 17.1; RFC 5545 otherwise). */
import type { ServerContext } from '../server/context.ts';
import type { StoredToken } from '../tokens/model.ts';
import { actionUrl } from '../users/actions.ts';

const ALARM_DAYS = [30, 14, 7, 3, 1, 0];
const DAY_SECONDS = 86_400;

export interface CalendarEvent {
  token: StoredToken;
  comment: string;
  recreateCode: string;
  /** Missing in invites. */
  removeCode?: string;
}

function utc(seconds: number): string {
  return new Date(seconds * 1000).toISOString().replaceAll(/[-:]|\.\d+/g, '');
}

function escaped(text: string): string {
  return text.replaceAll(/[\\;,]/g, String.raw`\$&`).replaceAll('\n', String.raw`\n`);
}

/** Lines are at most 75 octets long; the rest goes on behind a blank. */
function folded(line: string): string {
  const parts: string[] = [];
  let part = '';
  for (const character of line) {
    if (Buffer.byteLength(part + character) > 74) {
      parts.push(part);
      part = '';
    }
    part += character;
  }
  return [...parts, part].join('\r\n ');
}

function alarmLines(context: ServerContext, token: StoredToken, summary: string): string[] {
  const exp = token.claims.exp ?? 0;
  const halfS = token.created + (exp - token.created) / 2;
  const due = ALARM_DAYS.filter((days) => exp - days * DAY_SECONDS >= halfS);
  const time = context.quirks.invalidAlarms ? 'T' : '';
  return due.flatMap((days) => [
    'BEGIN:VALARM',
    'ACTION:DISPLAY',
    `TRIGGER:-P${time}${days}D`,
    `DESCRIPTION:${escaped(summary)}`,
    'END:VALARM',
  ]);
}

function eventLines(context: ServerContext, event: CalendarEvent): string[] {
  const { token, comment, recreateCode, removeCode } = event;
  const summary = `Mytoken '${token.claims.name ?? ''}' expires`;
  const links = [
    `To re-create a similar mytoken follow this link: ${actionUrl(context, 'recreate_token', recreateCode)}`,
    ...(removeCode === undefined
      ? []
      : [
          `To remove this event from the calendar follow this link: ${actionUrl(context, 'remove_from_calendar', removeCode)}`,
        ]),
  ];
  const description = [...(comment === '' ? [] : [comment]), ...links].join('\n');
  const at = utc(token.claims.exp ?? 0);
  return [
    'BEGIN:VEVENT',
    `UID:${token.momId}`,
    `DTSTAMP:${utc(context.clock.nowS())}`,
    `DTSTART:${at}`,
    `DTEND:${at}`,
    `SUMMARY:${escaped(summary)}`,
    `DESCRIPTION:${escaped(description)}`,
    ...alarmLines(context, token, summary),
    'END:VEVENT',
  ];
}

export function calendarDocument(
  context: ServerContext,
  events: readonly CalendarEvent[],
  method: 'PUBLISH' | 'REQUEST',
  name = '',
): string {
  const lines = [
    'BEGIN:VCALENDAR',
    'VERSION:2.0',
    'PRODID:-//mytoken sandbox//EN',
    `METHOD:${method}`,
    ...(name === '' ? [] : [`NAME:${escaped(name)}`, `X-WR-CALNAME:${escaped(name)}`]),
    ...events.flatMap((event) => eventLines(context, event)),
    'END:VCALENDAR',
  ];
  return `${lines.map(folded).join('\r\n')}\r\n`;
}
