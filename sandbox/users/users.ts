/** The user behind a mytoken. */
import type { ServerContext } from '../server/context.ts';
import type { StoredUser } from './model.ts';

/** @param sub `sub` of the user's mytokens */
export function userOf(context: ServerContext, sub: string): StoredUser {
  return (context.store.state.users[sub] ??= {
    emailAddress: '',
    emailVerified: false,
    prefersHtmlMail: false,
    grants: {},
    sshKeys: [],
    tags: [],
  });
}

/** The address the provider told at the user's first login; later ones change nothing (protocol 14.4). */
export function rememberEmail(
  context: ServerContext,
  sub: string,
  claims: { email?: string | undefined; emailVerified?: boolean | undefined },
): void {
  const isNew = context.store.state.users[sub] === undefined;
  const user = userOf(context, sub);
  if (!isNew || claims.email === undefined) return;
  user.emailAddress = claims.email;
  user.emailVerified = claims.emailVerified ?? false;
  context.store.touch();
}
