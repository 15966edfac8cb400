import { createPrivateKey, createPublicKey, diffieHellman, randomBytes } from 'node:crypto';
import nacl from 'tweetnacl';
import type { Clock } from '../../ports/index.ts';
import { loadSodium, type Sodium } from '../native/sodium.ts';

/** Our side of X25519 (RFC 7748). */
export interface OwnKey {
  /** 32 bytes. */
  readonly publicKey: Uint8Array;
  /** Null when `theirs` (32 bytes) is one of the few keys that agree with nobody. */
  agree(theirs: Uint8Array): CommonKey | null;
}

/** What both sides have agreed on, for either direction: XSalsa20-Poly1305 (NaCl's `crypto_box_afternm`). A nonce has 24 bytes. */
export interface CommonKey {
  /** 16 bytes longer than `text`. */
  seal(text: Uint8Array, nonce: Uint8Array): Uint8Array;
  /** Null when it is not for us or was changed on its way. */
  open(box: Uint8Array, nonce: Uint8Array): Uint8Array | null;
}

export type MakeOwnKey = (secret: Uint8Array) => OwnKey;

const { secretbox } = nacl;

/** libsodium's: a third of the time of the next. */
export const sodiumKey =
  (sodium: Sodium): MakeOwnKey =>
  (bytes) => {
    const secret = Buffer.from(bytes);
    const publicKey = Buffer.alloc(32);
    sodium.crypto_scalarmult_base(publicKey, secret);
    return {
      publicKey,
      agree(theirs) {
        const key = Buffer.allocUnsafe(32);
        if (theirs.length !== key.length) return null;
        if (sodium.crypto_box_beforenm(key, asBuffer(theirs), secret) !== 0) return null;
        return {
          seal(text, nonce) {
            const box = Buffer.allocUnsafe(text.length + secretbox.overheadLength);
            requireLength(nonce);
            sodium.crypto_box_easy_afternm(box, asBuffer(text), text.length, asBuffer(nonce), key);
            return box;
          },
          open(box, nonce) {
            requireLength(nonce);
            if (box.length < secretbox.overheadLength) return null;
            const text = Buffer.allocUnsafe(box.length - secretbox.overheadLength);
            const fault = sodium.crypto_box_open_easy_afternm(
              ...([text, asBuffer(box), box.length, asBuffer(nonce), key] as const),
            );
            return fault === 0 ? text : null;
          },
        };
      },
    };
  };

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
        return commonKey(diffieHellman({ privateKey, publicKey }));
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
    return point.every((byte) => byte === 0) ? null : commonKey(point);
  },
});

/** Exported by tweetnacl for such uses, but missing in its types. */
const { lowlevel } = nacl as unknown as {
  readonly lowlevel: {
    crypto_core_hsalsa20(out: Uint8Array, input: Uint8Array, key: Uint8Array, constant: Uint8Array): void;
  };
};
/** The constant that turns a point of the curve into a key (NaCl's `crypto_box_beforenm`). */
const sigma = new TextEncoder().encode('expand 32-byte k');

function commonKey(point: Uint8Array): CommonKey {
  const key = new Uint8Array(secretbox.keyLength);
  lowlevel.crypto_core_hsalsa20(key, new Uint8Array(16), point, sigma);
  return {
    seal: (text, nonce) => secretbox(text, nonce, key),
    open: (box, nonce) => secretbox.open(box, nonce, key),
  };
}

/** The library would read past the end of anything shorter. */
function requireLength(nonce: Uint8Array): void {
  if (nonce.length !== secretbox.nonceLength) throw new Error('A nonce has 24 bytes.');
}

/** The same bytes, not a copy. */
export function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
}

/** The first of these that is there and comes to the same as JavaScript alone. */
export function bestKey(candidates: readonly MakeOwnKey[] = fastKeys()): MakeOwnKey {
  const [one, two] = [new Uint8Array(32).fill(1), new Uint8Array(32).fill(2)];
  const [text, nonce] = [new Uint8Array(100).fill(3), new Uint8Array(secretbox.nonceLength).fill(4)];
  const sealed = scriptKey(one).agree(scriptKey(two).publicKey)?.seal(text, nonce);
  const isRight = (make: MakeOwnKey): boolean => {
    try {
      const common = make(one).agree(make(two).publicKey);
      const [box, opened] = [common?.seal(text, nonce), sealed && common?.open(sealed, nonce)];
      return Boolean(box && sealed && opened && nacl.verify(box, sealed) && nacl.verify(opened, text));
    } catch {
      return false;
    }
  };
  return candidates.find(isRight) ?? scriptKey;
}

function fastKeys(): readonly MakeOwnKey[] {
  const sodium = loadSodium();
  return sodium === null ? [nativeKey] : [sodiumKey(sodium), nativeKey];
}

/** How long a pair of keys serves, and how many connections (decision 0004). */
export const keyLifeMs = 60_000;
export const keyUses = 256;

/** The key for the next connection. A pair serves many, is forgotten when its time is over, and never leaves memory. */
export function createKeySource(
  clock: Clock,
  make: MakeOwnKey = bestKey(),
  random: (count: number) => Uint8Array = randomBytes,
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
