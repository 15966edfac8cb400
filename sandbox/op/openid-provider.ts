/** One OpenID provider: npm `oidc-provider` with pages, JWT access tokens and misbehaviour of our own. */
import { randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Provider, type Configuration, type JWK, type KoaContextWithOIDC } from 'oidc-provider';
import { delay } from '../http/write.ts';
import type { Listener } from '../http/listener.ts';
import type { Store } from '../state/store.ts';
import type { OpBehaviour, SandboxUser } from '../types.ts';
import { AccessTokenSigner } from './access-token.ts';
import { StoreAdapter } from './adapter.ts';
import { INTERACTION_PATH, Interactions } from './interactions.ts';
import { claimsFor, SCOPES } from './users.ts';

const YEAR_SECONDS = 31_536_000;
export const CLIENT_ID = 'mytoken-sandbox';

export interface OpOptions {
  issuer: string;
  name: string;
  /** Names this provider's part of the database and its cookies; stable across restarts. */
  key: string;
  redirectUri: string;
  accessTokenSeconds: number;
  rotateRefreshTokens: boolean;
  defaultAudience: string | undefined;
  users: readonly SandboxUser[];
}

function sendJson(response: ServerResponse, status: number, body: object, headers = {}): void {
  response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store', ...headers });
  response.end(JSON.stringify(body));
}

export class OpenIdProvider {
  readonly issuer: string;
  readonly name: string;
  readonly clientSecret: string;
  readonly #options: OpOptions;
  readonly #store: Store;
  readonly #provider: Provider;
  readonly #signer: AccessTokenSigner;
  readonly #interactions: Interactions;
  #behaviour: OpBehaviour = {};

  constructor(options: OpOptions, store: Store) {
    this.issuer = options.issuer;
    this.name = options.name;
    this.#options = options;
    this.#store = store;
    const keys = (store.state.opKeys[options.key] ??= {
      jwk: AccessTokenSigner.newKey(),
      cookieSecret: randomBytes(24).toString('base64url'),
      clientSecret: randomBytes(24).toString('base64url'),
    });
    this.clientSecret = keys.clientSecret;
    this.#signer = new AccessTokenSigner(keys.jwk, options.issuer);
    this.#provider = new Provider(options.issuer, this.#configuration(keys.jwk, keys.cookieSecret));
    this.#provider.use(async (context, next) => {
      await next();
      if (context.path === '/token' && context.status === 200)
        this.#rewriteTokens(context as KoaContextWithOIDC);
    });
    this.#interactions = new Interactions({
      provider: this.#provider,
      name: options.name,
      users: options.users,
    });
  }

  #configuration(jwk: JWK, cookieSecret: string): Configuration {
    const { key, redirectUri, accessTokenSeconds, rotateRefreshTokens, users } = this.#options;
    const store = this.#store;
    return {
      adapter: (model: string) => new StoreAdapter(store, key, model),
      clients: [
        {
          client_id: CLIENT_ID,
          client_name: 'mytoken sandbox',
          client_secret: this.clientSecret,
          redirect_uris: [redirectUri],
          grant_types: ['authorization_code', 'refresh_token'],
          response_types: ['code'],
          id_token_signed_response_alg: 'ES256',
        },
      ],
      clientBasedCORS: () => false,
      jwks: { keys: [jwk] },
      scopes: [...SCOPES],
      claims: {
        openid: ['sub'],
        profile: ['name', 'preferred_username'],
        email: ['email', 'email_verified'],
      },
      findAccount: (_context, sub) => {
        const user = users.find((entry) => entry.sub === sub);
        return (
          user && { accountId: sub, claims: (_use, scope) => ({ ...claimsFor(user, scope.split(' ')), sub }) }
        );
      },
      // Cookies know no ports: the two providers on 127.0.0.1 would overwrite each other's.
      cookies: {
        keys: [cookieSecret],
        names: { session: `session-${key}`, interaction: `interaction-${key}`, resume: `resume-${key}` },
        long: { signed: true, httpOnly: true, sameSite: 'lax' },
        short: { signed: true, httpOnly: true, sameSite: 'lax' },
      },
      features: {
        devInteractions: { enabled: false },
        rpInitiatedLogout: { enabled: false },
        // Audiences are our own business, see #rewriteTokens.
        resourceIndicators: { enabled: false },
        revocation: {
          enabled: true,
          allowedPolicy: (_context, client, token) => token.clientId === client.clientId,
        },
        userinfo: { enabled: true },
      },
      interactions: { url: (_context, interaction) => `${INTERACTION_PATH}${interaction.uid}` },
      pkce: { required: () => true },
      rotateRefreshToken: rotateRefreshTokens,
      routes: { userinfo: '/userinfo' },
      renderError: (context, out) => {
        context.type = 'html';
        context.body = `<!doctype html><title>Error</title><h1>${out.error}</h1>`;
      },
      ttl: {
        AccessToken: accessTokenSeconds,
        AuthorizationCode: 60,
        Grant: YEAR_SECONDS,
        IdToken: 3600,
        Interaction: 3600,
        RefreshToken: YEAR_SECONDS,
        Session: 86_400,
      },
    };
  }

  setBehaviour(change: OpBehaviour): void {
    this.#behaviour = { ...this.#behaviour, ...change };
  }

  serveOn(listener: Listener): void {
    const callback = this.#provider.callback();
    listener.handle((request, response) => void this.#serve(request, response, callback));
  }

  async #serve(
    request: IncomingMessage,
    response: ServerResponse,
    next: (request: IncomingMessage, response: ServerResponse) => Promise<void>,
  ): Promise<void> {
    const url = new URL(request.url ?? '/', this.issuer);
    const { offline, error, latencyMs, authorizationError } = this.#behaviour;
    if (offline) return void response.destroy();
    if (url.pathname === '/token') {
      if (latencyMs) await delay(latencyMs);
      if (error) {
        const { status = 400, ...body } = error;
        sendJson(response, status, body);
        return;
      }
    }
    if (url.pathname === '/auth' && authorizationError) {
      this.#redirectError(url, response);
      return;
    }
    if (url.pathname.startsWith(INTERACTION_PATH))
      return this.#interactions.serve(request, response, url.pathname);
    if (url.pathname === '/userinfo') {
      this.#userinfo(request, response);
      return;
    }
    return next(request, response);
  }

  #redirectError(url: URL, response: ServerResponse): void {
    const target = new URL(this.#options.redirectUri);
    const { error = 'server_error', error_description } = this.#behaviour.authorizationError ?? {};
    target.searchParams.set('error', error);
    if (error_description !== undefined) target.searchParams.set('error_description', error_description);
    target.searchParams.set('state', url.searchParams.get('state') ?? '');
    response.writeHead(303, { location: target.href }).end();
  }

  /**
   * oidc-provider never lets a token with an audience pass its userinfo endpoint, and issues a JWT for one resource
   * only. So its opaque token is replaced here by a JWT which has every audience asked for (RFC 8707) and which the
   * userinfo route below accepts.
   */
  #rewriteTokens(context: KoaContextWithOIDC): void {
    const body = context.body as Record<string, unknown>;
    const {
      narrowScopes,
      omitRefreshToken,
      defaultAudience = this.#options.defaultAudience,
    } = this.#behaviour;
    const granted = typeof body['scope'] === 'string' ? body['scope'] : '';
    const scope = granted
      .split(' ')
      .filter((entry) => entry !== '' && (!narrowScopes || narrowScopes.includes(entry)))
      .join(' ');
    const resource: unknown = context.oidc.body?.['resource'] ?? [];
    const audience = [resource].flat().filter((entry) => typeof entry === 'string');
    if (audience.length === 0 && defaultAudience) audience.push(defaultAudience);
    const iat = Math.floor(Date.now() / 1000);
    body['access_token'] = this.#signer.issue(
      {
        sub: context.oidc.account?.accountId ?? '',
        ...(audience.length === 0 ? {} : { aud: audience.length === 1 ? (audience[0] ?? '') : audience }),
        client_id: CLIENT_ID,
        scope,
        iat,
        exp: iat + this.#options.accessTokenSeconds,
      },
      String(body['access_token']),
    );
    body['scope'] = scope;
    if (omitRefreshToken) delete body['refresh_token'];
  }

  /** OpenID Connect Core 5.3; errors as RFC 6750 section 3 wants them. */
  #userinfo(request: IncomingMessage, response: ServerResponse): void {
    const [scheme = '', token = ''] = (request.headers.authorization ?? '').split(' ');
    const claims = scheme.toLowerCase() === 'bearer' ? this.#signer.verify(token) : undefined;
    const user = this.#options.users.find((entry) => entry.sub === claims?.sub);
    const refuse = (status: number, error: string): void =>
      sendJson(
        response,
        status,
        { error },
        { 'www-authenticate': `Bearer realm="${this.issuer}", error="${error}"` },
      );
    if (!claims || !user) {
      refuse(401, 'invalid_token');
      return;
    }
    const scopes = claims.scope.split(' ');
    if (!scopes.includes('openid')) {
      refuse(403, 'insufficient_scope');
      return;
    }
    sendJson(response, 200, claimsFor(user, scopes));
  }

  /** A refresh token as after a completed login, without the browser. */
  async issueRefreshToken(user: SandboxUser): Promise<string> {
    const client = await this.#provider.Client.find(CLIENT_ID);
    if (!client) throw new Error('client is missing');
    const scope = SCOPES.join(' ');
    const grant = new this.#provider.Grant({ accountId: user.sub, clientId: CLIENT_ID });
    grant.addOIDCScope(scope);
    const grantId = await grant.save();
    const token = new this.#provider.RefreshToken({
      accountId: user.sub,
      client,
      grantId,
      gty: 'authorization_code',
      scope,
      authTime: Math.floor(Date.now() / 1000),
    });
    return token.save();
  }
}
