import { createHash } from 'node:crypto';
import { DomainError } from '../../shared/errors.ts';

export interface SshPublicKey {
  /** Type and key; what stood behind them only if it is plain. */
  readonly line: string;
  readonly comment: string;
  /** As `ssh-keygen -lf` writes it. */
  readonly fingerprint: string;
}

const types =
  /^(ssh-ed25519|ssh-rsa|ecdsa-sha2-nistp(?:256|384|521)|sk-ssh-ed25519@openssh\.com|sk-ecdsa-sha2-nistp256@openssh\.com)$/;

/**
 * Reads a line of an OpenSSH public key file (RFC 4253, 6.6, in the form of sshd(8), "AUTHORIZED_KEYS"). Throws `server/ssh-key-unreadable`
 * with details `reason`: `private` for a private key, which must never leave its machine, else `not-a-key`.
 */
export function readSshPublicKey(text: string): SshPublicKey {
  if (/PRIVATE KEY-----/.test(text)) throw unreadable('private');
  const line = text.split(/\r?\n/).find((each) => each.trim() !== '' && !each.startsWith('#')) ?? '';
  const [type = '', key = '', ...rest] = line.trim().split(/\s+/);
  const blob = Buffer.from(key, 'base64');
  if (!types.test(type) || !/^[A-Za-z0-9+/]+={0,2}$/.test(key) || blob.length < 16)
    throw unreadable('not-a-key');
  // The blob names its type itself: a mixed-up line is refused here rather than by the server.
  const nameLength = blob.readUInt32BE(0);
  if (nameLength > 64 || blob.toString('latin1', 4, 4 + nameLength) !== type) throw unreadable('not-a-key');
  const comment = rest.join(' ');
  const plain = /^[\w.@+ -]{1,100}$/.test(comment) ? comment : '';
  return {
    line: [type, key, plain].filter((part) => part !== '').join(' '),
    comment: plain,
    fingerprint: `SHA256:${createHash('sha256').update(blob).digest('base64').replace(/=+$/, '')}`,
  };
}

function unreadable(reason: 'private' | 'not-a-key'): DomainError {
  return new DomainError('server/ssh-key-unreadable', 'This is not an OpenSSH public key.', {
    details: { reason },
  });
}
