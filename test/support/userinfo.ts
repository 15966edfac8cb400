import type { Sandbox } from '../../sandbox/index.ts';

/** What the provider answers to an access token: the status, and whose the token is if it took it. */
export async function userinfo(
  sandbox: Sandbox,
  accessToken: string,
): Promise<{ readonly status: number; readonly sub: unknown }> {
  const discovery = await fetch(`${sandbox.providers[0]?.issuer ?? ''}/.well-known/openid-configuration`);
  const { userinfo_endpoint: endpoint } = (await discovery.json()) as { userinfo_endpoint: string };
  const answer = await fetch(endpoint, { headers: { Authorization: `Bearer ${accessToken}` } });
  const body = answer.ok ? ((await answer.json()) as { sub: unknown }) : { sub: null };
  return { status: answer.status, sub: body.sub };
}
