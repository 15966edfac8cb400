import { randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import {
  safeStorageBackend,
  type SafeStorageApi,
  type SecretServiceState,
} from '../../../electron/vault/index.ts';

interface FakeOptions {
  readonly backend?: string;
  readonly available?: boolean;
  readonly prefix?: string;
  readonly decrypt?: (text: string) => string;
}

/** Reverses the text behind a prefix: enough to see what goes in and out. */
function fakeApi(options: FakeOptions = {}): SafeStorageApi & { available: boolean } {
  const prefix = options.prefix ?? 'v11';
  const mirror = (text: string): string => Array.from(text).reverse().join('');
  return {
    available: options.available ?? true,
    isEncryptionAvailable() {
      return this.available;
    },
    getSelectedStorageBackend: () => options.backend ?? 'gnome_libsecret',
    encryptString: (text) => Buffer.from(prefix + mirror(text)),
    decryptString(encrypted) {
      const text = encrypted.toString();
      if (!text.startsWith(prefix)) throw new Error('Error while decrypting the ciphertext');
      const plain = mirror(text.slice(prefix.length));
      return options.decrypt?.(plain) ?? plain;
    },
  };
}

const make = (
  api: SafeStorageApi,
  platform: NodeJS.Platform = 'linux',
  signed = true,
): ReturnType<typeof safeStorageBackend> =>
  safeStorageBackend({ api, platform, signed, random: (bytes) => randomBytes(bytes) });

describe('levels', () => {
  test.each([
    ['linux', 'gnome_libsecret', true, 'os-user', 'safe-storage:gnome_libsecret'],
    ['linux', 'kwallet6', true, 'os-user', 'safe-storage:kwallet6'],
    ['linux', 'basic_text', true, 'none', 'safe-storage:basic_text'],
    ['linux', 'unknown', true, 'none', 'safe-storage:unknown'],
    ['win32', '', true, 'os-user', 'safe-storage:dpapi'],
    ['darwin', '', true, 'os-app-bound', 'safe-storage:keychain'],
    ['darwin', '', false, 'os-user', 'safe-storage:keychain'],
  ] as const)('R-23 %s %s signed=%s is %s', async (platform, backend, signed, level, name) => {
    const subject = make(fakeApi({ backend }), platform, signed);
    expect(await subject.probe()).toBe(level);
    expect(subject.name).toBe(name);
  });

  test('R-23 a Linux without a named backend is no protection', async () => {
    const api = fakeApi();
    delete api.getSelectedStorageBackend;
    expect(await make(api).probe()).toBe('none');
  });

  test('R-23 ciphertext of the compiled-in key is no protection, whatever the backend is called', async () => {
    const subject = make(fakeApi({ prefix: 'v10' }));
    expect(await subject.probe()).toBe('none');
    await expect(subject.wrap(randomBytes(32))).rejects.toMatchObject({ code: 'vault/unavailable' });
    // macOS marks its real ciphertexts like that.
    expect(await make(fakeApi({ prefix: 'v10' }), 'darwin').probe()).toBe('os-app-bound');
  });

  test('R-23 a round trip that changes the text is no protection', async () => {
    expect(await make(fakeApi({ decrypt: () => 'AAAA' })).probe()).toBe('none');
    expect(await make(fakeApi({ decrypt: (text) => `A${text.slice(1)}` })).probe()).toBe('none');
  });

  test('R-23 a round trip that throws is no protection', async () => {
    const throwing = (): never => {
      throw new Error('Encryption is not available.');
    };
    expect(await make(fakeApi({ decrypt: throwing })).probe()).toBe('none');
  });

  test('R-28 a keyring that is not ready is locked, not gone', async () => {
    const api = fakeApi({ available: false });
    const subject = make(api);
    expect(await subject.probe()).toBe('locked');
    await expect(subject.wrap(randomBytes(32))).rejects.toMatchObject({
      code: 'vault/locked',
      retryable: true,
    });
    await expect(subject.unwrap(randomBytes(32))).rejects.toMatchObject({ code: 'vault/locked' });
    api.available = true;
    expect(await subject.probe()).toBe('os-user');
  });
});

test('wraps and unwraps the key, and never hands the key to the store in the clear', async () => {
  const subject = make(fakeApi());
  const key = randomBytes(32);
  const wrapped = await subject.wrap(key);
  expect(wrapped.includes(key)).toBe(false);
  expect(await subject.unwrap(wrapped)).toEqual(key);
});

test('a blob of another key store is "could not read"', async () => {
  const subject = make(fakeApi());
  await expect(subject.unwrap(Buffer.from('v12abcdef'))).rejects.toMatchObject({
    code: 'vault/could-not-read',
    retryable: false,
  });
});

test('R-23 R-25 with basic_text nothing is wrapped even when the store would do it', async () => {
  const subject = make(fakeApi({ backend: 'basic_text' }));
  await expect(subject.wrap(randomBytes(32))).rejects.toMatchObject({ code: 'vault/unavailable' });
});
describe('R-28 a keyring that is not open yet', () => {
  test.each(['locked', 'absent'] as const)(
    '%s: Chromium is not asked, it would remember its failure',
    async (early) => {
      const api = fakeApi();
      let asked = 0;
      const available = api.isEncryptionAvailable.bind(api);
      api.isEncryptionAvailable = () => {
        asked += 1;
        return available();
      };
      let state: SecretServiceState = early;
      const subject = safeStorageBackend({
        ...{ api, platform: 'linux', signed: true, random: randomBytes },
        secretService: () => Promise.resolve(state),
      });
      expect(await subject.probe()).toBe('locked');
      expect(asked).toBe(0);
      state = 'open';
      expect(await subject.probe()).toBe('os-user');
    },
  );

  test.each([
    ['basic_text', 'none'],
    ['kwallet6', 'os-user'],
  ])('says nothing about %s', async (backend, level) => {
    const subject = safeStorageBackend({
      ...{ api: fakeApi({ backend }), platform: 'linux', signed: true, random: randomBytes },
      secretService: () => Promise.resolve('absent'),
    });
    expect(await subject.probe()).toBe(level);
  });
});
