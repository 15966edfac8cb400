/**
 * The thread of the connections. Its event loop is the system's plain one: in the main thread of Electron each of the three steps of a
 * conversation would wait for the loop of the windows. Holds no account and no mytoken.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { systemClock } from '../../ports/index.ts';
import { createCallerRecogniser, FamiliarProcesses, type RecognisedCaller } from '../callers/index.ts';
import { loadLibc } from '../native/libc.ts';
import { createEarlyCollection } from './early-collection.ts';
import type { Asked } from './exchange.ts';
import { createKeySource } from './key-exchange.ts';
import { Epoch, LeaseShelf, machineMs } from './leases.ts';
import { createSocketListener } from './listener.ts';
import type { FromThread, ThreadData, ToThread } from './messages.ts';
import { codeOf } from '../place/socket-place.ts';
import type { AgentRequest } from './requests.ts';
import { createNonceSource } from './secure-channel.ts';

/** Uses of leases are told in heaps: a message for each would wake the main thread as often as asking it. */
const tellUsesAfterMs = 1_000;
/** Characters of a request that may be answered again; `oidc-token` needs a hundred. */
const longestRepeated = 4_096;

const port = parentPort;
if (port === null) throw new Error('This is the thread of the agent’s connections.');
const data = workerData as ThreadData;
const clock = systemClock();
const shelf = new LeaseShelf(new Epoch(data.epoch), { machineMs, nowMs: () => clock.nowMs() });
const familiar = new FamiliarProcesses();
const recognise = createCallerRecogniser({ ...data, familiar });
const waiting = new Map<number, { readonly key: string | null; resolve(json: string): void }>();
const collection = createEarlyCollection();
let uses = new Map<number, number>();
let lastId = 0;

const tell = (message: FromThread): void => port.postMessage(message);

const tellUses = (): void => {
  if (uses.size > 0) tell({ kind: 'used', uses });
  uses = new Map();
};

function use(id: number): void {
  if (uses.size === 0) setTimeout(tellUses, tellUsesAfterMs).unref();
  uses.set(id, (uses.get(id) ?? 0) + 1);
}

function ask({ request, text, caller, gone }: Asked): Promise<string> {
  lastId += 1;
  const id = lastId;
  return new Promise((resolve) => {
    gone.addEventListener('abort', () => {
      if (waiting.delete(id)) tell({ kind: 'withdrawn', id });
    });
    waiting.set(id, { key: mayBeRepeated(request) ? leaseKey(text, caller) : null, resolve });
    tell({ kind: 'request', id, request, caller: caller.describe() });
  });
}

const listener = createSocketListener({
  clock,
  nextKey: createKeySource(clock),
  nextNonce: createNonceSource(),
  libc: loadLibc(),
  recognise: (descriptor) => recognise(descriptor, 'agent-socket'),
  turnedAway: () => tell({ kind: 'turned-away' }),
  again(text, caller) {
    const key = leaseKey(text, caller);
    const lease = key === null ? null : shelf.find(key);
    if (lease === null) return null;
    use(lease.terms.id);
    collection.answered();
    return lease.json;
  },
  answer: ask,
});

/** Who wants a fresh token is heard by the main thread each time. */
function mayBeRepeated(request: AgentRequest): boolean {
  return request.kind === 'access_token' && request.minValidSeconds !== null;
}

/** The same program with the same words. Null: never given again; that is for who cannot be recognised, and for very many words. */
function leaseKey(text: string, { mark }: RecognisedCaller): string | null {
  return mark === null || text.length > longestRepeated ? null : `${mark}\0${text}`;
}

port.on('message', (message: ToThread) => {
  switch (message.kind) {
    case 'answer': {
      const asked = waiting.get(message.id);
      if (asked === undefined) break;
      waiting.delete(message.id);
      if (message.lease !== null && asked.key !== null) shelf.put(asked.key, message.lease, message.json);
      asked.resolve(message.json);
      break;
    }
    case 'forget-leases':
      shelf.clear();
      break;
    case 'close':
      tellUses();
      void listener.close().then(() => {
        familiar.close();
        tell({ kind: 'closed' });
      });
      break;
  }
});

listener.listen(data.path).then(
  () => tell({ kind: 'listening' }),
  (error: unknown) => tell({ kind: 'could-not-listen', code: codeOf(error) }),
);
