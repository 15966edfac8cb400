import type { Secret } from '../ports/index.ts';

/** The payload of a JWT without any check, for display only; null when the token is no JWT (RFC 7519, 7.2). */
export function unverifiedClaims(token: Secret): Record<string, unknown> | null {
  const parts = token.reveal().split('.');
  const payload = parts[1];
  if (parts.length !== 3 || payload === undefined) return null;
  try {
    const claims: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8'));
    return typeof claims === 'object' && claims !== null && !Array.isArray(claims)
      ? (claims as Record<string, unknown>)
      : null;
  } catch {
    return null;
  }
}
