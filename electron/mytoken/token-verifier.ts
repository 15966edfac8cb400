import type { DomainError } from '../../shared/errors.ts';
import type { Clock, Secret } from '../ports/index.ts';
import { readAs } from './answers.ts';
import { FetchCache } from './fetch-cache.ts';
import type { Http } from './http-types.ts';
import { problem } from './problems.ts';
import { claimsSchema, jwksSchema, type PublicJwk } from './schemas.ts';
import { serverError } from './server-errors.ts';
import type { CallOptions, InstanceInfo, MytokenClaims } from './types.ts';

const ttlMs = 60 * 60_000;
/** Asymmetric algorithms of RFC 7518, 3.1 and RFC 8037: `none` and shared keys prove nothing to a client. */
const signatureAlgorithms: ReadonlySet<string> = new Set([
  ...['ES256', 'ES384', 'ES512', 'RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'],
  ...['EdDSA', 'Ed25519'],
]);

export interface DecodedMytoken {
  readonly alg: string;
  readonly claims: MytokenClaims;
}

/** Header and claims of a mytoken JWT without any proof; null when it is none (mytoken protocol, "JWT"). */
export function decodeMytoken(jwt: Secret): DecodedMytoken | null {
  const [header, payload, signature, more] = jwt.reveal().split('.');
  if (header === undefined || payload === undefined || signature === undefined || more !== undefined)
    return null;
  const head = decodePart(header) as { alg?: unknown; typ?: unknown } | null;
  // Servers before 0.10 may leave `typ` out; the claim `token_type` is there always. RFC 7515, 4.1.9: case and the
  // prefix `application/` do not matter.
  const { alg, typ } = head ?? {};
  const typed = typ === undefined || /^(?:application\/)?mt\+jwt$/i.test(typeof typ === 'string' ? typ : '');
  const claims = claimsSchema.safeParse(decodePart(payload));
  return typed && typeof alg === 'string' && claims.success ? { alg, claims: claims.data } : null;
}

/** Verifies mytokens with the keys their server publishes. */
export class TokenVerifier {
  readonly #http: Http;
  readonly #clock: Clock;
  readonly #keys: FetchCache<readonly PublicJwk[]>;

  constructor(http: Http, clock: Clock) {
    this.#http = http;
    this.#clock = clock;
    this.#keys = new FetchCache(clock, ttlMs);
  }

  /**
   * Checks issuer, algorithm and signature; times are left to the caller. Throws `mytoken/issuer-mismatch` and
   * `mytoken/bad-signature` when the mytoken is wrong, other `mytoken/*` when the keys could not be had.
   */
  async verify(
    jwt: Secret,
    decoded: DecodedMytoken,
    info: InstanceInfo,
    options: CallOptions = {},
  ): Promise<MytokenClaims> {
    if (decoded.claims.iss !== info.issuer) {
      throw problem('mytoken/issuer-mismatch', 'This mytoken belongs to another mytoken server.', {
        sent: 'no',
      });
    }
    if (!signatureAlgorithms.has(decoded.alg)) throw badSignature('algorithm');
    const cached = this.#keys.peek(info.endpoints.jwks);
    if (cached && (await verifiedByAny(jwt, decoded.alg, cached))) return decoded.claims;
    // Not cached, or the server changed its key since.
    const keys = await this.#keys.get(info.endpoints.jwks, () => this.#fetch(info), {
      signal: options.signal,
      refresh: cached !== null,
    });
    if (await verifiedByAny(jwt, decoded.alg, keys)) return decoded.claims;
    throw badSignature('signature');
  }

  async #fetch(info: InstanceInfo): Promise<readonly PublicJwk[]> {
    const answer = await this.#http.request({ method: 'GET', url: info.endpoints.jwks });
    if (answer.status !== 200) throw serverError(answer, 'public', this.#clock.nowMs());
    return readAs(jwksSchema, answer).keys;
  }
}

/** There is no `kid` in the header: the keys of the header's algorithm are the candidates (in practice exactly one). */
async function verifiedByAny(jwt: Secret, alg: string, keys: readonly PublicJwk[]): Promise<boolean> {
  const candidates = keys.filter((key) => key.alg === alg && (key.use ?? 'sig') === 'sig');
  if (candidates.length === 0) return false;
  const [{ compactVerify }, { importJWK }] = await Promise.all([
    import('jose/jws/compact/verify'),
    import('jose/key/import'),
  ]);
  for (const candidate of candidates) {
    try {
      const key = await importJWK(definedOnly(candidate), alg);
      await compactVerify(jwt.reveal(), key, { algorithms: [alg] });
      return true;
    } catch {
      // The next key may fit.
    }
  }
  return false;
}

function definedOnly(jwk: PublicJwk): Record<string, string> & { kty: string } {
  const entries = Object.entries(jwk).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return { ...Object.fromEntries(entries), kty: jwk.kty };
}

function badSignature(reason: string): DomainError {
  return problem('mytoken/bad-signature', 'The signature of this mytoken is not valid.', {
    sent: 'no',
    details: { reason },
  });
}

function decodePart(part: string): unknown {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));
    return typeof value === 'object' && value !== null ? value : null;
  } catch {
    return null;
  }
}
