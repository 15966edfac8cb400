/** Access tokens as Check-in, Keycloak and IAM issue them: JWTs with `scope` and `aud` (RFC 9068). */
import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  sign,
  verify,
  type JsonWebKey,
  type KeyObject,
} from 'node:crypto';

export interface AccessTokenClaims {
  iss: string;
  sub: string;
  aud?: string | string[];
  client_id: string;
  scope: string;
  iat: number;
  exp: number;
  jti: string;
}

export const OP_KEY_ID = 'sandbox-op';

export class AccessTokenSigner {
  readonly #privateKey: KeyObject;
  readonly #publicKey: KeyObject;
  readonly #issuer: string;

  constructor(jwk: JsonWebKey, issuer: string) {
    this.#privateKey = createPrivateKey({ key: jwk, format: 'jwk' });
    this.#publicKey = createPublicKey(this.#privateKey);
    this.#issuer = issuer;
  }

  /** ES256: an RSA key takes a noticeable part of a second to make. */
  static newKey(): JsonWebKey {
    const jwk = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'jwk' });
    return { ...jwk, alg: 'ES256', use: 'sig', kid: OP_KEY_ID };
  }

  /** @param opaque the token oidc-provider made; only its hash goes into the JWT */
  issue(claims: Omit<AccessTokenClaims, 'iss' | 'jti'>, opaque: string): string {
    const header = Buffer.from(JSON.stringify({ alg: 'ES256', typ: 'at+jwt', kid: OP_KEY_ID }));
    const full: AccessTokenClaims = {
      iss: this.#issuer,
      ...claims,
      jti: createHash('sha256').update(opaque).digest('base64url'),
    };
    const signed = `${header.toString('base64url')}.${Buffer.from(JSON.stringify(full)).toString('base64url')}`;
    const signature = sign('sha256', Buffer.from(signed), {
      key: this.#privateKey,
      dsaEncoding: 'ieee-p1363',
    });
    return `${signed}.${signature.toString('base64url')}`;
  }

  /** Undefined unless the token is this provider's and has not expired. */
  verify(token: string): AccessTokenClaims | undefined {
    const [header = '', payload = '', signature = ''] = token.split('.');
    try {
      const valid = verify(
        'sha256',
        Buffer.from(`${header}.${payload}`),
        { key: this.#publicKey, dsaEncoding: 'ieee-p1363' },
        Buffer.from(signature, 'base64url'),
      );
      const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as AccessTokenClaims;
      return valid && claims.iss === this.#issuer && claims.exp > Date.now() / 1000 ? claims : undefined;
    } catch {
      return undefined;
    }
  }
}
