import { randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { keyringBackend, type KeyBackend, type KeyringLibrary } from '../../../electron/vault/index.ts';
import { FakeClock } from '../../support/fake-clock.ts';

/** The texts the native library really uses. */
const noBus =
  'Platform failure: DBus error: Failed to connect to socket /run/nowhere: No such file or directory';
const noCollection = "Couldn't access platform storage: Secret Service: no result found";
const dismissed = "Couldn't access platform storage: Secret Service: unlock prompt was dismissed";

interface FakeKeyring {
  readonly library: KeyringLibrary;
  readonly store: Map<string, Buffer>;
  readonly constructed: unknown[][];
  readonly started: string[];
  /** What each call does first. */
  before: (call: string) => void | Promise<void>;
  onConstruct: () => void;
  /** What reading answers, when set. */
  answer: (() => Promise<number[]>) | null;
}

function fakeKeyring(): FakeKeyring {
  const store = new Map<string, Buffer>();
  const keyring: FakeKeyring = {
    store,
    constructed: [],
    started: [],
    before: () => undefined,
    onConstruct: () => undefined,
    answer: null,
    library: {
      AsyncEntry: class {
        readonly #account: string;

        constructor(service: string, account: string, options?: unknown) {
          keyring.constructed.push([service, account, options]);
          keyring.onConstruct();
          this.#account = account;
        }

        async getSecret(): Promise<number[] | null> {
          await this.#begin('get');
          if (keyring.answer !== null) return keyring.answer();
          const value = store.get(this.#account);
          return value === undefined ? null : [...value];
        }

        async setSecret(secret: Uint8Array): Promise<void> {
          await this.#begin('set');
          store.set(this.#account, Buffer.from(secret));
        }

        async deleteCredential(): Promise<boolean> {
          await this.#begin('delete');
          return store.delete(this.#account);
        }

        async #begin(call: string): Promise<void> {
          keyring.started.push(call);
          await keyring.before(call);
        }
      },
    },
  };
  return keyring;
}

const failing = (message: string) => (): never => {
  throw Object.assign(new Error(message), { code: 'GenericFailure' });
};

function make(
  keyring: FakeKeyring,
  platform: NodeJS.Platform = 'linux',
  clock = new FakeClock(),
): KeyBackend {
  return keyringBackend({
    service: 'org.example.test',
    account: 'vault',
    platform,
    clock,
    random: (bytes) => randomBytes(bytes),
    load: () => Promise.resolve(keyring.library),
  });
}

/** Lets queued callbacks run. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
}

describe('R-32 the native keyring', () => {
  test('is always pinned to the Secret Service on Linux', async () => {
    const keyring = fakeKeyring();
    const subject = make(keyring);
    await subject.probe();
    await subject.unwrap(await subject.wrap(randomBytes(32)));
    await subject.forget();
    expect(keyring.constructed.length).toBeGreaterThan(3);
    for (const [service, , options] of keyring.constructed) {
      expect(service).toBe('org.example.test');
      expect(options).toEqual({ linux: { store: 'secret-service' } });
    }
  });

  test.each([
    ['linux', 'keyring:secret-service'],
    ['darwin', 'keyring:keychain'],
    ['win32', 'keyring:credential-manager'],
  ] as const)('on %s is called %s', async (platform, name) => {
    const subject = make(fakeKeyring(), platform);
    expect(subject.name).toBe(name);
    expect(await subject.probe()).toBe('os-user');
  });

  test('is not loaded before it is asked', async () => {
    const keyring = fakeKeyring();
    let loads = 0;
    const load = (): Promise<KeyringLibrary> => {
      loads += 1;
      return Promise.resolve(keyring.library);
    };
    const subject = keyringBackend({
      ...{ service: 's', account: 'a', platform: 'linux', clock: new FakeClock() },
      random: (bytes) => randomBytes(bytes),
      load,
    });
    expect(loads).toBe(0);
    await subject.probe();
    expect(loads).toBeGreaterThan(0);
  });

  test('that cannot be loaded is no protection', async () => {
    const subject = keyringBackend({
      ...{ service: 's', account: 'a', platform: 'linux', clock: new FakeClock() },
      random: (bytes) => randomBytes(bytes),
      load: () => Promise.reject(new Error('Cannot find native binding.')),
    });
    expect(await subject.probe()).toBe('none');
  });
});

describe('R-23 probe', () => {
  test('is a round trip which leaves nothing behind', async () => {
    const keyring = fakeKeyring();
    expect(await make(keyring).probe()).toBe('os-user');
    expect(keyring.started).toEqual(['set', 'get', 'delete']);
    expect(keyring.store.size).toBe(0);
  });

  test('a store which forgets is no protection', async () => {
    const keyring = fakeKeyring();
    keyring.before = () => keyring.store.clear();
    expect(await make(keyring).probe()).toBe('none');
  });

  test('without a session bus there is none', async () => {
    const keyring = fakeKeyring();
    keyring.onConstruct = failing(noBus);
    expect(await make(keyring).probe()).toBe('none');
  });

  test('without a default collection there is none', async () => {
    const keyring = fakeKeyring();
    keyring.before = (call) => (call === 'set' ? failing(noCollection)() : undefined);
    expect(await make(keyring).probe()).toBe('none');
  });

  test('R-28 a locked keyring whose prompt cannot show is locked', async () => {
    const keyring = fakeKeyring();
    keyring.before = failing(dismissed);
    expect(await make(keyring).probe()).toBe('locked');
  });
});

describe('wrapping key', () => {
  test('is made once, random, and not the data key', async () => {
    const keyring = fakeKeyring();
    const subject = make(keyring);
    const key = randomBytes(32);
    const first = await subject.wrap(key);
    const made = keyring.store.get('vault');
    const second = await subject.wrap(key);
    expect(made).toHaveLength(32);
    expect(keyring.store.get('vault')).toEqual(made);
    expect(made).not.toEqual(key);
    expect(first.includes(key)).toBe(false);
    expect(first).not.toEqual(second);
    expect(await subject.unwrap(first)).toEqual(key);
    expect(await subject.unwrap(second)).toEqual(key);
  });

  test('R-27 a wrapping key that is gone means another keyring; none is made in its place', async () => {
    const keyring = fakeKeyring();
    const subject = make(keyring);
    const wrapped = await subject.wrap(randomBytes(32));
    keyring.store.clear();
    await expect(subject.unwrap(wrapped)).rejects.toMatchObject({ code: 'vault/backend-changed' });
    expect(keyring.store.size).toBe(0);
  });

  test('R-27 an entry that holds something else is neither used nor overwritten', async () => {
    const keyring = fakeKeyring();
    keyring.store.set('vault', Buffer.from('somebody else’s'));
    await expect(make(keyring).wrap(randomBytes(32))).rejects.toMatchObject({ code: 'vault/unavailable' });
    expect(keyring.store.get('vault')?.toString()).toBe('somebody else’s');
  });

  test('a store that does not keep what it is given wraps nothing', async () => {
    const keyring = fakeKeyring();
    keyring.before = () => keyring.store.clear();
    await expect(make(keyring).wrap(randomBytes(32))).rejects.toMatchObject({ code: 'vault/unavailable' });
  });

  test('another wrapping key does not open the data key', async () => {
    const keyring = fakeKeyring();
    const subject = make(keyring);
    const wrapped = await subject.wrap(randomBytes(32));
    keyring.store.set('vault', randomBytes(32));
    await expect(subject.unwrap(wrapped)).rejects.toMatchObject({ code: 'vault/could-not-read' });
  });

  test.each([
    ['no bus any more', noBus, 'vault/locked'],
    ['locked in between', dismissed, 'vault/locked'],
    ['something unheard of', 'Attribute is ambiguous', 'vault/could-not-read'],
  ])('unwrap with %s fails as %s', async (_name, message, code) => {
    const keyring = fakeKeyring();
    const subject = make(keyring);
    const wrapped = await subject.wrap(randomBytes(32));
    keyring.before = failing(message);
    await expect(subject.unwrap(wrapped)).rejects.toMatchObject({ code });
  });

  test('forget removes the entry', async () => {
    const keyring = fakeKeyring();
    const subject = make(keyring);
    await subject.wrap(randomBytes(32));
    await subject.forget();
    expect(keyring.store.size).toBe(0);
  });
});

describe('R-28 a call that hangs on an unlock prompt', () => {
  test('counts as locked after four seconds, and no second call is started meanwhile', async () => {
    const clock = new FakeClock();
    const keyring = fakeKeyring();
    let unlock = (): void => undefined;
    keyring.before = () => new Promise((resolve) => (unlock = resolve));
    const subject = make(keyring, 'linux', clock);

    const first = subject.probe();
    await settle();
    clock.advance(3_999);
    await settle();
    expect(keyring.started).toEqual(['set']);
    clock.advance(1);
    expect(await first).toBe('locked');

    // Each hanging call would occupy one of the four threads all file access needs.
    expect(await subject.probe()).toBe('locked');
    await expect(subject.unwrap(randomBytes(64))).rejects.toMatchObject({
      code: 'vault/locked',
      retryable: true,
    });
    expect(keyring.started).toEqual(['set']);

    keyring.before = () => undefined;
    unlock();
    await settle();
    expect(await subject.probe()).toBe('os-user');
    expect(clock.pending).toBe(0);
  });

  test('gives a key that arrives too late to nobody, and zeroes it', async () => {
    const clock = new FakeClock();
    const keyring = fakeKeyring();
    const subject = make(keyring, 'linux', clock);
    const wrapped = await subject.wrap(randomBytes(32));
    const late: number[] = Array.from({ length: 32 }, () => 7);
    let deliver = (): void => undefined;
    keyring.answer = () => new Promise((resolve) => (deliver = () => resolve(late)));
    const unwrapped = subject.unwrap(wrapped);
    await settle();
    clock.advance(4_000);
    await expect(unwrapped).rejects.toMatchObject({ code: 'vault/locked' });
    deliver();
    await settle();
    expect(late.every((byte) => byte === 0)).toBe(true);
  });
});

test('R-28 a locked keyring is left alone until somebody asks for it', async () => {
  const keyring = fakeKeyring();
  const subject = keyringBackend({
    ...{ service: 'org.example.test', account: 'vault', platform: 'linux', clock: new FakeClock() },
    random: (bytes) => randomBytes(bytes),
    load: () => Promise.resolve(keyring.library),
    isLocked: () => Promise.resolve(true),
  });
  expect(await subject.probe()).toBe('locked');
  expect(keyring.started).toEqual([]); // each call would make the desktop show its prompt
  await subject.requestUnlock();
  expect(keyring.started[0]).toBe('set');
});
