import type { MytokenReport } from '../../shared/ipc/contract.ts';
import { effectiveExpiryMs } from '../../shared/model/mytoken.ts';
import { plainText } from '../../shared/model/untrusted-text.ts';
import type { MytokenClaims } from '../mytoken/index.ts';

const longest = 200;

/** The claims of a mytoken in the words and units of the app. */
export function reportClaims(claims: MytokenClaims): NonNullable<MytokenReport['claims']> {
  return {
    instanceUrl: plainText(claims.iss, 2048),
    oidcIssuer: plainText(claims.oidc_iss, 2048),
    oidcSubject: plainText(claims.oidc_sub, longest),
    name: plainText(claims.name ?? '', longest),
    capabilities: [...claims.capabilities],
    restrictions: [...(claims.restrictions ?? [])],
    rotation: claims.rotation ?? null,
    issuedAtMs: claims.iat * 1000,
    notBeforeMs: claims.nbf * 1000,
    expiresAtMs: effectiveExpiryMs(claims),
    loggedInAtMs: claims.auth_time === undefined ? null : claims.auth_time * 1000,
    sequence: claims.seq_no,
    version: claims.ver ?? null,
  };
}
