import { describe, expect, it } from 'vitest';
import {
  bestKey,
  createKeySource,
  keyLifeMs,
  keyUses,
  type MakeOwnKey,
  nativeKey,
  scriptKey,
} from '../../../../electron/agent/socket/key-exchange.ts';
import { FakeClock } from '../../../support/fake-clock.ts';

const bytes = (hex: string): Uint8Array => new Uint8Array(Buffer.from(hex, 'hex'));
const hex = (value: Uint8Array | null | undefined): string =>
  value ? Buffer.from(value).toString('hex') : 'none';

describe.each([
  ['native', nativeKey],
  ['in JavaScript', scriptKey],
])('X25519, %s', (_, make) => {
  it('agrees as RFC 7748, section 6.1, says', () => {
    const alice = make(new Uint8Array(32).fill(7));
    const bob = make(bytes('5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb'));
    expect(hex(bob.publicKey)).toBe('de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f');
    const theirs = bytes('8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a');
    expect(hex(bob.agree(theirs))).toBe('4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742');
    expect(hex(alice.agree(bob.publicKey))).toBe(hex(bob.agree(alice.publicKey)));
  });

  it('agrees with no key of small order', () => {
    const own = make(new Uint8Array(32).fill(2));
    for (const theirs of ['00', '01'].map((first) => bytes(first + '00'.repeat(31)))) {
      expect(own.agree(theirs)).toBeNull();
    }
  });
});

describe('which one is used', () => {
  it('the native one where it is there and right', () => {
    expect(bestKey()).toBe(nativeKey);
    const missing: MakeOwnKey = () => {
      throw new Error('unsupported');
    };
    expect(bestKey(missing)).toBe(scriptKey);
    const wrong: MakeOwnKey = (secret) => ({ ...nativeKey(secret), agree: () => new Uint8Array(32) });
    expect(bestKey(wrong)).toBe(scriptKey);
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
