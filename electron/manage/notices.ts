import { createHash } from 'node:crypto';
import { DomainError, type ErrorEnvelope, toEnvelope } from '../../shared/errors.ts';
import type { CalendarView, NotificationView, NoticesView } from '../../shared/ipc/contract.ts';
import { hasCapability } from '../../shared/model/capabilities.ts';
import type { Operation } from '../../shared/model/operations.ts';
import type { Accounts } from '../accounts/index.ts';
import type { Calendar, HeldMytoken, MailNotification, MytokenClient } from '../mytoken/index.ts';
import type { Answer, NotificationTarget } from '../mytoken/index.ts';
import type { Logger, Secret } from '../ports/index.ts';
import type { TokenBroker } from '../tokens/index.ts';

export type NoticeTarget =
  | { readonly kind: 'own'; readonly includeChildren: boolean }
  | { readonly kind: 'user-wide' }
  | { readonly kind: 'some'; readonly momIds: readonly string[]; readonly includeChildren: boolean };

/** A mytoken of the user; `derived` when it was made from the account's. */
export interface NoticedToken {
  readonly momId: string;
  readonly derived: boolean;
}

export interface NotificationChange {
  readonly classes: readonly string[];
  readonly add: readonly string[];
  readonly remove: readonly string[];
  readonly includeChildren: boolean;
}

/**
 * Mails and calendars with which a mytoken server reminds its user. What is shown carries no secrets: management codes and feed links are kept
 * here under the ids of notifications and calendars, from the last `list` on. Methods throw `mytoken/insufficient-capabilities` before they
 * ask, `mytoken/not-found` for ids that are not kept, and else what the broker and the client throw.
 */
export interface Notices {
  /** Counts as up to three "other" uses. Throws `mytoken/not-supported` where the server has neither mails nor calendars. */
  list(accountId: string, scope: 'own' | 'all'): Promise<NoticesView>;
  create(
    accountId: string,
    target: NoticeTarget,
    classes: readonly string[],
  ): Promise<{ readonly notification: NotificationView; readonly problem: ErrorEnvelope | null }>;
  /** By management code: counts nothing. */
  change(accountId: string, notificationId: number, change: NotificationChange): Promise<NotificationView>;
  remove(accountId: string, notificationId: number): Promise<void>;
  invite(accountId: string, token: NoticedToken, comment: string): Promise<void>;
  createCalendar(accountId: string, title: string): Promise<CalendarView>;
  renameCalendar(accountId: string, calendarId: string, title: string): Promise<CalendarView>;
  removeCalendar(accountId: string, calendarId: string): Promise<void>;
  addToCalendar(
    accountId: string,
    calendarId: string,
    token: NoticedToken,
    comment: string,
  ): Promise<CalendarView>;
  removeFromCalendar(accountId: string, calendarId: string, token: NoticedToken): Promise<CalendarView>;
  /** For the clipboard: whoever has it can read the calendar. */
  feedLink(accountId: string, calendarId: string): Secret;
  forgetAll(): void;
}

export interface NoticesDeps {
  readonly accounts: Pick<Accounts, 'require'>;
  readonly broker: Pick<TokenBroker, 'withMytoken'>;
  readonly client: Pick<MytokenClient, 'notifications' | 'calendars' | 'userSettings'>;
  readonly requireOperation: (accountId: string, operation: Operation) => void;
  readonly log: Logger;
}

interface Kept {
  readonly notifications: Map<number, MailNotification>;
  readonly calendars: Map<string, Calendar>;
}

/** See {@link Notices} for what it promises. */
export function createNotices({ accounts, broker, client, requireOperation, log }: NoticesDeps): Notices {
  const kept = new Map<string, Kept>();

  const keptOf = (accountId: string): Kept => {
    const found = kept.get(accountId) ?? { notifications: new Map(), calendars: new Map() };
    kept.set(accountId, found);
    return found;
  };
  const keepNotification = (accountId: string, entry: MailNotification): NotificationView => {
    keptOf(accountId).notifications.set(entry.id, entry);
    const { id: notificationId, userWide, classes, momIds, tags } = entry;
    return { notificationId, userWide, classes: [...classes], momIds: [...momIds], tags: [...tags] };
  };
  const keepCalendar = (accountId: string, entry: Calendar): CalendarView => {
    const calendarId = calendarIdOf(entry);
    keptOf(accountId).calendars.set(calendarId, entry);
    const { title, momIds, tags, feed, editable } = entry;
    return { calendarId, title, momIds: [...momIds], tags: [...tags], hasFeed: feed !== null, editable };
  };
  const notificationOf = (accountId: string, id: number): MailNotification =>
    kept.get(accountId)?.notifications.get(id) ?? notKept();
  const calendarOf = (accountId: string, id: string): Calendar =>
    kept.get(accountId)?.calendars.get(id) ?? notKept();

  /** Nobody needs a capability for the mytoken itself (mytoken protocol, "Calendars"). */
  const requireForToken = (accountId: string, { momId, derived }: NoticedToken): void => {
    if (momId === accounts.require(accountId).momId) return;
    requireOperation(accountId, derived ? 'notify' : 'notify-others');
  };

  const use = <T>(accountId: string, task: (mytoken: HeldMytoken) => Promise<Answer<T>>): Promise<T> =>
    broker.withMytoken(accountId, task);

  async function mailOf(accountId: string): Promise<NoticesView['mail']> {
    if (!hasCapability(accounts.require(accountId).capabilities, 'read@settings:email')) return null;
    const settings = await unlessMissing(use(accountId, (mytoken) => client.userSettings.email(mytoken)));
    return settings === null ? null : { address: settings.address, verified: settings.verified };
  }

  async function listed(
    accountId: string,
    scope: 'own' | 'all',
  ): Promise<{
    readonly notifications: readonly MailNotification[] | null;
    readonly calendars: readonly Calendar[] | null;
  }> {
    if (scope === 'own') return use(accountId, (mytoken) => client.notifications.own(mytoken));
    const notifications = await unlessMissing(
      use(accountId, (mytoken) => client.notifications.list(mytoken)),
    );
    const calendars = await unlessMissing(use(accountId, (mytoken) => client.calendars.list(mytoken)));
    if (notifications !== null || calendars !== null) return { notifications, calendars };
    throw new DomainError('mytoken/not-supported', 'This mytoken server does not offer that function.');
  }

  async function reread(accountId: string, code: Secret): Promise<NotificationView> {
    const { instanceUrl } = accounts.require(accountId);
    return keepNotification(accountId, await client.notifications.read(instanceUrl, code));
  }

  return {
    async list(accountId, scope) {
      requireOperation(accountId, scope === 'own' ? 'notify' : 'see-notices');
      const { notifications, calendars } = await listed(accountId, scope);
      kept.delete(accountId);
      return {
        notifications: notifications?.map((entry) => keepNotification(accountId, entry)) ?? null,
        calendars: calendars?.map((entry) => keepCalendar(accountId, entry)) ?? null,
        mail: await mailOf(accountId),
        newer: await client.calendars.byId(accounts.require(accountId).instanceUrl),
      };
    },

    async create(accountId, target, classes) {
      const { instanceUrl, momId } = accounts.require(accountId);
      const { first, others } = firstTarget(target, momId);
      requireOperation(accountId, first.kind === 'one' ? 'notify-others' : 'notify');
      const code = await use(accountId, (mytoken) =>
        client.notifications.create(mytoken, { target: first, classes }),
      );
      log.info('notices.created', { accountId, target: target.kind });
      let problem: ErrorEnvelope | null = null;
      try {
        const includeChildren = target.kind === 'some' && target.includeChildren;
        for (const other of others) {
          await client.notifications.addToken(instanceUrl, code, { momId: other, includeChildren });
        }
      } catch (error) {
        problem = toEnvelope(error);
      }
      return { notification: await reread(accountId, code), problem };
    },

    async change(accountId, notificationId, { classes, add, remove, includeChildren }) {
      const { instanceUrl } = accounts.require(accountId);
      const { managementCode: code, classes: before } = notificationOf(accountId, notificationId);
      if (classes.join('\n') !== before.join('\n'))
        await client.notifications.setClasses(instanceUrl, code, classes);
      for (const momId of add) {
        await client.notifications.addToken(instanceUrl, code, { momId, includeChildren });
      }
      for (const momId of remove) await client.notifications.removeToken(instanceUrl, code, momId);
      return reread(accountId, code);
    },

    async remove(accountId, notificationId) {
      const { managementCode } = notificationOf(accountId, notificationId);
      await client.notifications.remove(accounts.require(accountId).instanceUrl, managementCode);
      keptOf(accountId).notifications.delete(notificationId);
      log.info('notices.removed', { accountId });
    },

    async invite(accountId, token, comment) {
      requireForToken(accountId, token);
      await use(accountId, (mytoken) =>
        client.notifications.invite(mytoken, { momId: token.momId, comment }),
      );
    },

    async createCalendar(accountId, title) {
      requireOperation(accountId, 'notify-others');
      const { instanceUrl } = accounts.require(accountId);
      const same = [...keptOf(accountId).calendars.values()].some((known) => known.title === title);
      // Servers that know calendars by name answer a second one with an error that says nothing.
      if (same && !(await client.calendars.byId(instanceUrl)))
        throw new DomainError('mytoken/already-there', 'There is a calendar with this name.');
      const made = await use(accountId, (mytoken) => client.calendars.create(mytoken, title));
      log.info('notices.calendar-created', { accountId });
      return keepCalendar(accountId, made);
    },

    async renameCalendar(accountId, calendarId, title) {
      requireOperation(accountId, 'notify-others');
      const calendar = calendarOf(accountId, calendarId);
      await use(accountId, (mytoken) => client.calendars.rename(mytoken, calendar, title));
      return keepCalendar(accountId, { ...calendar, title });
    },

    async removeCalendar(accountId, calendarId) {
      requireOperation(accountId, 'notify-others');
      const calendar = calendarOf(accountId, calendarId);
      await use(accountId, (mytoken) => client.calendars.remove(mytoken, calendar));
      keptOf(accountId).calendars.delete(calendarId);
      log.info('notices.calendar-removed', { accountId });
    },

    async addToCalendar(accountId, calendarId, token, comment) {
      requireForToken(accountId, token);
      const calendar = calendarOf(accountId, calendarId);
      const { momId } = token;
      const filled = await use(accountId, (mytoken) =>
        client.calendars.addToken(mytoken, calendar, { momId, comment }),
      );
      return keepCalendar(accountId, filled);
    },

    async removeFromCalendar(accountId, calendarId, token) {
      requireForToken(accountId, token);
      const calendar = calendarOf(accountId, calendarId);
      await use(accountId, (mytoken) => client.calendars.removeToken(mytoken, calendar, token.momId));
      return keepCalendar(accountId, {
        ...calendar,
        momIds: calendar.momIds.filter((momId) => momId !== token.momId),
      });
    },

    feedLink: (accountId, calendarId) => calendarOf(accountId, calendarId).feed ?? notKept(),
    forgetAll: () => kept.clear(),
  };
}

/** One request names one mytoken at most; the others follow by management code. */
function firstTarget(
  target: NoticeTarget,
  ownMomId: string,
): { readonly first: NotificationTarget; readonly others: readonly string[] } {
  if (target.kind !== 'some') return { first: target, others: [] };
  const { momIds, includeChildren } = target;
  const [momId = ownMomId, ...others] = momIds.includes(ownMomId)
    ? [ownMomId, ...momIds.filter((other) => other !== ownMomId)]
    : momIds;
  // With others in it a subscription takes the capability for others, whichever mytoken comes first.
  if (momId === ownMomId && others.length === 0) return { first: { kind: 'own', includeChildren }, others };
  return { first: { kind: 'one', momId, includeChildren }, others };
}

/** What the server calls it may open its feed; a digest of it opens nothing. */
function calendarIdOf({ key }: Calendar): string {
  return createHash('sha256').update(key.reveal()).digest('base64url');
}

function notKept(): never {
  throw new DomainError('mytoken/not-found', 'This notification or calendar is not known here (any more).');
}

async function unlessMissing<T>(answer: Promise<T>): Promise<T | null> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof DomainError && error.code === 'mytoken/not-supported') return null;
    throw error;
  }
}
