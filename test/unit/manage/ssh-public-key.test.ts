import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { readSshPublicKey } from '../../../electron/manage/index.ts';

const key = 'AAAAC3NzaC1lZDI1NTE5AAAAIE3LKW8+jKqlhEf8fqYTKqxAyJGYpUrZrZoYN4wBHVyz';
const refused = (text: string): unknown => {
  try {
    readSshPublicKey(text);
    return null;
  } catch (error) {
    return error;
  }
};

describe('readSshPublicKey', () => {
  it('reads the line of a .pub file and says its fingerprint as ssh-keygen does', () => {
    const read = readSshPublicKey(`# my key\n\nssh-ed25519 ${key} alice@laptop\n`);
    expect(read.line).toBe(`ssh-ed25519 ${key} alice@laptop`);
    expect(read.comment).toBe('alice@laptop');
    expect(read.fingerprint).toMatch(/^SHA256:[A-Za-z0-9+/]{43}$/);
  });

  it('leaves a comment out that could be more than a name', () => {
    expect(readSshPublicKey(`ssh-ed25519 ${key} "; rm -rf ~"`).line).toBe(`ssh-ed25519 ${key}`);
  });

  it('refuses a private key by saying so, and never repeats it', () => {
    const { privateKey } = generateKeyPairSync('ed25519', {
      privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
      publicKeyEncoding: { type: 'spki', format: 'pem' },
    });
    const error = refused(privateKey);
    expect(error).toMatchObject({ code: 'server/ssh-key-unreadable', details: { reason: 'private' } });
    expect(JSON.stringify(error)).not.toContain(privateKey.split('\n')[1]);
  });

  it.each([
    ['nothing', ''],
    ['another type than the key says', `ssh-rsa ${key}`],
    ['a certificate line', `ssh-ed25519-cert-v01@openssh.com ${key}`],
    ['something cut off', 'ssh-ed25519 AAAA'],
    ['prose', 'please add my key'],
    ['a length beyond the key', `ssh-ed25519 ${Buffer.alloc(40, 255).toString('base64')}`],
  ])('refuses %s', (_what, text) => {
    expect(refused(text)).toMatchObject({
      code: 'server/ssh-key-unreadable',
      details: { reason: 'not-a-key' },
    });
  });
});
