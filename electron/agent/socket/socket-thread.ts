import { Worker } from 'node:worker_threads';
import type { FromThread, ThreadData, ToThread } from './messages.ts';

/** The thread of the connections, as the main thread holds it. */
export interface SocketThread {
  tell(message: ToThread): void;
  /** Lets it end its connections and remove the socket, then ends it; by force when it does not answer. */
  close(): Promise<void>;
}

export interface SocketThreadDeps {
  /** Of `thread.ts`, or of what the build made of it. */
  readonly url: URL;
  readonly data: ThreadData;
  readonly onMessage: (message: FromThread) => void;
  /** It ended by itself, which it never should. */
  readonly onEnded: (reason: string) => void;
}

const closeLimitMs = 2_000;
/** It holds a few connections and answers; what needs more than this is a fault, which must not take the app along. */
const limits = { maxOldGenerationSizeMb: 64, maxYoungGenerationSizeMb: 8, stackSizeMb: 2 };

export function startSocketThread({ url, data, onMessage, onEnded }: SocketThreadDeps): SocketThread {
  const worker = new Worker(url, { workerData: data, execArgv: [], env: {}, resourceLimits: limits });
  worker.unref();
  let closed: (() => void) | null = null;
  let reason = 'it ended';

  worker.on('message', (message: FromThread) => {
    if (message.kind === 'closed') closed?.();
    else onMessage(message);
  });
  worker.on('error', (error) => {
    // The name only: what went wrong there may have had a request in its hands.
    reason = error instanceof Error ? error.name : 'unknown';
  });
  worker.on('exit', () => {
    if (closed === null) onEnded(reason);
    else closed();
  });

  return {
    tell: (message) => worker.postMessage(message),
    async close() {
      await new Promise<void>((resolve) => {
        closed = resolve;
        worker.postMessage({ kind: 'close' } satisfies ToThread);
        setTimeout(resolve, closeLimitMs).unref();
      });
      await worker.terminate();
    },
  };
}
