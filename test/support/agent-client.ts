import { randomBytes } from 'node:crypto';
import { connect } from 'node:net';
import nacl from 'tweetnacl';

/** One request as oidc-agent's own clients send it: keys, one encrypted frame, one answer (ipc reference 2.2). */
export function askEncrypted(
  path: string,
  request: unknown,
  signal?: AbortSignal,
): Promise<Record<string, unknown>> {
  return new Promise((resolve, reject) => {
    const keys = nacl.box.keyPair();
    const socket = connect(path);
    let received = '';
    let shared: Uint8Array | null = null;
    signal?.addEventListener('abort', () => socket.destroy(), { once: true });
    socket.setTimeout(20_000, () => socket.destroy(new Error('no answer')));
    socket.on('connect', () => socket.write(Buffer.from(keys.publicKey).toString('base64')));
    socket.on('data', (chunk) => {
      received += chunk.toString('latin1');
      if (shared === null && received.length >= 44) {
        shared = nacl.box.before(Buffer.from(received.slice(0, 44), 'base64'), keys.secretKey);
        received = received.slice(44);
        socket.write(frame(JSON.stringify(request), shared));
      }
    });
    socket.on('error', reject);
    socket.on('close', () => {
      const [length, nonce, box] = received.split(':');
      if (shared === null || nonce === undefined || box === undefined) {
        reject(new Error('no answer'));
        return;
      }
      const plain = nacl.secretbox.open(Buffer.from(box, 'base64'), Buffer.from(nonce, 'base64'), shared);
      if (plain?.length !== Number(length)) reject(new Error('not for us'));
      else resolve(JSON.parse(Buffer.from(plain).toString('utf8')) as Record<string, unknown>);
    });
  });
}

export function frame(text: string, shared: Uint8Array, nonce: Uint8Array = randomBytes(24)): string {
  const plain = Buffer.from(text, 'utf8');
  const box = Buffer.from(nacl.secretbox(plain, nonce, shared)).toString('base64');
  return `${plain.length}:${Buffer.from(nonce).toString('base64')}:${box}`;
}

/** Plain mode, as scripts with `nc` use it: the text as it is; what came back before the connection ended. */
export function sendPlain(path: string, text: string, end = false): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ path, allowHalfOpen: true });
    let received = '';
    socket.setTimeout(20_000, () => socket.destroy(new Error('no answer')));
    socket.on('connect', () => (end ? socket.end(text) : socket.write(text)));
    socket.on('data', (chunk) => (received += chunk.toString('utf8')));
    socket.on('end', () => socket.end());
    socket.on('error', reject);
    socket.on('close', () => resolve(received));
  });
}
