import { DomainError } from '../../shared/errors.ts';
import { effectiveExpiryMs } from '../../shared/model/mytoken.ts';
import { plainText } from '../../shared/model/untrusted-text.ts';
import { type IssuedMytoken, momIdOf, type MytokenClaims } from '../mytoken/index.ts';
import type { Secret } from '../ports/index.ts';
import { sameIssuer } from '../../shared/model/issuers.ts';
import type { AccountRecord } from './types.ts';
import { unverifiedClaims } from './unverified-claims.ts';

export const longestName = 80;

type MytokenFields = Pick<
  AccountRecord,
  | 'tokenName'
  | 'tokenKind'
  | 'momId'
  | 'oidcIssuer'
  | 'oidcSubject'
  | 'capabilities'
  | 'restrictions'
  | 'rotation'
  | 'issuedAtMs'
  | 'expiresAtMs'
>;

/** Everything a record says of its mytoken. */
export function mytokenFields(token: IssuedMytoken, claims: MytokenClaims): MytokenFields {
  return {
    tokenName: plainText(claims.name ?? '', longestName),
    tokenKind: token.kind,
    momId: momIdFor(token, claims),
    oidcIssuer: claims.oidc_iss,
    oidcSubject: claims.oidc_sub,
    capabilities: claims.capabilities,
    restrictions: claims.restrictions ?? [],
    rotation: claims.rotation ?? null,
    issuedAtMs: claims.iat * 1000,
    expiresAtMs: effectiveExpiryMs(claims),
  };
}

/** A `jti` that is no UUID has no mom_id; then it serves itself: both stay the same when the mytoken rotates. */
export function momIdFor(token: IssuedMytoken, claims: MytokenClaims): string {
  return token.momId ?? momIdOf(claims.jti) ?? `jti:${claims.jti}`;
}

/**
 * What changes when a mytoken was replaced by its server. A short token brings no claims; its capabilities stay as they
 * are, and its time runs from now.
 */
export function rotatedFields(
  record: AccountRecord,
  token: IssuedMytoken,
  nowMs: number,
): Partial<AccountRecord> {
  if (token.claims !== null) return { ...mytokenFields(token, token.claims), momId: record.momId };
  const rotation = token.rotation ?? record.rotation;
  const iat = nowMs / 1000;
  const exp = token.expiresInSeconds === null ? undefined : iat + token.expiresInSeconds;
  const expiresAtMs = effectiveExpiryMs({ iat, exp, rotation, restrictions: record.restrictions });
  return { tokenKind: token.kind, rotation, issuedAtMs: nowMs, expiresAtMs };
}

/** Throws `login/different-user` when a mytoken cannot take the place of the one an account has. */
export function requireSameOwner(record: AccountRecord, claims: MytokenClaims): void {
  const difference = !sameIssuer(record.instanceUrl, claims.iss)
    ? 'instance'
    : !sameIssuer(record.oidcIssuer, claims.oidc_iss)
      ? 'provider'
      : record.oidcSubject !== claims.oidc_sub
        ? 'user'
        : null;
  if (difference === null) return;
  throw new DomainError('login/different-user', 'This mytoken belongs to somebody else than the account.', {
    details: { accountId: record.id, account: record.shortname, difference },
  });
}

/**
 * What a stored mytoken knows better than its record, or null. The vault is written first, so a crash at the wrong moment
 * leaves a record behind that speaks of the predecessor: it would seem expired or revoked while its successor lives.
 */
export function fieldsAheadOfRecord(record: AccountRecord, mytoken: Secret): Partial<AccountRecord> | null {
  const claims = unverifiedClaims(mytoken);
  if (claims === null) return null;
  const isOwn =
    sameIssuer(claims.iss, record.instanceUrl) &&
    sameIssuer(claims.oidc_iss, record.oidcIssuer) &&
    claims.oidc_sub === record.oidcSubject;
  const momId = momIdOf(claims.jti) ?? `jti:${claims.jti}`;
  const issuedAtMs = claims.iat * 1000;
  if (!isOwn || (momId === record.momId && issuedAtMs <= record.issuedAtMs)) return null;
  return {
    momId,
    issuedAtMs,
    expiresAtMs: effectiveExpiryMs(claims),
    ...(momId === record.momId ? {} : { status: 'ok', problem: null }),
  };
}
