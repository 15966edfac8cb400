/** A client of oidc-agent's protocol inside this process, as the C library is one inside programs: the same one for both agents. */
import {
  createPublicKey,
  diffieHellman,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
} from 'node:crypto';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import nacl from 'tweetnacl';

const keyLength = 44;
const answerLimitMs = 30_000;
const spkiHead = Buffer.from('302a300506032b656e032100', 'hex');
const sigma = Buffer.from('expand 32-byte k');

/** Clients make a key pair for each request; that this one keeps its own makes it cheaper, for both agents alike. */
const own: { readonly publicKey: KeyObject; readonly privateKey: KeyObject } = generateKeyPairSync('x25519');
const ownText = own.publicKey
  .export({ format: 'der', type: 'spki' })
  .subarray(spkiHead.length)
  .toString('base64');

type LowLevel = Record<
  'crypto_core_hsalsa20',
  (out: Uint8Array, input: Uint8Array, k: Uint8Array, c: Uint8Array) => void
>;

function sharedKey(theirs: string): Uint8Array {
  const publicKey = createPublicKey({
    key: Buffer.concat([spkiHead, Buffer.from(theirs, 'base64')]),
    format: 'der',
    type: 'spki',
  });
  const key = new Uint8Array(32);
  const { crypto_core_hsalsa20: core } = (nacl as unknown as { lowlevel: LowLevel }).lowlevel;
  core(key, new Uint8Array(16), diffieHellman({ publicKey, privateKey: own.privateKey }), sigma);
  return key;
}

function seal(text: string, key: Uint8Array): string {
  const nonce = randomBytes(24);
  const plain = Buffer.from(text, 'utf8');
  const box = Buffer.from(nacl.secretbox(plain, nonce, key)).toString('base64');
  return `${plain.length}:${nonce.toString('base64')}:${box}`;
}

function open(frame: string, key: Uint8Array): Record<string, unknown> {
  const [, nonce = '', box = ''] = frame.split(':');
  const plain = nacl.secretbox.open(Buffer.from(box, 'base64'), Buffer.from(nonce, 'base64'), key);
  if (plain === null) throw new Error('The answer cannot be opened.');
  return JSON.parse(Buffer.from(plain).toString('utf8')) as Record<string, unknown>;
}

/**
 * One request on a connection of its own. Rejects without an answer, and for one that says no. oidc-agent lets few connections queue;
 * where a C client is kept waiting by the kernel, Node's is sent away and comes again.
 */
export async function ask(path: string, request: object): Promise<Record<string, unknown>> {
  for (;;) {
    try {
      return await askOnce(path, request);
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EAGAIN')) throw error;
    }
    await sleep(1);
  }
}

function askOnce(path: string, request: object): Promise<Record<string, unknown>> {
  return new Promise((resolve, reject) => {
    const socket = connect(path, () => socket.write(ownText));
    let received = '';
    let key: Uint8Array | null = null;
    socket.setTimeout(answerLimitMs, () => socket.destroy(new Error('no answer')));
    socket.on('data', (chunk: Buffer) => {
      received += chunk.toString('latin1');
      if (key !== null || received.length < keyLength) return;
      key = sharedKey(received.slice(0, keyLength));
      received = received.slice(keyLength);
      socket.write(seal(JSON.stringify(request), key));
    });
    socket.on('error', reject);
    socket.on('close', () => {
      try {
        if (key === null) throw new Error('The connection was closed.');
        const answer = open(received, key);
        if (answer['error'] === undefined) resolve(answer);
        else reject(new Error(JSON.stringify(answer['error'])));
      } catch (error) {
        reject(error instanceof Error ? error : new Error('no answer'));
      }
    });
  });
}

/** Connects, sends its key and then nothing more, until it is told to leave. Resolves when it has been sent. */
export function stall(path: string): Promise<() => void> {
  return new Promise((resolve, reject) => {
    const socket = connect(path, () => {
      socket.write(ownText, () => resolve(() => socket.destroy()));
    });
    socket.on('data', () => undefined);
    socket.on('error', reject);
  });
}
