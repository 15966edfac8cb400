/** Signing and checking of mytoken JWTs (protocol 3.2, 4.1). */
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
import { sha3_256 } from '@noble/hashes/sha3.js';
import { calculateJwkThumbprint } from 'jose';
import { goDuration } from '../rules/times.ts';
import type { MytokenClaims } from './model.ts';

/** Why a JWT was refused; the message is the wire's error description. */
export class TokenInvalid extends Error {}

const HEADER = Buffer.from('{"alg":"ES512","typ":"MT+JWT"}').toString('base64url');

/** `sub` of a mytoken. Electron's crypto has no SHA-3, hence the pure implementation. */
export function subjectOf(oidcSub: string, oidcIss: string): string {
  return Buffer.from(sha3_256(Buffer.from(`${oidcSub}@${oidcIss}`))).toString('base64');
}

/** SHA-512 over the 16 raw bytes of the `jti` (protocol 4.2). */
export function momIdOf(jti: string): string {
  return createHash('sha512')
    .update(Buffer.from(jti.replaceAll('-', ''), 'hex'))
    .digest('base64');
}

export class Signer {
  readonly #privateKey: KeyObject;
  readonly #publicKey: KeyObject;
  readonly #issuer: string;

  constructor(key: JsonWebKey, issuer: string) {
    this.#privateKey = createPrivateKey({ key, format: 'jwk' });
    this.#publicKey = createPublicKey(this.#privateKey);
    this.#issuer = issuer;
  }

  static newKey(): JsonWebKey {
    return generateKeyPairSync('ec', { namedCurve: 'P-521' }).privateKey.export({ format: 'jwk' });
  }

  async jwks(): Promise<{ keys: Record<string, unknown>[] }> {
    const { kty, crv, x, y } = this.#publicKey.export({ format: 'jwk' });
    const jwk = { kty: kty ?? '', crv: crv ?? '', x: x ?? '', y: y ?? '' };
    const kid = await calculateJwkThumbprint(jwk);
    return { keys: [{ ...jwk, alg: 'ES512', use: 'sig', kid }] };
  }

  sign(claims: MytokenClaims): string {
    const signed = `${HEADER}.${Buffer.from(JSON.stringify(claims)).toString('base64url')}`;
    const signature = sign('sha512', Buffer.from(signed), {
      key: this.#privateKey,
      dsaEncoding: 'ieee-p1363',
    });
    return `${signed}.${signature.toString('base64url')}`;
  }

  /**
   * Signature, time, issuer, audience, id and subject, in the server's order and without leeway.
   * @param nowS the server's time, Unix seconds
   * @param checkTimes off on the polling path, which delivers tokens that are not valid yet
   * @throws TokenInvalid
   */
  verify(jwt: string, nowS: number, checkTimes = true): MytokenClaims {
    const claims = this.#checkedClaims(jwt);
    if (checkTimes) {
      if (claims.exp !== undefined && nowS >= claims.exp)
        throw new TokenInvalid(`token is expired by ${goDuration(nowS - claims.exp)}`);
      if (claims.iat > nowS) throw new TokenInvalid('token used before issued');
      if (claims.nbf > nowS) throw new TokenInvalid('token is not valid yet');
    }
    if (claims.iss !== this.#issuer) throw new TokenInvalid('invalid issuer');
    if (claims.aud !== this.#issuer) throw new TokenInvalid('invalid Audience');
    if (!/^[0-9a-f-]{36}$/i.test(claims.jti)) throw new TokenInvalid('invalid id');
    if (claims.sub !== subjectOf(claims.oidc_sub, claims.oidc_iss)) throw new TokenInvalid('invalid subject');
    return claims;
  }

  #checkedClaims(jwt: string): MytokenClaims {
    const [header = '', payload = '', signature = ''] = jwt.split('.');
    try {
      const { alg } = JSON.parse(Buffer.from(header, 'base64url').toString()) as { alg?: unknown };
      if (alg !== 'ES512') throw new TokenInvalid('signing method is invalid');
      const valid = verify(
        'sha512',
        Buffer.from(`${header}.${payload}`),
        { key: this.#publicKey, dsaEncoding: 'ieee-p1363' },
        Buffer.from(signature, 'base64url'),
      );
      if (!valid) throw new TokenInvalid('signature is invalid');
      return JSON.parse(Buffer.from(payload, 'base64url').toString()) as MytokenClaims;
    } catch (error) {
      throw error instanceof TokenInvalid ? error : new TokenInvalid('token is malformed');
    }
  }
}
