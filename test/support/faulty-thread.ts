/** Stands in for the thread of the agent's socket: ends by a fault as soon as leases are to be forgotten. Each start is told to the file. */
import { appendFileSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import type { ThreadData, ToThread } from '../../electron/agent/socket/messages.ts';

const { path } = workerData as ThreadData;
appendFileSync(`${path}.starts`, 'x');
parentPort?.on('message', (message: ToThread) => {
  if (message.kind === 'forget-leases') throw new TypeError('canary eyJsecret');
  if (message.kind === 'close') parentPort?.postMessage({ kind: 'closed' });
});
parentPort?.postMessage({ kind: 'listening' });
