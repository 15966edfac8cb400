import { type IssuedMytoken, momIdOf, type MytokenClaims } from '../../electron/mytoken/index.ts';
import { Secret } from '../../electron/ports/index.ts';

export const server = 'https://mytoken.example.org';
export const issuer = 'https://op.example.org/';

let made = 0;

/** A new UUID at each call. */
export function nextJti(): string {
  made += 1;
  return `00000000-0000-4000-8000-${String(made).padStart(12, '0')}`;
}

export function claimsOf(over: Partial<MytokenClaims> = {}): MytokenClaims {
  const iat = over.iat ?? Date.UTC(2026, 0, 15, 11) / 1000;
  return {
    token_type: 'mytoken',
    iss: server,
    sub: 'subject',
    aud: server,
    nbf: iat,
    iat,
    jti: nextJti(),
    seq_no: 1,
    name: 'laptop',
    oidc_sub: 'alice',
    oidc_iss: issuer,
    capabilities: ['AT', 'tokeninfo'],
    ...over,
  };
}

const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/** A JWT with these claims; the signature is made of nothing. */
export function jwtOf(claims: MytokenClaims): string {
  return `${part({ alg: 'ES512', typ: 'MT+JWT' })}.${part(claims)}.${'c2ln'.repeat(33)}`;
}

/** As the client hands it over after a login. */
export function issuedOf(claims: MytokenClaims, over: Partial<IssuedMytoken> = {}): IssuedMytoken {
  return {
    kind: 'jwt',
    value: new Secret(jwtOf(claims)),
    claims,
    momId: momIdOf(claims.jti),
    expiresInSeconds: claims.exp === undefined ? null : claims.exp - claims.iat,
    capabilities: claims.capabilities,
    restrictions: claims.restrictions ?? [],
    rotation: claims.rotation ?? null,
    ...over,
  };
}
