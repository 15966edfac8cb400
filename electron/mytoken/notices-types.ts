import type { Secret } from '../ports/index.ts';
import type { Answer, CallOptions, HeldMytoken } from './types.ts';

/** A subscription of the user to mails about mytokens. */
export interface MailNotification {
  readonly id: number;
  /** Whoever has it may see, change and delete the subscription: a secret. */
  readonly managementCode: Secret;
  /** About all mytokens of the user, also those to come; then `momIds` is empty. */
  readonly userWide: boolean;
  /** Names as the server has them; some may be unknown here. */
  readonly classes: readonly string[];
  readonly momIds: readonly string[];
  /** Mytokens with one of these tags are meant as well (servers from 0.11 on). */
  readonly tags: readonly string[];
}

/** What a new subscription is about. One mytoken is named by its mom_id; the presented one is meant without any. */
export type NotificationTarget =
  | { readonly kind: 'own'; readonly includeChildren: boolean }
  | { readonly kind: 'one'; readonly momId: string; readonly includeChildren: boolean }
  | { readonly kind: 'user-wide' };

export interface NewNotification {
  readonly target: NotificationTarget;
  readonly classes: readonly string[];
}

/** A calendar of the user with the times at which mytokens expire. */
export interface Calendar {
  /** What requests call it: the name, or from 0.11 on an id, which also opens the feed and therefore is a secret. */
  readonly key: Secret;
  /** Its name, or the description that servers from 0.11 on keep instead. */
  readonly title: string;
  /** Where calendar programs read it; whoever has the link can read it. Null when the server names a place that is not its own. */
  readonly feed: Secret | null;
  readonly momIds: readonly string[];
  readonly tags: readonly string[];
  /** The server can rename it and take single mytokens out of it (from 0.11 on). */
  readonly editable: boolean;
}

export interface OwnNotices {
  readonly notifications: readonly MailNotification[];
  readonly calendars: readonly Calendar[];
}

/**
 * Mails about mytokens (mytoken protocol, "Notifications"). Calls that present a mytoken count as “other” uses and may rotate it; those by
 * management code count nothing. Throws what the client throws; `mytoken/not-supported` where the server has none of it.
 */
export interface NotificationsClient {
  /** All of the user. */
  list(token: HeldMytoken, options?: CallOptions): Promise<Answer<readonly MailNotification[]>>;
  /** What the presented mytoken itself is subscribed to, calendars too. */
  own(token: HeldMytoken, options?: CallOptions): Promise<Answer<OwnNotices>>;
  /** Answers the management code. Throws `mytoken/mail-required` without a confirmed mail address. */
  create(token: HeldMytoken, wish: NewNotification, options?: CallOptions): Promise<Answer<Secret>>;
  /** Throws `mytoken/not-found`, as the next three do. */
  read(instanceUrl: string, managementCode: Secret, options?: CallOptions): Promise<MailNotification>;
  setClasses(
    instanceUrl: string,
    managementCode: Secret,
    classes: readonly string[],
    options?: CallOptions,
  ): Promise<null>;
  addToken(
    instanceUrl: string,
    managementCode: Secret,
    token: { readonly momId: string; readonly includeChildren: boolean },
    options?: CallOptions,
  ): Promise<null>;
  removeToken(
    instanceUrl: string,
    managementCode: Secret,
    momId: string,
    options?: CallOptions,
  ): Promise<null>;
  /** Also succeeds when it is gone already. */
  remove(instanceUrl: string, managementCode: Secret, options?: CallOptions): Promise<null>;
  /**
   * Has one mail sent with the expiry of one mytoken as a calendar event; nothing is kept. Throws `mytoken/mail-required`,
   * `mytoken/invalid-request` (`details.reason`: `never-expires`).
   */
  invite(
    token: HeldMytoken,
    invitation: { readonly momId: string; readonly comment: string },
    options?: CallOptions,
  ): Promise<Answer<null>>;
}

/** Calendar feeds (mytoken protocol, "Calendars"). All calls count as “other” uses and may rotate the mytoken. Throws as above. */
export interface CalendarsClient {
  list(token: HeldMytoken, options?: CallOptions): Promise<Answer<readonly Calendar[]>>;
  /** Whether the server knows calendars by ids, so that their titles are free and can change. */
  byId(instanceUrl: string, options?: CallOptions): Promise<boolean>;
  /** Throws `mytoken/invalid-request` (`details.reason`: `calendar-name`) for a title that cannot be a name. */
  create(token: HeldMytoken, title: string, options?: CallOptions): Promise<Answer<Calendar>>;
  /** Throws `mytoken/not-supported` where calendars are known by name. */
  rename(token: HeldMytoken, calendar: Calendar, title: string, options?: CallOptions): Promise<Answer<null>>;
  remove(token: HeldMytoken, calendar: Calendar, options?: CallOptions): Promise<Answer<null>>;
  /** Throws `mytoken/invalid-request` (`details.reason`: `never-expires`). */
  addToken(
    token: HeldMytoken,
    calendar: Calendar,
    entry: { readonly momId: string; readonly comment: string },
    options?: CallOptions,
  ): Promise<Answer<Calendar>>;
  /** Throws `mytoken/not-supported` where it would delete the whole calendar. */
  removeToken(
    token: HeldMytoken,
    calendar: Calendar,
    momId: string,
    options?: CallOptions,
  ): Promise<Answer<null>>;
}
