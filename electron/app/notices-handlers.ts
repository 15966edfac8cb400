import type { Handlers } from '../ipc/index.ts';
import type { Notices } from '../manage/index.ts';
import type { Secret } from '../ports/index.ts';

export interface NoticesHandlerDeps {
  readonly notices: Notices;
  /** Puts a secret into the clipboard, from where it is cleared. */
  readonly copyMinted: (accountId: string, text: Secret) => Promise<{ readonly clearsAtMs: number }>;
}

type NoticesChannel = Extract<keyof Handlers, `notices:${string}`>;

/** Mails and calendars with which servers remind of mytokens. */
export function noticesHandlers({ notices, copyMinted }: NoticesHandlerDeps): Pick<Handlers, NoticesChannel> {
  return {
    'notices:list': ({ accountId, scope }) => notices.list(accountId, scope),
    'notices:create': ({ accountId, target, classes }) => notices.create(accountId, target, classes),
    'notices:change': ({ accountId, notificationId, ...change }) =>
      notices.change(accountId, notificationId, change),
    async 'notices:remove'({ accountId, notificationId }) {
      await notices.remove(accountId, notificationId);
      return null;
    },
    async 'notices:invite'({ accountId, comment, ...token }) {
      await notices.invite(accountId, token, comment);
      return null;
    },
    'notices:create-calendar': ({ accountId, title }) => notices.createCalendar(accountId, title),
    'notices:rename-calendar': ({ accountId, calendarId, title }) =>
      notices.renameCalendar(accountId, calendarId, title),
    async 'notices:remove-calendar'({ accountId, calendarId }) {
      await notices.removeCalendar(accountId, calendarId);
      return null;
    },
    'notices:add-to-calendar': ({ accountId, calendarId, comment, ...token }) =>
      notices.addToCalendar(accountId, calendarId, token, comment),
    'notices:remove-from-calendar': ({ accountId, calendarId, ...token }) =>
      notices.removeFromCalendar(accountId, calendarId, token),
    'notices:copy-feed': ({ accountId, calendarId }) =>
      copyMinted(accountId, notices.feedLink(accountId, calendarId)),
  };
}
