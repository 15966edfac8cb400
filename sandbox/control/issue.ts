/** Tokens without any browser, for tests that need many. */
import { randomUUID } from 'node:crypto';
import { DEFAULT_CAPABILITIES } from '../rules/capabilities.ts';
import { readClause } from '../rules/clauses.ts';
import type { ServerContext } from '../server/context.ts';
import { addEvent, createToken } from '../tokens/lifecycle.ts';
import { mytokenResponse } from '../tokens/respond.ts';
import { rememberEmail } from '../users/users.ts';
import type { OpenIdProvider } from '../op/openid-provider.ts';
import type { IssuedMytoken, IssueMytokenOptions, SandboxUser } from '../types.ts';

/** @throws Error for an unknown user or provider */
export function pickProvider<T extends { issuer: string }>(
  providers: readonly T[],
  wanted: number | string,
): T {
  const found =
    typeof wanted === 'number' ? providers[wanted] : providers.find((entry) => entry.issuer === wanted);
  if (!found) throw new Error(`no such provider: ${wanted}`);
  return found;
}

/** @throws Error for an unknown user */
export function pickUser(users: readonly SandboxUser[], login: string | undefined): SandboxUser {
  const user = users.find((entry) => entry.login === (login ?? 'alice'));
  if (!user) throw new Error(`no such user: ${login ?? 'alice'}`);
  return user;
}

export async function issueMytoken(
  context: ServerContext,
  providers: readonly OpenIdProvider[],
  users: readonly SandboxUser[],
  options: IssueMytokenOptions,
): Promise<IssuedMytoken> {
  const user = pickUser(users, options.user);
  const provider = pickProvider(providers, options.provider ?? 0);
  const refreshTokenId = randomUUID();
  context.store.state.refreshTokens[refreshTokenId] = {
    issuer: provider.issuer,
    value: await provider.issueRefreshToken(user),
  };
  const nowS = context.clock.nowS();
  const reading = { nowS, callerIp: '127.0.0.1', disabledKeys: [], ignoreIpKey: true };
  const caller = { ip: '127.0.0.1', userAgent: 'sandbox' };
  const { token, jwt } = createToken(
    context,
    {
      issuer: provider.issuer,
      oidcSub: user.sub,
      name: options.name ?? '',
      capabilities: options.capabilities ?? [...DEFAULT_CAPABILITIES],
      restrictions: (options.restrictions ?? []).map((clause) => readClause(clause, reading)),
      rotation: options.rotation,
      refreshTokenId,
      authTime: nowS,
    },
    caller,
  );
  rememberEmail(context, token.claims.sub, { email: user.email, emailVerified: true });
  addEvent(context, token, 'created', 'Used grant_type oidc_flow authorization_code', caller);
  const answer = mytokenResponse(context, token, jwt, options.responseType ?? 'token');
  await context.store.save();
  return { ...answer, value: answer.mytoken ?? answer.transfer_code ?? '', mom_id: token.momId };
}
