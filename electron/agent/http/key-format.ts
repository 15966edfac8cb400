import { randomBytes } from 'node:crypto';
import { Secret } from '../../ports/index.ts';

const prefix = 'mtd_';
const secretLength = 43;
const base62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** Finds client keys in any text; for secret scanners and for the sinks that scrub. */
export const clientKeyPattern = /\bmtd_[A-Za-z0-9_-]{43}[0-9A-Za-z]{6}/;

/** First letters of a key, to tell keys apart: the prefix and 36 of 256 random bits. */
export function keyHintOf(key: Secret): string {
  return key.reveal().slice(0, prefix.length + 6);
}

/**
 * 256 random bits as `mtd_` + base64url + six characters of checksum. The checksum is no protection; it lets a scanner
 * tell a key from chance without asking anybody.
 */
export function newClientKey(): Secret {
  const bytes = randomBytes(32);
  const body = prefix + bytes.toString('base64url');
  bytes.fill(0);
  return new Secret(body + checksum(body));
}

/** True for text that has the form and checksum of a key; says nothing about whether it opens anything. */
export function looksLikeClientKey(text: string): boolean {
  const end = prefix.length + secretLength;
  return (
    text.length === end + 6 && clientKeyPattern.test(text) && checksum(text.slice(0, end)) === text.slice(end)
  );
}

/** CRC-32 (ISO 3309) in base 62. */
function checksum(text: string): string {
  let crc = 0xffffffff;
  for (const byte of Buffer.from(text, 'latin1')) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  let rest = (crc ^ 0xffffffff) >>> 0;
  let digits = '';
  for (let index = 0; index < 6; index += 1) {
    digits = base62.charAt(rest % 62) + digits;
    rest = Math.floor(rest / 62);
  }
  return digits;
}
