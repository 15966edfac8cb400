/** Mails about events of mytokens (protocol 16.1). */
import type { ServerContext } from '../server/context.ts';
import type { StoredToken } from '../tokens/model.ts';
import { hasMail } from '../server/context.ts';
import { actionLink } from '../users/actions.ts';
import { sendMail } from '../users/mail.ts';
import type { StoredNotification } from '../users/model.ts';
import { userOf } from '../users/users.ts';
import { concerns, subscribedTokens, wants } from './subscriptions.ts';

const HOUR_SECONDS = 3600;
const DAY_SECONDS = 24 * HOUR_SECONDS;
/** When mails about the end of a token are due, seconds before it. */
const REMINDERS = [30, 14, 7, 3, 1].map((days) => days * DAY_SECONDS).concat(3 * HOUR_SECONDS, 0);

const CLASS_OF_EVENT: Record<string, string> = {
  AT_created: 'AT_creations',
  MT_created: 'subtoken_creations',
  settings_grant_enabled: 'setting_changes',
  settings_grant_disabled: 'setting_changes',
  ssh_key_added: 'setting_changes',
  email_changed: 'setting_changes',
  email_mimetype_changed: 'setting_changes',
  calendar_created: 'setting_changes',
  calendar_updated: 'setting_changes',
  calendar_deleted: 'setting_changes',
};

/** What a mail needs to know of a token; revoked ones are only known by their claims. */
export type Subject = Pick<StoredToken, 'momId'> & { claims: Pick<StoredToken['claims'], 'name' | 'sub'> };

function managementPage(context: ServerContext, { managementCode }: StoredNotification): string {
  return `${context.settings.issuer}/notifications/${managementCode}`;
}

function write(
  context: ServerContext,
  notification: StoredNotification,
  subject: Subject,
  notificationClass: string,
  what: string,
): void {
  const name = subject.claims.name ?? 'unnamed token';
  sendMail(context, notification.sub, {
    kind: 'notification',
    notificationClass,
    momId: subject.momId,
    subject: `mytoken notification: ${name}`,
    text: `Mytoken: ${name}\n${what}`,
    links: [managementPage(context, notification)],
  });
}

/** May the user be sent mail at all? */
export function hasVerifiedAddress(context: ServerContext, sub: string): boolean {
  const { emailAddress, emailVerified } = userOf(context, sub);
  return emailAddress !== '' && emailVerified;
}

/** @throws Error (500) for the server's trouble with unverified addresses */
export function mailAboutEvent(context: ServerContext, token: StoredToken, event: string, ip: string): void {
  const notificationClass = CLASS_OF_EVENT[event];
  if (notificationClass === undefined || !hasMail(context)) return;
  const interested = context.store.state.notifications.filter(
    (entry) => wants(entry, notificationClass) && concerns(entry, token),
  );
  if (interested.length === 0) return;
  if (!hasVerifiedAddress(context, token.claims.sub)) {
    if (context.quirks.unverifiedMailBreaks) throw new Error('mail to an unverified address');
    return;
  }
  for (const entry of interested) write(context, entry, token, notificationClass, `${event} from ${ip}`);
}

/** A refused or suspicious use; whether it can be told changes nothing about the refusal. */
export function mailAboutSecurity(
  context: ServerContext,
  notificationClass: string,
  interested: readonly StoredNotification[],
  subject: Subject,
  ip: string,
): void {
  if (!hasMail(context) || !hasVerifiedAddress(context, subject.claims.sub)) return;
  for (const entry of interested)
    if (wants(entry, notificationClass)) write(context, entry, subject, notificationClass, `used from ${ip}`);
}

function remindersOf(token: StoredToken): number[] {
  const { exp } = token.claims;
  if (exp === undefined) return [];
  // Only in the second half of the token's life.
  return REMINDERS.filter((before) => exp - before >= token.created + (exp - token.created) / 2);
}

function remind(context: ServerContext, notification: StoredNotification, token: StoredToken): void {
  const nowS = context.clock.nowS();
  const { exp = 0, name = 'unnamed token' } = token.claims;
  const subscription = notification.subscriptions.find(({ momId }) => momId === token.momId);
  const sinceS = subscription?.since ?? Math.max(notification.since, token.created);
  const reminders = (notification.reminders[token.momId] ??= { sent: [], off: false });
  for (const before of remindersOf(token)) {
    const dueS = exp - before;
    if (reminders.off || dueS > nowS || dueS < sinceS || reminders.sent.includes(before)) continue;
    reminders.sent.push(before);
    sendMail(context, notification.sub, {
      kind: 'expiration',
      notificationClass: 'expiration',
      momId: token.momId,
      subject: before === 0 ? `mytoken expired: ${name}` : `mytoken expires soon: ${name}`,
      text: `The mytoken ${name} expires at ${new Date(exp * 1000).toISOString()}.`,
      links: [
        actionLink(context, { action: 'recreate_token', claims: token.claims }),
        actionLink(context, {
          action: 'unsubscribe_scheduled',
          notificationId: notification.id,
          momId: token.momId,
        }),
        managementPage(context, notification),
      ],
    });
  }
}

/** The scheduler: everything due since it last ran. */
export function sendReminders(context: ServerContext): void {
  if (!hasMail(context)) return;
  const { notifications, tokens } = context.store.state;
  for (const notification of notifications) {
    if (!wants(notification, 'expiration') || !hasVerifiedAddress(context, notification.sub)) continue;
    const concerned = notification.userWide
      ? Object.values(tokens).filter((token) => token.claims.sub === notification.sub)
      : subscribedTokens(context, notification);
    for (const token of concerned) remind(context, notification, token);
  }
}
