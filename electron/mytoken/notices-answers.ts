import { z } from '../../shared/zod.ts';
import { plainText } from '../../shared/model/untrusted-text.ts';
import { Secret } from '../ports/index.ts';
import { requireSameOrigin } from './instance-url.ts';
import type { Calendar, MailNotification } from './notices-types.ts';
import type { InstanceInfo } from './types.ts';

const shown = (longest: number) => z.string().transform((text) => plainText(text, longest));
const momIds = z.array(z.string().min(1).max(2048)).max(100_000).nullish();
/** Their colours are of no use here. */
const tags = z
  .array(z.object({ tag: shown(200) }))
  .max(1000)
  .nullish();

const notificationSchema = z.object({
  notification_id: z.number(),
  notification_type: z.string(),
  management_code: z.string().min(1).max(512),
  user_wide: z.boolean().nullish(),
  notification_classes: z.array(shown(100)).max(200).nullish(),
  subscribed_tokens: momIds,
  tags,
});

export const calendarSchema = z.object({
  id: z.string().min(1).max(512).nullish(),
  name: z.string().max(512).nullish(),
  description: shown(512).nullish(),
  ics_path: z.string().max(2048).nullish(),
  subscribed_tokens: momIds,
  tags,
});
type CalendarAnswer = z.output<typeof calendarSchema>;

export const oneNotificationSchema = notificationSchema;
export const notificationsSchema = z.object({
  notifications: z.array(notificationSchema).max(10_000).nullish(),
});
export const calendarsSchema = z.object({ calendars: z.array(calendarSchema).max(10_000).nullish() });
export const ownNoticesSchema = z.object({ ...notificationsSchema.shape, ...calendarsSchema.shape });
export const createdSchema = z.object({ management_code: z.string().min(1).max(512) });

export function mailNotification(entry: z.output<typeof notificationSchema>): MailNotification {
  return {
    id: entry.notification_id,
    managementCode: new Secret(entry.management_code),
    userWide: entry.user_wide ?? false,
    classes: entry.notification_classes ?? [],
    momIds: entry.subscribed_tokens ?? [],
    tags: (entry.tags ?? []).map(({ tag }) => tag),
  };
}

/** Other types than mails are announced in the protocol only. */
export function mailNotifications(answer: z.output<typeof notificationsSchema>): readonly MailNotification[] {
  return (answer.notifications ?? [])
    .filter(({ notification_type: type }) => type === 'mail')
    .map(mailNotification);
}

/** A calendar that cannot be called by any name cannot be shown either. */
export function calendars(answer: z.output<typeof calendarsSchema>, info: InstanceInfo): readonly Calendar[] {
  return (answer.calendars ?? []).flatMap((entry) => calendar(entry, info) ?? []);
}

export function calendar(entry: CalendarAnswer, info: InstanceInfo): Calendar | null {
  const ids = knowsCalendarIds(info);
  const key = ids ? (entry.id ?? entry.name) : (entry.name ?? entry.id);
  if (key === null || key === undefined || key === '') return null;
  return {
    key: new Secret(key),
    title: entry.description ?? plainText(entry.name ?? '', 512),
    feed: feedOf(entry.ics_path, info),
    momIds: entry.subscribed_tokens ?? [],
    tags: (entry.tags ?? []).map(({ tag }) => tag),
    editable: ids && key === entry.id,
  };
}

/** From 0.11 on; a server that does not tell its version is taken for an older one, which is the harmless mistake. */
export function knowsCalendarIds({ version }: InstanceInfo): boolean {
  const match = /^v?(\d{1,6})\.(\d{1,6})/.exec(version);
  return match !== null && (Number(match[1]) > 0 || Number(match[2]) >= 11);
}

function feedOf(path: string | null | undefined, info: InstanceInfo): Secret | null {
  if (path === null || path === undefined || path === '') return null;
  try {
    return new Secret(requireSameOrigin(new URL(path, info.issuer).href, info.issuer, 'ics_path'));
  } catch {
    return null;
  }
}
