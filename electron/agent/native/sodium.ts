import { loadLibrary } from './library.ts';

/** What libsodium has for `crypto_box` (X25519, XSalsa20-Poly1305). All return 0 when they did what they should. */
export interface Sodium {
  sodium_init(): number;
  crypto_scalarmult_base(publicKey: Buffer, secret: Buffer): number;
  crypto_box_beforenm(common: Buffer, theirPublicKey: Buffer, secret: Buffer): number;
  crypto_box_easy_afternm(box: Buffer, text: Buffer, length: number, nonce: Buffer, common: Buffer): number;
  crypto_box_open_easy_afternm(
    text: Buffer,
    box: Buffer,
    length: number,
    nonce: Buffer,
    common: Buffer,
  ): number;
}

const declarations = {
  sodium_init: 'int sodium_init()',
  crypto_scalarmult_base: 'int crypto_scalarmult_base(void *q, const void *n)',
  crypto_box_beforenm: 'int crypto_box_beforenm(void *k, const void *pk, const void *sk)',
  crypto_box_easy_afternm:
    'int crypto_box_easy_afternm(void *c, const void *m, uint64_t mlen, const void *n, const void *k)',
  crypto_box_open_easy_afternm:
    'int crypto_box_open_easy_afternm(void *m, const void *c, uint64_t clen, const void *n, const void *k)',
};

/** Of the releases 1.0.12 to 1.0.18, and of those since. */
const names = ['libsodium.so.23', 'libsodium.so.26'];

/** The system's own: wherever `oidc-token` is, it is too. Null elsewhere. */
export function loadSodium(): Sodium | null {
  if (process.platform !== 'linux') return null;
  const sodium = loadLibrary<Sodium>(names, declarations);
  // 1: somebody else did it before.
  return sodium !== null && sodium.sodium_init() >= 0 ? sodium : null;
}
