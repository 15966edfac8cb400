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
  /** What was not read yet, a character for each byte. */
  #heard = '';
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
    if (this.#heard.length + chunk.length > largestRequest) return this.#end('Bad Request: too large');
    this.#heard += chunk.toString('latin1');
    if (this.#channel !== null) return this.#frame(this.#channel);
    const first = this.#heard.charAt(startOf(this.#heard));
    if (first === '') return { kind: 'wait' };
    return '{["'.includes(first) ? this.#plain() : this.#key();
  }

  #plain(): Step {
    // Only what may be the end is worth reading all of it: else a client that sends byte by byte keeps everybody busy.
    const last = this.#heard.trimEnd().at(-1) ?? '';
    if (!'}]"'.includes(last)) return { kind: 'wait' };
    const text = Buffer.from(this.#heard, 'latin1').toString('utf8');
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
    const key = this.#heard.slice(0, keyLength);
    if (key.length < keyLength) {
      return /^[A-Za-z0-9+/]*={0,2}$/.test(key) ? { kind: 'wait' } : this.#end(null);
    }
    const channel = this.#open(key);
    if (channel === null) return this.#end(null);
    this.#channel = channel;
    // Some clients end the key with a line break (ipc reference 2.4).
    this.#heard = this.#heard.slice(keyLength);
    return { kind: 'send', text: channel.publicKey };
  }

  /** After a `send`: the other side has what it needs, now we work; and what already lies here may be a whole frame. */
  proceed(): Step {
    if (this.#channel === null || this.#over) return { kind: 'wait' };
    return this.#channel.prepare() ? this.#frame(this.#channel) : this.#end(null);
  }

  #frame(channel: SecureChannel): Step {
    const start = startOf(this.#heard);
    const length = frameLength(this.#heard.slice(start, start + longestHead));
    if (length === null) return { kind: 'wait' };
    if (length === 'bad' || length > largestRequest) return this.#end(null);
    if (this.#heard.length - start < length) return { kind: 'wait' };
    const text = channel.open(this.#heard.slice(start, start + length));
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

/** Behind the white space of JSON (RFC 8259, section 2) at the beginning. */
function startOf(text: string): number {
  let start = 0;
  while (start < text.length && ' \n\r\t'.includes(text.charAt(start))) start += 1;
  return start;
}
