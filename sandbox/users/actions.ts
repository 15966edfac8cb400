/** Links in mails and calendars (protocol 20). Errors are pages for people. */
import { html, redirect, type Exchange, type Reply } from '../http/exchange.ts';
import type { ServerContext } from '../server/context.ts';
import { messagePage } from '../server/pages.ts';
import { letters } from '../tokens/codes.ts';
import type { MytokenClaims } from '../tokens/model.ts';
import type { Clause } from '../types.ts';
import type { StoredAction } from './model.ts';
import { userOf } from './users.ts';

type ActionName = StoredAction['action'];

const ACTIONS: readonly string[] = [
  'recreate_token',
  'verify_email',
  'remove_from_calendar',
  'unsubscribe_scheduled',
] satisfies ActionName[];

/** @returns the code of the link */
export function newAction(context: ServerContext, action: StoredAction): string {
  const code = letters(32);
  context.store.state.actions[code] = action;
  context.store.touch();
  return code;
}

export function actionUrl(context: ServerContext, action: ActionName, code: string): string {
  return `${context.settings.issuer}/actions?action=${action}&code=${code}`;
}

export function actionLink(context: ServerContext, action: StoredAction): string {
  return actionUrl(context, action.action, newAction(context, action));
}

type ActionOf<Name extends ActionName> = Extract<StoredAction, { action: Name }>;

function verifyEmail(context: ServerContext, code: string, action: ActionOf<'verify_email'>): Reply {
  const user = userOf(context, action.sub);
  if (action.expires < context.clock.nowS()) return notFound();
  Reflect.deleteProperty(context.store.state.actions, code);
  context.store.touch();
  // Another address since then: this link proves nothing about it.
  if (user.emailAddress !== action.emailAddress) return notFound();
  user.emailVerified = true;
  return html(200, messagePage('Email Verified', 'The email address was successfully verified.'));
}

/** The same token once more: its times are moved by as much as has passed since it was made. */
function recreate(context: ServerContext, { claims }: { claims: MytokenClaims }): Reply {
  const shiftS = context.clock.nowS() - (claims.auth_time ?? claims.iat);
  const shifted = (clause: Clause): Clause => ({
    ...clause,
    ...(clause.nbf === undefined ? {} : { nbf: clause.nbf + shiftS }),
    ...(clause.exp === undefined ? {} : { exp: clause.exp + shiftS }),
  });
  const request = {
    oidc_issuer: claims.oidc_iss,
    name: claims.name ?? '',
    capabilities: claims.capabilities,
    restrictions: (claims.restrictions ?? []).map(shifted),
    ...(claims.rotation ? { rotation: claims.rotation } : {}),
  };
  return redirect(303, `/?r=${Buffer.from(JSON.stringify(request)).toString('base64url')}#mt`);
}

function removeFromCalendar(context: ServerContext, action: ActionOf<'remove_from_calendar'>): Reply {
  const calendar = context.store.state.calendars.find((entry) => entry.id === action.calendarId);
  if (!calendar) return notFound();
  calendar.entries = calendar.entries.filter((entry) => entry.momId !== action.momId);
  context.store.touch();
  return html(200, messagePage('Removed', 'The mytoken was removed from the calendar.'));
}

function unsubscribe(context: ServerContext, action: ActionOf<'unsubscribe_scheduled'>): Reply {
  const { notifications } = context.store.state;
  const notification = notifications.find((entry) => entry.id === action.notificationId);
  if (!notification) return notFound();
  (notification.reminders[action.momId] ??= { sent: [], off: false }).off = true;
  context.store.touch();
  return html(200, messagePage('Unsubscribed', 'There will be no more reminders of this mytoken’s end.'));
}

function notFound(): Reply {
  return html(404, messagePage('Not Found', 'This link is unknown or has expired.'));
}

/** `GET /actions?action=…&code=…` */
export function runAction(context: ServerContext, exchange: Exchange): Reply {
  const code = exchange.url.searchParams.get('code') ?? '';
  const name = exchange.url.searchParams.get('action') ?? '';
  if (!ACTIONS.includes(name)) return html(400, messagePage('Bad Request', `unknown action '${name}'`));
  const action = context.store.state.actions[code];
  if (action?.action !== name) return notFound();
  switch (action.action) {
    case 'verify_email':
      return verifyEmail(context, code, action);
    case 'recreate_token':
      return recreate(context, action);
    case 'remove_from_calendar':
      return removeFromCalendar(context, action);
    case 'unsubscribe_scheduled':
      return unsubscribe(context, action);
  }
}
