/** Mail the server would send: kept for tests instead. */
import { escapeHtml } from '../server/pages.ts';
import type { ServerContext } from '../server/context.ts';
import type { StoredMail } from './model.ts';
import { userOf } from './users.ts';

const MAX_MAILS = 10_000;

export interface Letter extends Pick<StoredMail, 'kind' | 'notificationClass' | 'momId' | 'ics'> {
  subject: string;
  /** Plain text without the links. */
  text: string;
  links: string[];
}

function htmlOf(letter: Letter): string {
  const anchors = letter.links.map((link) => `<p><a href="${escapeHtml(link)}">${escapeHtml(link)}</a></p>`);
  return `<html><body><p>${escapeHtml(letter.text)}</p>${anchors.join('')}</body></html>`;
}

/** To the user's address, whether it is verified or not: that is the caller's business. */
export function sendMail(context: ServerContext, sub: string, letter: Letter): void {
  const user = userOf(context, sub);
  const { mails } = context.store.state;
  const mail: StoredMail = {
    kind: letter.kind,
    ...(letter.notificationClass === undefined ? {} : { notificationClass: letter.notificationClass }),
    ...(letter.momId === undefined ? {} : { momId: letter.momId }),
    to: user.emailAddress,
    subject: letter.subject,
    body: user.prefersHtmlMail ? htmlOf(letter) : [letter.text, ...letter.links].join('\n'),
    html: user.prefersHtmlMail,
    links: letter.links,
    ...(letter.ics === undefined ? {} : { ics: letter.ics }),
    time: context.clock.nowS(),
  };
  mails.push(mail);
  if (mails.length > MAX_MAILS) mails.splice(0, MAX_MAILS / 10);
  context.store.touch();
}
