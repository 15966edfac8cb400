/** Links in mails and calendars (protocol 20). Errors are pages for people. */
import { html, type Exchange, type Reply } from '../http/exchange.ts';
import type { ServerContext } from '../server/context.ts';
import { messagePage } from '../server/pages.ts';
import { letters } from '../tokens/codes.ts';
import type { StoredAction } from './model.ts';
import { userOf } from './users.ts';

export function actionLink(context: ServerContext, action: StoredAction): string {
  const code = letters(32);
  context.store.state.actions[code] = action;
  context.store.touch();
  return `${context.settings.issuer}/actions?action=${action.action}&code=${code}`;
}

function verifyEmail(context: ServerContext, code: string, action: StoredAction): Reply {
  const user = userOf(context, action.sub);
  Reflect.deleteProperty(context.store.state.actions, code);
  context.store.touch();
  // Another address since then: this link proves nothing about it.
  if (user.emailAddress !== action.emailAddress) return notFound();
  user.emailVerified = true;
  return html(200, messagePage('Email Verified', 'The email address was successfully verified.'));
}

function notFound(): Reply {
  return html(404, messagePage('Not Found', 'This link is unknown or has expired.'));
}

/** `GET /actions?action=…&code=…` */
export function runAction(context: ServerContext, exchange: Exchange): Reply {
  const code = exchange.url.searchParams.get('code') ?? '';
  const name = exchange.url.searchParams.get('action') ?? '';
  if (!['recreate_token', 'verify_email', 'remove_from_calendar', 'unsubscribe_scheduled'].includes(name))
    return html(400, messagePage('Bad Request', `unknown action '${name}'`));
  const action = context.store.state.actions[code];
  if (action?.action !== name || action.expires < context.clock.nowS()) return notFound();
  return verifyEmail(context, code, action);
}
