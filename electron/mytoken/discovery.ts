import { DomainError } from '../../shared/errors.ts';
import { plainText } from '../../shared/model/untrusted-text.ts';
import type { Clock } from '../ports/index.ts';
import { httpDateMs, readAs } from './answers.ts';
import { FetchCache } from './fetch-cache.ts';
import type { Http, HttpAnswer } from './http-types.ts';
import { isAllowedUrl, parseInstanceUrl, requireSameOrigin, withoutTrailingSlash } from './instance-url.ts';
import { problem, withSent } from './problems.ts';
import { discoverySchema, providerSchema } from './schemas.ts';
import { serverError } from './server-errors.ts';
import type { CallOptions, InstanceInfo, ProviderInfo } from './types.ts';
import type { z } from '../../shared/zod.ts';

const ttlMs = 10 * 60_000;
/** Federations bring many hundreds of providers along. */
const limitBytes = 4 * 1024 * 1024;
const maxRedirects = 3;
/** RFC 6749, 3.3: what a scope may consist of. */
const scopePattern = /^[\x21\x23-\x5B\x5D-\x7E]+$/;

type DiscoveryDocument = z.output<typeof discoverySchema>;

/** Discovery documents of mytoken servers (mytoken protocol, "Discovery and keys"), cached and checked. */
export class Discovery {
  readonly #http: Http;
  readonly #clock: Clock;
  readonly #cache: FetchCache<InstanceInfo>;

  constructor(http: Http, clock: Clock) {
    this.#http = http;
    this.#clock = clock;
    this.#cache = new FetchCache(clock, ttlMs);
  }

  /** See MytokenClient.discover. Failures always tell `sent: 'no'`: no mytoken travels here. */
  async get(
    instanceUrl: string,
    options: CallOptions & { readonly refresh?: boolean } = {},
  ): Promise<InstanceInfo> {
    const base = parseInstanceUrl(instanceUrl);
    try {
      return await this.#cache.get(base, () => this.#fetch(base), options);
    } catch (error) {
      throw withSent(error, 'no');
    }
  }

  async #fetch(base: string): Promise<InstanceInfo> {
    const answer = await this.#http.request({
      method: 'GET',
      url: `${base}/.well-known/mytoken-configuration`,
      limitBytes,
      sameOriginRedirects: maxRedirects,
    });
    if (answer.status !== 200) throw serverError(answer, 'public', this.#clock.nowMs());
    const document = readAs(discoverySchema, answer);
    if (withoutTrailingSlash(document.issuer) !== base) {
      throw problem('mytoken/issuer-mismatch', 'The server calls itself by another address than asked for.', {
        sent: 'no',
        details: { asked: base, answered: plainText(document.issuer, 200) },
      });
    }
    refuseOld(document.version);
    return instanceInfo(document, base, clockSkewMs(answer, this.#clock.nowMs()));
  }
}

function instanceInfo(document: DiscoveryDocument, base: string, skewMs: number | null): InstanceInfo {
  const endpoint = (field: keyof DiscoveryDocument): string =>
    requireSameOrigin(String(document[field]), base, field);
  const optionalEndpoint = (field: keyof DiscoveryDocument): string | null =>
    document[field] === undefined ? null : endpoint(field);
  return {
    issuer: document.issuer,
    version: document.version ?? '',
    providers: document.providers_supported.flatMap(providerInfo),
    endpoints: {
      mytoken: endpoint('mytoken_endpoint'),
      accessToken: endpoint('access_token_endpoint'),
      jwks: endpoint('jwks_uri'),
      tokeninfo: optionalEndpoint('tokeninfo_endpoint'),
      revocation: optionalEndpoint('revocation_endpoint'),
      transfer: optionalEndpoint('token_transfer_endpoint'),
      profiles: optionalEndpoint('profiles_endpoint'),
      usersettings: optionalEndpoint('usersettings_endpoint'),
      notifications: optionalEndpoint('notifications_endpoint'),
    },
    restrictionKeys: document.restriction_claims_supported ?? document.supported_restriction_keys ?? null,
    responseTypes: document.response_types_supported,
    grantTypes: document.mytoken_endpoint_grant_types_supported,
    signingAlg: document.token_signing_alg_value ?? '',
    documentation: documentationUrl(document.service_documentation),
    clockSkewMs: skewMs,
  };
}

function providerInfo(entry: unknown): ProviderInfo[] {
  const parsed = providerSchema.safeParse(entry);
  // The issuer goes back to the server byte for byte, so it is taken as it is or not at all.
  if (!parsed.success || plainText(parsed.data.issuer, 2048) !== parsed.data.issuer) return [];
  const { issuer, name, scopes_supported: scopes, oidc_fed, oidfed } = parsed.data;
  return [
    {
      issuer,
      name: name === undefined || name === '' ? null : name,
      scopes: [...new Set(scopes.filter((scope) => scopePattern.test(scope)))],
      federated: oidc_fed === true || oidfed === true,
    },
  ];
}

/** Only ever offered as a link, so another origin is fine, but nothing besides https. */
function documentationUrl(text: string | undefined): string | null {
  if (text === undefined) return null;
  try {
    const url = new URL(text);
    return isAllowedUrl(url) || (url.protocol === 'https:' && url.username === '') ? url.href : null;
  } catch {
    return null;
  }
}

/** Before 0.5 requests and answers had other field names (mytoken protocol, "Version differences"). */
function refuseOld(version: string | undefined): void {
  const match = /^v?(\d{1,6})\.(\d{1,6})/.exec(version ?? '');
  if (!match) return;
  if (Number(match[1]) > 0 || Number(match[2]) >= 5) return;
  throw new DomainError('mytoken/version-too-old', 'This mytoken server is too old; version 0.5 is needed.', {
    details: { version: plainText(version ?? '', 32), sent: 'no' },
  });
}

/** Date has whole seconds: the middle of the second is the best guess (RFC 9110, 6.6.1). */
function clockSkewMs(answer: HttpAnswer, nowMs: number): number | null {
  const serverMs = httpDateMs(answer.headers['date'] ?? '');
  return Number.isNaN(serverMs) ? null : serverMs + 500 - nowMs;
}
