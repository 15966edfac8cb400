/** Writing an answer, with the faults that concern its body. */
import type { ServerResponse } from 'node:http';
import type { Fault } from '../types.ts';
import type { Reply } from './exchange.ts';

/** Given to destroyed sockets; never reaches anybody. */
export const CUT = new Error('connection cut on purpose');

export function delay(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}

function brokenBody(body: Buffer): Buffer {
  // Half a document: recognisable as JSON that stops, never as a valid shorter one.
  return Buffer.concat([body.subarray(0, Math.floor(body.length / 2)), Buffer.from('{"')]);
}

function hugeBody(bytes: number): Buffer {
  const head = Buffer.from('{"padding":"');
  const tail = Buffer.from('"}');
  return Buffer.concat([head, Buffer.alloc(Math.max(0, bytes - head.length - tail.length), 'a'), tail]);
}

/** Resolves when the last byte was handed over or the client is gone. */
export async function writeReply(
  response: ServerResponse,
  reply: Reply,
  faults: readonly Fault[],
  headOnly: boolean,
): Promise<void> {
  let body = reply.body;
  let bytesPerSecond = 0;
  for (const fault of faults) {
    if (fault.kind === 'malformed-json') body = brokenBody(body);
    if (fault.kind === 'huge-body') body = hugeBody(fault.bytes);
    if (fault.kind === 'slow-body') bytesPerSecond = Math.max(1, fault.bytesPerSecond);
  }
  // Header values must be Latin-1 without line breaks; a location with raw text would throw here.
  response.writeHead(reply.status, reply.headers);
  if (reply.status === 204 || reply.status === 304 || headOnly) return void response.end();
  if (bytesPerSecond === 0) return void response.end(body);
  const tickMs = 50;
  const step = Math.max(1, Math.round((bytesPerSecond * tickMs) / 1000));
  const pauseMs = (step * 1000) / bytesPerSecond;
  for (let offset = 0; offset < body.length && !response.destroyed; offset += step) {
    response.write(body.subarray(offset, offset + step));
    await delay(pauseMs);
  }
  response.end();
}
