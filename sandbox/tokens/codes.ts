/** Random strings of the protocol (4.3, 4.4). Each is drawn independently of the others. */
import { randomBytes, randomInt } from 'node:crypto';

/** Letters without those that are easily confused: l, I and O. */
const ALPHABET = 'abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ';

export function letters(length: number): string {
  return Array.from({ length }, () => ALPHABET.charAt(randomInt(ALPHABET.length))).join('');
}

export function pollingCode(): string {
  return randomBytes(6).toString('base64url');
}

export type TokenKind = 'jwt' | 'short' | 'code';

export function kindOf(token: string): TokenKind {
  if (token.split('.').length === 3) return 'jwt';
  return token.length >= 32 ? 'short' : 'code';
}
