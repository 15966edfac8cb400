import { createHash } from 'node:crypto';
import type { MytokenKind } from './types.ts';

/** Shorter strings are never accepted as mytokens, they are codes (mytoken protocol, "Short token"). */
const shortestMytoken = 32;

/** What a string is by its form alone (mytoken protocol, "Token formats"). Says nothing about validity. */
export function classifyToken(text: string): MytokenKind | 'transfer-code' {
  if (text.split('.').length === 3) return 'jwt';
  return text.length >= shortestMytoken ? 'short' : 'transfer-code';
}

/** True for what may stand for a mytoken on the wire: a compact JWS, or 32 and more of the short token's letters. */
export function looksLikeMytoken(text: string): boolean {
  return /^[\w-]+\.[\w-]+\.[\w-]+$/.test(text) || /^[A-Za-z0-9_-]{32,1024}$/.test(text);
}

/**
 * The mom_id of a mytoken: standard base64 of SHA-512 over the 16 bytes of its `jti` (mytoken protocol, "mom_id"). It
 * identifies the mytoken across rotations and opens nothing. Null when `jti` is no UUID.
 */
export function momIdOf(jti: string): string | null {
  if (!/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(jti)) return null;
  return createHash('sha512')
    .update(Buffer.from(jti.replaceAll('-', ''), 'hex'))
    .digest('base64');
}
