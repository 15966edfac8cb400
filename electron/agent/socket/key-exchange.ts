import { createPrivateKey, createPublicKey, diffieHellman, randomBytes } from 'node:crypto';
import nacl from 'tweetnacl';
import type { Clock } from '../../ports/index.ts';

/** Our side of X25519 (RFC 7748). */
export interface OwnKey {
  /** 32 bytes. */
  readonly publicKey: Uint8Array;
  /** The shared point; null when `theirs` (32 bytes) is one of the few keys that agree with nobody. */
  agree(theirs: Uint8Array): Uint8Array | null;
}

export type MakeOwnKey = (secret: Uint8Array) => OwnKey;

/** RFC 8410: what stands before the raw keys in their DER form. */
const privateHead = Buffer.from('302e020100300506032b656e04220420', 'hex');
const publicHead = Buffer.from('302a300506032b656e032100', 'hex');

/** OpenSSL's, or BoringSSL's in Electron: ten times as fast as JavaScript. */
export const nativeKey: MakeOwnKey = (secret) => {
  const privateKey = createPrivateKey({
    key: Buffer.concat([privateHead, secret]),
    format: 'der',
    type: 'pkcs8',
  });
  const shown = createPublicKey(privateKey).export({ format: 'der', type: 'spki' });
  return {
    publicKey: new Uint8Array(shown.subarray(publicHead.length)),
    agree(theirs) {
      try {
        const key = Buffer.concat([publicHead, theirs]);
        const publicKey = createPublicKey({ key, format: 'der', type: 'spki' });
        return diffieHellman({ privateKey, publicKey });
      } catch {
        return null; // refuses points of small order
      }
    },
  };
};

export const scriptKey: MakeOwnKey = (secret) => ({
  publicKey: nacl.scalarMult.base(secret),
  agree(theirs) {
    const point = nacl.scalarMult(secret, theirs);
    return point.every((byte) => byte === 0) ? null : point;
  },
});

/** The native one, when this Node has it and it agrees with the other. */
export function bestKey(native: MakeOwnKey = nativeKey): MakeOwnKey {
  const [one, two] = [new Uint8Array(32).fill(1), new Uint8Array(32).fill(2)];
  try {
    const theirs = scriptKey(two).publicKey;
    const [found, expected] = [native(one).agree(theirs), scriptKey(one).agree(theirs)];
    return found !== null && expected !== null && nacl.verify(found, expected) ? native : scriptKey;
  } catch {
    return scriptKey;
  }
}

/** How long a pair of keys serves, and how many connections (decision 0004). */
export const keyLifeMs = 60_000;
export const keyUses = 256;

/** The key for the next connection. A pair serves many, is forgotten when its time is over, and never leaves memory. */
export function createKeySource(
  clock: Clock,
  make: MakeOwnKey = bestKey(),
  random: (count: number) => Uint8Array = (count) => new Uint8Array(randomBytes(count)),
): () => OwnKey {
  let current: { readonly key: OwnKey; readonly cancel: () => void; uses: number } | null = null;
  const forget = (): void => {
    current?.cancel();
    current = null;
  };
  return () => {
    current ??= { key: make(random(32)), cancel: clock.after(keyLifeMs, forget), uses: 0 };
    const { key } = current;
    current.uses += 1;
    if (current.uses >= keyUses) forget();
    return key;
  };
}
