/** Paths of notifications and calendars (protocol 16.2, 17). */
import { hasCalendars, hasMail, isAtLeast, type ServerContext } from '../server/context.ts';
import type { Conditional } from '../server/routes.ts';
import {
  addToCalendar,
  changeCalendarTags,
  createCalendar,
  deleteCalendar,
  listCalendars,
  openCalendar,
  updateCalendar,
} from './calendars.ts';
import { calendarFeed, calendarView } from './feed.ts';
import {
  addNotifiedToken,
  deleteNotification,
  notificationPage,
  removeNotifiedToken,
  replaceClasses,
  showNotification,
  updateNotification,
} from './managed.ts';
import { listNotifications, newNotification } from './notifications.ts';

const BASE = '/api/v0/notifications';

function addCalendars(when: Conditional): void {
  const on = when(hasCalendars);
  const newer = when((context) => hasCalendars(context) && isAtLeast(context, 0, 11));
  const base = `${BASE}/calendars`;
  on('GET', base, listCalendars);
  on('POST', base, createCalendar);
  on('GET', `${base}/:key`, openCalendar);
  on('POST', `${base}/:key`, addToCalendar);
  on('DELETE', `${base}/:key`, deleteCalendar);
  newer('PUT', `${base}/:key`, updateCalendar);
  for (const method of ['POST', 'DELETE']) newer(method, `${base}/:key/tags`, changeCalendarTags);
  on('GET', '/calendars/:id', calendarFeed);
  on('GET', '/calendars/:id/view', calendarView);
}

export function addNotifications(when: Conditional): void {
  // Before the notifications: `calendars` would be read as a management code.
  addCalendars(when);
  const any = (context: ServerContext): boolean => hasMail(context) || hasCalendars(context);
  const on = when(any);
  const newer = when((context) => any(context) && isAtLeast(context, 0, 11));
  on('GET', BASE, listNotifications);
  on('POST', BASE, newNotification);
  on('GET', `${BASE}/:code`, showNotification);
  on('DELETE', `${BASE}/:code`, deleteNotification);
  newer('PUT', `${BASE}/:code`, updateNotification);
  for (const method of ['POST', 'PUT']) on(method, `${BASE}/:code/nc`, replaceClasses);
  on('POST', `${BASE}/:code/token`, addNotifiedToken);
  on('DELETE', `${BASE}/:code/token`, removeNotifiedToken);
  on('GET', '/notifications/:code', notificationPage);
}
