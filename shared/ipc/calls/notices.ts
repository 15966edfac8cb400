import { z } from '../../zod.ts';
import type { ErrorEnvelope } from '../../errors.ts';
import { type CallSpec, id, isObject, nothing } from './fields.ts';

const momId = z.string().min(1).max(2048);
const classes = z.array(z.string().min(1).max(100)).max(200);
const title = z.string().trim().min(1).max(100);
const comment = z.string().max(100);

const notification = z.object({
  notificationId: z.number(),
  /** About all mytokens of the user, also those to come. */
  userWide: z.boolean(),
  classes: z.array(z.string()),
  momIds: z.array(z.string()),
  /** Mytokens with one of these tags are meant as well. */
  tags: z.array(z.string()),
});
export type NotificationView = z.infer<typeof notification>;

const calendar = z.object({
  /** A name that main gives it; the server's may be a secret. */
  calendarId: z.string(),
  title: z.string(),
  momIds: z.array(z.string()),
  tags: z.array(z.string()),
  hasFeed: z.boolean(),
  /** It can be renamed, and single mytokens can be taken out. */
  editable: z.boolean(),
});
export type CalendarView = z.infer<typeof calendar>;

const notices = z.object({
  /** Null where the server has none. */
  notifications: z.array(notification).nullable(),
  calendars: z.array(calendar).nullable(),
  /** Null when the mytoken may not see it, or the server has none. */
  mail: z.object({ address: z.string(), verified: z.boolean() }).nullable(),
  /** Titles of calendars are free, and can change (servers from 0.11 on). */
  newer: z.boolean(),
});
export type NoticesView = z.infer<typeof notices>;

const ofNotification = { accountId: id, notificationId: z.number() };
const ofCalendar = { accountId: id, calendarId: z.string().min(1).max(64) };
/** `derived`: the account's own mytoken, or made from it. */
const token = { momId, derived: z.boolean() };

/** Mails and calendars with which a server reminds of mytokens. Management codes and feed links stay in main. */
export const noticesCalls = {
  /** `own`: what the account's mytoken is subscribed to. `all`: everything of the user. */
  'notices:list': {
    args: z.strictObject({ accountId: id, scope: z.enum(['own', 'all']) }),
    result: notices,
    roles: ['main'],
  },
  /** With several mytokens `problem` says what kept one from being added; the subscription is there. */
  'notices:create': {
    args: z.strictObject({
      accountId: id,
      classes,
      target: z.discriminatedUnion('kind', [
        z.strictObject({ kind: z.literal('own'), includeChildren: z.boolean() }),
        z.strictObject({ kind: z.literal('user-wide') }),
        z.strictObject({
          kind: z.literal('some'),
          momIds: z.array(momId).min(1).max(100),
          includeChildren: z.boolean(),
        }),
      ]),
    }),
    result: z.object({ notification, problem: z.custom<ErrorEnvelope>(isObject).nullable() }),
    roles: ['main'],
  },
  'notices:change': {
    args: z.strictObject({
      ...ofNotification,
      classes,
      add: z.array(momId).max(100),
      remove: z.array(momId).max(100),
      includeChildren: z.boolean(),
    }),
    result: notification,
    roles: ['main'],
  },
  'notices:remove': { args: z.strictObject(ofNotification), result: nothing, roles: ['main'] },
  /** One mail with a calendar event; nothing is kept. */
  'notices:invite': {
    args: z.strictObject({ accountId: id, ...token, comment }),
    result: nothing,
    roles: ['main'],
  },
  'notices:create-calendar': {
    args: z.strictObject({ accountId: id, title }),
    result: calendar,
    roles: ['main'],
  },
  'notices:rename-calendar': {
    args: z.strictObject({ ...ofCalendar, title }),
    result: calendar,
    roles: ['main'],
  },
  'notices:remove-calendar': { args: z.strictObject(ofCalendar), result: nothing, roles: ['main'] },
  'notices:add-to-calendar': {
    args: z.strictObject({ ...ofCalendar, ...token, comment }),
    result: calendar,
    roles: ['main'],
  },
  'notices:remove-from-calendar': {
    args: z.strictObject({ ...ofCalendar, ...token }),
    result: calendar,
    roles: ['main'],
  },
  /** Main puts the link into the clipboard; the window never sees it. */
  'notices:copy-feed': {
    args: z.strictObject(ofCalendar),
    result: z.object({ clearsAtMs: z.number() }),
    roles: ['main'],
  },
} as const satisfies Record<string, CallSpec>;
