import tweetnacl from 'tweetnacl';
import { describe, expect, it } from 'vitest';
import { loadSodium } from '../../../../electron/agent/native/sodium.ts';
import {
  bestKey,
  createKeySource,
  keyLifeMs,
  keyUses,
  type MakeOwnKey,
  nativeKey,
  scriptKey,
  sodiumKey,
} from '../../../../electron/agent/socket/key-exchange.ts';
import { FakeClock } from '../../../support/fake-clock.ts';

const bytes = (hex: string): Uint8Array => new Uint8Array(Buffer.from(hex, 'hex'));
const hex = (value: Uint8Array | null | undefined): string =>
  value ? Buffer.from(value).toString('hex') : 'none';

const { secretbox } = tweetnacl;
const sodium = loadSodium();
const makers: readonly (readonly [string, MakeOwnKey])[] = [
  ...(sodium === null ? [] : [['of libsodium', sodiumKey(sodium)] as const]),
  ['native', nativeKey],
  ['in JavaScript', scriptKey],
];
/** Of NaCl’s own examples (“Cryptography in NaCl”, sections 3 to 5): Bob’s secret, both public keys and what they agree on. */
const example = {
  bob: bytes('5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb'),
  bobPublic: 'de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f',
  alicePublic: bytes('8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a'),
  common: bytes('1b27556473e985d462cd51197a9a46c76009549eac6474f206c4ee0844f68389'),
};
const nonce = new Uint8Array(24).fill(9);
const text = new TextEncoder().encode('a token');

describe.each(makers)('X25519 and XSalsa20-Poly1305, %s', (_, make) => {
  it('agrees as RFC 7748, section 6.1, and NaCl say', () => {
    const bob = make(example.bob);
    expect(hex(bob.publicKey)).toBe(example.bobPublic);
    const common = bob.agree(example.alicePublic);
    expect(hex(common?.seal(text, nonce))).toBe(hex(secretbox(text, nonce, example.common)));
    expect(hex(common?.open(secretbox(text, nonce, example.common), nonce))).toBe(hex(text));
  });

  it('agrees with no key of small order, and with none of another length', () => {
    const own = make(new Uint8Array(32).fill(2));
    for (const theirs of ['00', '01'].map((first) => bytes(first + '00'.repeat(31)))) {
      expect(own.agree(theirs)).toBeNull();
    }
  });

  it('opens nothing that was changed, cut or sealed under another nonce', () => {
    const common = make(example.bob).agree(example.alicePublic);
    const box = common?.seal(text, nonce) ?? new Uint8Array();
    for (let at = 0; at < box.length; at += 1) {
      const changed = box.map((byte, index) => (index === at ? byte ^ 1 : byte));
      expect(common?.open(changed, nonce)).toBeNull();
      expect(common?.open(box.subarray(0, at), nonce)).toBeNull();
    }
    expect(common?.open(box, new Uint8Array(24))).toBeNull();
    expect(common?.open(common.seal(new Uint8Array(), nonce), nonce)).toHaveLength(0);
  });

  it('a nonce of another length is refused, not read beyond its end', () => {
    const common = make(example.bob).agree(example.alicePublic);
    expect(() => common?.seal(text, new Uint8Array(23))).toThrow();
    expect(() => common?.open(new Uint8Array(40), new Uint8Array(23))).toThrow();
  });
});

describe('which one is used', () => {
  it('the first that is there and right', () => {
    const missing: MakeOwnKey = () => {
      throw new Error('unsupported');
    };
    const other = nativeKey(new Uint8Array(32).fill(5));
    const disagrees: MakeOwnKey = (secret) => ({
      ...nativeKey(secret),
      agree: (theirs) => other.agree(theirs),
    });
    const opensNothing: MakeOwnKey = (secret) => {
      const own = nativeKey(secret);
      return {
        ...own,
        agree(theirs) {
          const common = own.agree(theirs);
          return common && { ...common, open: () => null };
        },
      };
    };
    expect(bestKey([missing, disagrees, opensNothing, nativeKey, scriptKey])).toBe(nativeKey);
    expect(bestKey([missing, disagrees])).toBe(scriptKey);
  });

  it.runIf(process.platform === 'linux')('with oidc-agent’s programs, the system’s libsodium', () => {
    expect(sodium).not.toBeNull();
    expect(bestKey()).not.toBe(nativeKey);
    expect(bestKey()).not.toBe(scriptKey);
  });
});

describe('a pair of keys', () => {
  const source = () => {
    const clock = new FakeClock();
    let secrets = 0;
    const next = createKeySource(clock, nativeKey, (count) => new Uint8Array(count).fill((secrets += 1)));
    return { clock, next, made: () => secrets };
  };

  it('serves no more connections than it may', () => {
    const { next, made } = source();
    const first = next();
    for (let used = 1; used < keyUses; used += 1) expect(next()).toBe(first);
    expect(next()).not.toBe(first);
    expect(made()).toBe(2);
  });

  it('is forgotten when its time is over, asked for or not', () => {
    const { clock, next, made } = source();
    const first = next();
    clock.advance(keyLifeMs - 1);
    expect(next()).toBe(first);
    clock.advance(1);
    expect(made()).toBe(1);
    expect(next()).not.toBe(first);
    // The new pair has its own time: that of the first one does not end it.
    const second = next();
    clock.advance(keyLifeMs - 1);
    expect(next()).toBe(second);
  });

  it('a used-up pair takes its timer along', () => {
    const { clock, next } = source();
    clock.advance(0);
    next();
    clock.advance(keyLifeMs / 2);
    for (let used = 1; used < keyUses; used += 1) next();
    const second = next();
    clock.advance(keyLifeMs / 2 + 1);
    expect(next()).toBe(second);
  });
});
