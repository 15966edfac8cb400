import { randomFillSync } from 'node:crypto';
import nacl from 'tweetnacl';
import { asBuffer, type CommonKey, type OwnKey } from './key-exchange.ts';

/** Encoded lengths of a 32-byte key and a 24-byte nonce. */
export const keyLength = 44;
const nonceCharacters = 32;
const frameHead = /^(\d{1,7}):([A-Za-z0-9+/]{32}):/;
/** Readers of other languages stop at the first read shorter than this; an exact multiple would end in an error (ipc reference 2.3). */
const readerChunk = 4096;
/** One side of the encrypted conversation (ipc reference 2.2): X25519, then XSalsa20-Poly1305 with one key for both directions. */
export interface SecureChannel {
  /** What is sent to the other side first. */
  readonly publicKey: string;
  /** Works out the common key; false when there is none. Done by itself before the first frame, sooner while there is time. */
  prepare(): boolean;
  seal(json: string): string;
  /** The text of one frame; null when it is not for us or was changed on its way. */
  open(frame: string): string | null;
}

/** To ask for the random bytes of each takes as long as all the rest of sealing. */
const noncesAtOnce = 128;

/** Nonces: random bytes that everybody may see, each used once. One is good until the next is asked for. */
export function createNonceSource(fill: (bytes: Uint8Array) => unknown = randomFillSync): () => Uint8Array {
  const { nonceLength: length } = nacl.secretbox;
  const store = Buffer.alloc(length * noncesAtOnce);
  let next = store.length;
  return () => {
    if (next === store.length) {
      fill(store);
      next = 0;
    }
    next += length;
    return store.subarray(next - length, next);
  };
}

/** Null when `theirPublicKey` is no key: 44 characters of padded base64. */
export function openChannel(
  theirPublicKey: string,
  own: OwnKey,
  nextNonce: () => Uint8Array,
): SecureChannel | null {
  const theirs = decode(theirPublicKey, keyLength, nacl.box.publicKeyLength);
  if (theirs === null) return null;
  let known: CommonKey | null | undefined;
  const common = (): CommonKey | null => (known === undefined ? (known = own.agree(theirs)) : known);

  const sealOnce = (text: string): string => {
    const key = common();
    if (key === null) throw new Error('There is no common key to seal with.');
    const plain = Buffer.from(text, 'utf8');
    const nonce = nextNonce();
    const box = key.seal(plain, nonce);
    return `${plain.length}:${base64(nonce)}:${base64(box)}`;
  };

  return {
    publicKey: base64(own.publicKey),
    prepare: () => common() !== null,
    seal(json) {
      let text = json;
      let frame = sealOnce(text);
      while (frame.length % readerChunk === 0) {
        text += ' ';
        frame = sealOnce(text);
      }
      return frame;
    },
    open(frame) {
      const head = frameHead.exec(frame);
      const key = common();
      if (head === null || key === null) return null;
      const nonce = decode(head[2] ?? '', nonceCharacters, nacl.secretbox.nonceLength);
      const box = Buffer.from(frame.slice(head[0].length), 'base64');
      const plain = nonce === null ? null : key.open(box, nonce);
      return plain === null || plain.length !== Number(head[1]) ? null : asBuffer(plain).toString('utf8');
    },
  };
}

/**
 * How many characters a frame has in all, from its first ones: null while they do not tell yet, `bad` when they never will.
 */
export function frameLength(start: string): number | null | 'bad' {
  const head = frameHead.exec(start);
  if (head !== null) {
    const boxBytes = Number(head[1]) + nacl.secretbox.overheadLength;
    return head[0].length + 4 * Math.ceil(boxBytes / 3);
  }
  return /^(\d{1,7}(:[A-Za-z0-9+/]{0,32})?)?$/.test(start) ? null : 'bad';
}

function base64(bytes: Uint8Array): string {
  return asBuffer(bytes).toString('base64');
}

function decode(text: string, characters: number, bytes: number): Uint8Array | null {
  if (text.length !== characters || !/^[A-Za-z0-9+/]+={0,2}$/.test(text)) return null;
  const decoded = Buffer.from(text, 'base64');
  return decoded.length === bytes ? decoded : null;
}
