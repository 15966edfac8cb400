/** Stands in for the thread of the agent's socket: its client asks for a mytoken, and leaves while the answer is on its way. */
import { parentPort } from 'node:worker_threads';
import type { FromThread, ToThread } from '../../electron/agent/socket/messages.ts';
import { unknownCaller } from '../../electron/agent/callers/describe.ts';

const tell = (message: FromThread): void => parentPort?.postMessage(message);

parentPort?.on('message', (message: ToThread) => {
  if (message.kind === 'answer') tell({ kind: 'withdrawn', id: message.id });
  if (message.kind === 'close') tell({ kind: 'closed' });
});
tell({ kind: 'listening' });
tell({ kind: 'request', id: 1, request: { kind: 'check' }, caller: unknownCaller('agent-socket') });
