import { connect } from 'node:net';
import nacl from 'tweetnacl';
import { frameLength, keyLength } from '../socket/secure-channel.ts';

/** Far more than an answer to `check` or `status` needs. */
const longestAnswer = 64 * 1024;

export interface SocketAsk {
  readonly path: string;
  readonly request: object;
  readonly encrypted: boolean;
  /** For all of it: whoever sends a byte now and then gets no more. */
  readonly patienceMs: number;
}

/**
 * One request as a client of oidc-agent makes it, plain or encrypted (ipc reference 2); what was answered. Rejects when nothing came, or
 * nothing that can be read: `code` is then the system's, or `EBADMSG`.
 */
export function askSocket({ path, request, encrypted, patienceMs }: SocketAsk): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const text = JSON.stringify(request);
    const keys = nacl.box.keyPair();
    let shared: Uint8Array | null = null;
    let received = Buffer.alloc(0);
    const socket = connect({ path, allowHalfOpen: true });
    const fail = (code: string): void => {
      socket.destroy();
      reject(Object.assign(new Error('The socket did not answer as it should.'), { code }));
    };
    const tooLate = setTimeout(() => fail('ETIMEDOUT'), patienceMs);
    socket.on('close', () => clearTimeout(tooLate));
    socket.on('error', (error) => fail('code' in error ? String(error.code) : 'EIO'));
    socket.on('connect', () => socket.write(encrypted ? base64(keys.publicKey) : text));
    socket.on('data', (chunk: Buffer) => {
      received = Buffer.concat([received, chunk]);
      if (received.length > longestAnswer) fail('EBADMSG');
      else if (encrypted && shared === null && received.length >= keyLength) {
        const theirs = Buffer.from(received.toString('latin1', 0, keyLength), 'base64');
        if (theirs.length !== nacl.box.publicKeyLength) {
          fail('EBADMSG');
          return;
        }
        received = received.subarray(keyLength);
        shared = nacl.box.before(theirs, keys.secretKey);
        socket.write(seal(text, shared));
      }
    });
    socket.on('end', () => {
      socket.end();
      // Nothing at all is no answer; anything else has to be one.
      if (received.length === 0) fail('ECONNRESET');
      else if (encrypted && shared === null) fail('EBADMSG');
      else {
        const answer =
          shared === null ? received.toString('utf8') : open(received.toString('latin1'), shared);
        try {
          resolve(JSON.parse(answer ?? ''));
        } catch {
          fail('EBADMSG');
        }
      }
    });
  });
}

function seal(text: string, shared: Uint8Array): string {
  const plain = Buffer.from(text, 'utf8');
  const nonce = nacl.randomBytes(nacl.secretbox.nonceLength);
  return `${plain.length}:${base64(nonce)}:${base64(nacl.secretbox(plain, nonce, shared))}`;
}

function open(frame: string, shared: Uint8Array): string | null {
  if (frameLength(frame) !== frame.length) return null;
  const [, nonce = '', box = ''] = frame.split(':');
  const plain = nacl.secretbox.open(Buffer.from(box, 'base64'), Buffer.from(nonce, 'base64'), shared);
  return plain === null ? null : Buffer.from(plain).toString('utf8');
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64');
}
