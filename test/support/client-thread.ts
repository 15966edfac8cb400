/** A client in a thread of its own: what it has sent is there before the server looks, as with a client in another process. */
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { isMainThread, parentPort, Worker } from 'node:worker_threads';
import nacl from 'tweetnacl';
import { askEncrypted, frame, sendPlain } from './agent-client.ts';

type Call =
  | { readonly kind: 'encrypted'; readonly path: string; readonly request: object }
  | { readonly kind: 'in-pieces'; readonly path: string; readonly request: object; readonly size: number }
  | { readonly kind: 'talkative'; readonly path: string; readonly text: string }
  | { readonly kind: 'plain'; readonly path: string; readonly text: string; readonly end?: boolean };

/** Each call resolves to what came back; rejects as the client does. */
export interface ClientThread {
  call(call: Call): Promise<unknown>;
  stop(): Promise<void>;
}

export function startClientThread(): ClientThread {
  const worker = new Worker(new URL(import.meta.url));
  const waiting = new Map<number, (answer: { value?: unknown; error?: string }) => void>();
  worker.on('message', ({ id, ...answer }: { id: number }) => {
    waiting.get(id)?.(answer);
    waiting.delete(id);
  });
  let last = 0;
  return {
    call(call) {
      last += 1;
      const id = last;
      return new Promise((resolve, reject) => {
        waiting.set(id, ({ value, error }) =>
          error === undefined ? resolve(value) : reject(new Error(error)),
        );
        worker.postMessage({ id, call });
      });
    },
    async stop() {
      await worker.terminate();
    },
  };
}

/** The key, then a frame, a few characters at a time. */
async function askInPieces(path: string, request: object, size: number): Promise<unknown> {
  const keys = nacl.box.keyPair();
  const socket = connect(path);
  const chunks: string[] = [];
  socket.on('data', (chunk) => chunks.push(chunk.toString('latin1')));
  const closed = new Promise((resolve) => socket.once('close', resolve));
  const send = async (text: string): Promise<void> => {
    for (let at = 0; at < text.length; at += size) {
      socket.write(text.slice(at, at + size));
      await sleep(1);
    }
  };
  await send(Buffer.from(keys.publicKey).toString('base64'));
  for (let waits = 0; chunks.join('').length < 44 && waits < 1_000; waits += 1) await sleep(1);
  const common = nacl.box.before(Buffer.from(chunks.join('').slice(0, 44), 'base64'), keys.secretKey);
  await send(frame(JSON.stringify(request), common));
  await closed;
  const [, nonce = '', box = ''] = chunks.join('').slice(44).split(':');
  const text = nacl.secretbox.open(Buffer.from(box, 'base64'), Buffer.from(nonce, 'base64'), common);
  return text && JSON.parse(Buffer.from(text).toString('utf8'));
}

/** Plain, and sends blank lines until it has read the end of its answer. */
function talk(path: string, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ path, allowHalfOpen: true });
    let received = '';
    const talking = setInterval(() => socket.write('\n'.repeat(500)), 1);
    socket.on('connect', () => socket.write(text));
    socket.on('data', (chunk) => (received += chunk.toString('utf8')));
    socket.on('error', reject);
    // A little longer: it does not look at once.
    socket.on('end', () =>
      setTimeout(() => {
        clearInterval(talking);
        socket.end();
      }, 5),
    );
    socket.on('close', () => {
      clearInterval(talking);
      resolve(received);
    });
  });
}

function perform(call: Call): Promise<unknown> {
  switch (call.kind) {
    case 'encrypted':
      return askEncrypted(call.path, call.request);
    case 'in-pieces':
      return askInPieces(call.path, call.request, call.size);
    case 'talkative':
      return talk(call.path, call.text);
    case 'plain':
      return sendPlain(call.path, call.text, call.end);
  }
}

const port = parentPort;
if (!isMainThread && port !== null) {
  port.on('message', ({ id, call }: { id: number; call?: Call }) => {
    if (call === undefined) return; // of another thread’s owner
    perform(call).then(
      (value) => port.postMessage({ id, value }),
      (error: unknown) => port.postMessage({ id, error: String(error) }),
    );
  });
}
