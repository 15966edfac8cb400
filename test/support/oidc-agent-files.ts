import { randomBytes } from 'node:crypto';
import { argon2id } from '@noble/hashes/argon2.js';
import nacl from 'tweetnacl';

/** libsodium's `crypto_pwhash` in its interactive setting. */
const passes = 2;
const memoryKiB = 64 * 1024;
const keyBytes = 32;

/** An account configuration as `oidc-gen` 4.2 leaves it in a file: encrypted with a password that `oidc-add` asks for. */
export function accountFile(config: Readonly<Record<string, unknown>>, password: string): string {
  const text = Buffer.from(JSON.stringify(config));
  const nonce = randomBytes(nacl.secretbox.nonceLength);
  const salt = randomBytes(16);
  const keys = argon2id(password, salt, { t: passes, m: memoryKiB, p: 1, dkLen: 2 * keyBytes });
  const box = nacl.secretbox(text, nonce, keys.subarray(0, keyBytes));
  const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');
  const parameters = [nonce.length, salt.length, nacl.secretbox.overheadLength, keyBytes];
  const hash = [1, passes, memoryKiB * 1024, 2]; // plain base64; Argon2id
  return [
    box.length,
    base64(nonce),
    base64(salt),
    [...parameters, ...hash].join(':'),
    base64(box),
    base64(keys.subarray(keyBytes)),
    'Generated using version: 4.2.6',
  ].join('\n');
}
