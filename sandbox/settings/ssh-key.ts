/** Public keys in the one-line form of OpenSSH (RFC 4253 section 6.6). */
import { createHash } from 'node:crypto';

const KEY_TYPES =
  /^(ssh-ed25519|ssh-rsa|ecdsa-sha2-nistp(256|384|521)|sk-(ssh-ed25519|ecdsa-sha2-nistp256)@openssh\.com)$/;

/** @returns `SHA256:<base64 without padding>`, undefined if the line is no public key */
export function sshFingerprint(line: string): string | undefined {
  const [type = '', encoded = ''] = line.trim().split(/\s+/);
  if (!KEY_TYPES.test(type) || !/^[A-Za-z0-9+/]+={0,2}$/.test(encoded)) return undefined;
  const blob = Buffer.from(encoded, 'base64');
  // The blob starts with the type again, behind its length.
  if (blob.length < 4 + type.length + 5 || blob.readUInt32BE(0) !== type.length) return undefined;
  if (blob.toString('latin1', 4, 4 + type.length) !== type) return undefined;
  return fingerprintOf(blob);
}

export function fingerprintOf(blob: Buffer): string {
  return `SHA256:${createHash('sha256').update(blob).digest('base64').replace(/=+$/, '')}`;
}
