import { frameLength, keyLength, type SecureChannel } from './secure-channel.ts';

/** Larger requests than any client makes; a profile given as JSON is the longest. */
const largestRequest = 256 * 1024;
/** Length, nonce and their colons. */
const longestHead = 64;

export type Step =
  /** More has to arrive. */
  | { readonly kind: 'wait' }
  /** Send this and go on reading. */
  | { readonly kind: 'send'; readonly text: string }
  /** A whole request. `reply` turns the answer into what is sent. */
  | {
      readonly kind: 'request';
      readonly text: string;
      readonly encrypted: boolean;
      readonly reply: (json: string) => string;
    }
  /** Nothing sensible can follow. With `answer` in plain text, else the connection just ends. */
  | { readonly kind: 'end'; readonly answer: string | null };

/**
 * One connection's reading, byte by byte if need be: a plain JSON object, or a key exchange and one encrypted frame (ipc reference 2).
 * Feed it what arrives; it never reads the same byte twice for two meanings.
 */
export class Conversation {
  readonly #open: (theirPublicKey: string) => SecureChannel | null;
  #bytes: Buffer = Buffer.alloc(0);
  #channel: SecureChannel | null = null;
  #over = false;

  /** `open` makes the channel to whoever has this key; null when it is none. */
  constructor(open: (theirPublicKey: string) => SecureChannel | null) {
    this.#open = open;
  }

  /** True once keys were exchanged: then the other side's end means that it went away. */
  get isEncrypted(): boolean {
    return this.#channel !== null;
  }

  receive(chunk: Buffer): Step {
    if (this.#over) return { kind: 'wait' };
    if (this.#bytes.length + chunk.length > largestRequest) return this.#end('Bad Request: too large');
    this.#bytes = Buffer.concat([this.#bytes, chunk]);
    if (this.#channel !== null) return this.#frame(this.#channel);
    const first = this.#bytes.find((byte) => !isBlank(byte));
    if (first === undefined) return { kind: 'wait' };
    return '{["'.includes(String.fromCharCode(first)) ? this.#plain() : this.#key();
  }

  #plain(): Step {
    // Only what may be the end is worth reading all of it: else a client that sends byte by byte keeps everybody busy.
    const last = this.#bytes.findLast((byte) => !isBlank(byte)) ?? 0;
    if (!'}]"'.includes(String.fromCharCode(last))) return { kind: 'wait' };
    const text = this.#bytes.toString('utf8');
    try {
      JSON.parse(text);
    } catch {
      // Not whole yet, or never: the deadline of the connection decides.
      return { kind: 'wait' };
    }
    this.#over = true;
    return { kind: 'request', text, encrypted: false, reply: (json) => json };
  }

  #key(): Step {
    // Latin 1 keeps one character per byte.
    const key = this.#bytes.toString('latin1', 0, keyLength);
    if (key.length < keyLength) {
      return /^[A-Za-z0-9+/]*={0,2}$/.test(key) ? { kind: 'wait' } : this.#end(null);
    }
    const channel = this.#open(key);
    if (channel === null) return this.#end(null);
    this.#channel = channel;
    // Some clients end the key with a line break (ipc reference 2.4).
    this.#bytes = this.#bytes.subarray(keyLength);
    return { kind: 'send', text: channel.publicKey };
  }

  /** After a `send`: the other side has what it needs, now we work; and what already lies here may be a whole frame. */
  proceed(): Step {
    if (this.#channel === null || this.#over) return { kind: 'wait' };
    return this.#channel.prepare() ? this.receive(Buffer.alloc(0)) : this.#end(null);
  }

  #frame(channel: SecureChannel): Step {
    const start = this.#bytes.findIndex((byte) => !isBlank(byte));
    if (start < 0) return { kind: 'wait' };
    const length = frameLength(this.#bytes.toString('latin1', start, start + longestHead));
    if (length === null) return { kind: 'wait' };
    if (length === 'bad' || length > largestRequest) return this.#end(null);
    if (this.#bytes.length - start < length) return { kind: 'wait' };
    const text = channel.open(this.#bytes.toString('latin1', start, start + length));
    if (text === null) return this.#end(null);
    this.#over = true;
    return { kind: 'request', text, encrypted: true, reply: (json) => channel.seal(json) };
  }

  #end(reason: string | null): Step {
    this.#over = true;
    return {
      kind: 'end',
      answer:
        reason === null || this.#channel !== null
          ? null
          : JSON.stringify({ status: 'failure', error: reason }),
    };
  }
}

/** White space of JSON (RFC 8259, section 2). */
function isBlank(byte: number): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}
