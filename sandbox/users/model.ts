/** Records of what the server keeps per user. All times are Unix seconds. */
import type { MytokenClaims } from '../tokens/model.ts';
import type { MailKind } from '../types.ts';

export interface StoredSshKey {
  name: string;
  /** `SHA256:<base64 without padding>` */
  fingerprint: string;
  created: number;
  lastUsed?: number;
  /** SHA-256 of the ssh user name, which is a secret. */
  userHash: string;
  /** The mytoken the key stands for. */
  momId: string;
}

export interface StoredTag {
  tag: string;
  color: string;
}

/** A user is an OP identity; records are kept by the `sub` of their mytokens. */
export interface StoredUser {
  /** "" = no address on file. */
  emailAddress: string;
  emailVerified: boolean;
  prefersHtmlMail: boolean;
  /** Grants that were ever toggled. */
  grants: Record<string, boolean>;
  sshKeys: StoredSshKey[];
  tags: StoredTag[];
}

export interface StoredSubscription {
  momId: string;
  /** Children made from now on are subscribed, too. */
  includeChildren: boolean;
  /** Reminders due before this are not sent. */
  since: number;
}

/** Mails about the end of one token. */
export interface StoredReminders {
  /** Already sent, seconds before the end. */
  sent: number[];
  /** The user pressed "unsubscribe" in one. */
  off: boolean;
}

/** A mail subscription (protocol 16). */
export interface StoredNotification {
  id: number;
  /** A bearer secret. */
  managementCode: string;
  sub: string;
  oidcIss: string;
  oidcSub: string;
  userWide: boolean;
  classes: string[];
  /** When it was created. */
  since: number;
  subscriptions: StoredSubscription[];
  /** By mom_id. */
  reminders: Record<string, StoredReminders>;
  /** Tokens with one of these tags are subscribed. */
  tags: string[];
}

export interface StoredCalendarEntry {
  momId: string;
  comment: string;
  /** Codes of the links in the event, see StoredAction. */
  recreateCode: string;
  removeCode: string;
}

export interface StoredCalendar {
  /** A secret: whoever knows it reads the calendar. */
  id: string;
  sub: string;
  /** "" on servers that know calendars by their id. */
  name: string;
  description: string;
  tags: string[];
  entries: StoredCalendarEntry[];
}

/** What the link in a mail or a calendar does (protocol 20). */
export type StoredAction =
  | { action: 'verify_email'; sub: string; expires: number; emailAddress: string }
  | { action: 'recreate_token'; claims: MytokenClaims }
  | { action: 'remove_from_calendar'; calendarId: string; momId: string }
  | { action: 'unsubscribe_scheduled'; notificationId: number; momId: string };

/** A mail that would have been sent. */
export interface StoredMail {
  kind: MailKind;
  /** Class of the notification. */
  notificationClass?: string;
  /** The mytoken it is about. */
  momId?: string;
  to: string;
  subject: string;
  /** Plain text, or HTML if the user prefers that. */
  body: string;
  html: boolean;
  /** Links in the body, which may be secrets. */
  links: string[];
  /** Attached calendar of an invite. */
  ics?: string;
  time: number;
}
