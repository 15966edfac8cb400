/** E-mail settings of a user, set behind the server's back. */
import type { OpenIdProvider } from '../op/openid-provider.ts';
import type { ServerContext } from '../server/context.ts';
import { subjectOf } from '../tokens/signer.ts';
import type { SandboxUser, SetEmailOptions } from '../types.ts';
import { userOf } from '../users/users.ts';
import { pickProvider, pickUser } from './issue.ts';

/** @throws Error for an unknown user or provider */
export function setEmail(
  context: ServerContext,
  providers: readonly OpenIdProvider[],
  users: readonly SandboxUser[],
  options: SetEmailOptions,
): void {
  const { sub } = pickUser(users, options.user);
  const { issuer } = pickProvider(providers, options.provider ?? 0);
  const user = userOf(context, subjectOf(sub, issuer));
  user.emailAddress = options.address ?? user.emailAddress;
  user.emailVerified = options.verified ?? user.emailVerified;
  user.prefersHtmlMail = options.prefersHtml ?? user.prefersHtmlMail;
  context.store.touch();
}
