import type { IssuedMytoken, MytokenClaims } from '../mytoken/index.ts';
import type { Secret } from '../ports/index.ts';

/** A mytoken that came from elsewhere than a server's answer, as if it had just been issued with what it says of itself. */
export function issuedFromClaims(
  kind: IssuedMytoken['kind'],
  value: Secret,
  claims: MytokenClaims,
  momId: string | null,
  nowMs: number,
): IssuedMytoken {
  return {
    kind,
    value,
    claims,
    momId,
    expiresInSeconds: claims.exp === undefined ? null : Math.max(0, claims.exp - Math.floor(nowMs / 1000)),
    capabilities: claims.capabilities,
    restrictions: claims.restrictions ?? [],
    rotation: claims.rotation ?? null,
  };
}
