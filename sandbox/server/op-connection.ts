/** How the mytoken server talks to an OpenID provider, as its client. */
import {
  allowInsecureRequests,
  authorizationCodeGrant,
  buildAuthorizationUrl,
  calculatePKCECodeChallenge,
  ClientSecretBasic,
  discovery,
  fetchUserInfo,
  refreshTokenGrant,
  ResponseBodyError,
  tokenRevocation,
  AuthorizationResponseError,
  type Configuration,
} from 'openid-client';

export interface OpTokens {
  accessToken: string;
  refreshToken?: string;
  expiresIn: number;
  tokenType: string;
  scope?: string;
  /** Only known after a login. */
  sub?: string;
  email?: string;
  emailVerified?: boolean;
}

/** The provider answered with an OAuth error (RFC 6749 5.2). */
export class OpFailure extends Error {
  readonly status: number;
  readonly error: string;
  readonly description: string | undefined;

  constructor(status: number, error: string, description: string | undefined) {
    super(description === undefined ? error : `${error}: ${description}`);
    this.status = status;
    this.error = error;
    this.description = description;
  }
}

export interface AuthorizationWish {
  state: string;
  codeVerifier: string;
  scopes: readonly string[];
  audience: readonly string[];
}

export interface OpConnection {
  /** @throws Error when the provider cannot be reached */
  authorizationUrl(wish: AuthorizationWish): Promise<string>;
  /** @throws OpFailure, or Error when the provider cannot be reached */
  exchange(callback: URL, wish: AuthorizationWish, callerIp: string): Promise<OpTokens>;
  /** @throws OpFailure, or Error when the provider cannot be reached */
  refresh(refreshToken: string, scopes: readonly string[], audience: readonly string[]): Promise<OpTokens>;
  /** Best effort, never rejects. */
  revoke(refreshToken: string): Promise<void>;
}

function withResources(parameters: URLSearchParams, audience: readonly string[]): URLSearchParams {
  // RFC 8707 section 2: one parameter per audience.
  for (const entry of audience) parameters.append('resource', entry);
  return parameters;
}

/** Beyond 4xx openid-client hands over the response instead of reading the error from it. */
async function failureOfResponse(response: Response): Promise<OpFailure> {
  const body: unknown = await response.json().catch(() => undefined);
  const { error, error_description } = (body ?? {}) as { error?: unknown; error_description?: unknown };
  return new OpFailure(
    response.status,
    typeof error === 'string' ? error : 'server_error',
    typeof error_description === 'string' ? error_description : undefined,
  );
}

async function failure(error: unknown): Promise<unknown> {
  const cause = error instanceof Error ? error.cause : undefined;
  if (cause instanceof Response && !cause.ok && !cause.bodyUsed) return failureOfResponse(cause);
  if (error instanceof ResponseBodyError)
    return new OpFailure(error.status, error.error, error.error_description);
  if (error instanceof AuthorizationResponseError)
    return new OpFailure(400, error.error, error.error_description);
  return error;
}

export class OpenIdConnection implements OpConnection {
  readonly #issuer: string;
  readonly #clientId: string;
  readonly #clientSecret: string;
  readonly #redirectUri: string;
  #configuration: Configuration | undefined;

  constructor(issuer: string, clientId: string, clientSecret: string, redirectUri: string) {
    this.#issuer = issuer;
    this.#clientId = clientId;
    this.#clientSecret = clientSecret;
    this.#redirectUri = redirectUri;
  }

  /** Discovered on first use: providers of the federation may be unreachable for ever. */
  async #config(): Promise<Configuration> {
    this.#configuration ??= await discovery(
      new URL(this.#issuer),
      this.#clientId,
      { client_secret: this.#clientSecret },
      ClientSecretBasic(this.#clientSecret),
      // The sandbox speaks plain HTTP because it never leaves the loopback interface.
      // eslint-disable-next-line @typescript-eslint/no-deprecated
      { execute: [allowInsecureRequests], timeout: 20 },
    );
    return this.#configuration;
  }

  async authorizationUrl(wish: AuthorizationWish): Promise<string> {
    const parameters = new URLSearchParams({
      redirect_uri: this.#redirectUri,
      state: wish.state,
      code_challenge: await calculatePKCECodeChallenge(wish.codeVerifier),
      code_challenge_method: 'S256',
      scope: wish.scopes.join(' '),
      prompt: 'consent',
    });
    return buildAuthorizationUrl(await this.#config(), withResources(parameters, wish.audience)).href;
  }

  async exchange(callback: URL, wish: AuthorizationWish): Promise<OpTokens> {
    try {
      const answer = await authorizationCodeGrant(
        await this.#config(),
        callback,
        { pkceCodeVerifier: wish.codeVerifier, expectedState: wish.state, idTokenExpected: true },
        withResources(new URLSearchParams(), wish.audience),
      );
      const sub = answer.claims()?.sub ?? '';
      return { ...tokensOf(answer), sub, ...(await this.#email(answer.access_token, sub)) };
    } catch (error) {
      throw await failure(error);
    }
  }

  /** Best effort: a login needs no address. */
  async #email(accessToken: string, sub: string): Promise<Pick<OpTokens, 'email' | 'emailVerified'>> {
    try {
      const { email, email_verified } = await fetchUserInfo(await this.#config(), accessToken, sub);
      return email === undefined ? {} : { email, emailVerified: email_verified === true };
    } catch {
      return {};
    }
  }

  async refresh(
    refreshToken: string,
    scopes: readonly string[],
    audience: readonly string[],
  ): Promise<OpTokens> {
    const parameters = new URLSearchParams();
    if (scopes.length > 0) parameters.set('scope', scopes.join(' '));
    try {
      return tokensOf(
        await refreshTokenGrant(await this.#config(), refreshToken, withResources(parameters, audience)),
      );
    } catch (error) {
      throw await failure(error);
    }
  }

  async revoke(refreshToken: string): Promise<void> {
    try {
      await tokenRevocation(await this.#config(), refreshToken, { token_type_hint: 'refresh_token' });
    } catch {
      // The server revokes its own token whatever the provider says.
    }
  }
}

interface TokenAnswer {
  access_token: string;
  refresh_token?: string;
  expires_in?: number;
  token_type: string;
  scope?: string;
}

function tokensOf(answer: TokenAnswer): OpTokens {
  return {
    accessToken: answer.access_token,
    expiresIn: answer.expires_in ?? 0,
    // openid-client lower-cases the type; the wire spells it as RFC 6750 does.
    tokenType: answer.token_type.toLowerCase() === 'bearer' ? 'Bearer' : answer.token_type,
    ...(answer.refresh_token === undefined ? {} : { refreshToken: answer.refresh_token }),
    ...(answer.scope === undefined ? {} : { scope: answer.scope }),
  };
}
