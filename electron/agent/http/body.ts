import { isUtf8 } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import { refusal, type Refusal } from './problems.ts';

const tooLarge = refusal('agent/too-large', 'The body is larger than 64 KiB.');
const invalid = refusal('agent/invalid-json', 'The body is not valid JSON in UTF-8.');
const empty = refusal('agent/invalid-json', 'The body is empty; send at least {}.');

export type Body =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly refusal: Refusal; readonly close: boolean };

export interface BodyLimits {
  readonly bodyBytes: number;
  readonly discardBytes: number;
}

/**
 * Reads a JSON body and calls `done` once; never when the client goes away before the end. Of a body that is too large a
 * bounded rest is read and thrown away first: closing a connection on unread bytes resets it, and the client would
 * see no answer (RFC 9112, 9.6).
 */
export function readJsonBody(request: IncomingMessage, limits: BodyLimits, done: (body: Body) => void): void {
  let first: Buffer | null = null;
  let rest: Buffer[] | null = null;
  let size = 0;
  let over = false;
  let finished = false;

  const finish = (body: Body): void => {
    if (finished) return;
    finished = true;
    done(body);
  };

  request.on('data', (chunk: Buffer) => {
    size += chunk.length;
    if (over || size > limits.bodyBytes) {
      over = true;
      first = null;
      rest = null;
      if (size > limits.bodyBytes + limits.discardBytes) {
        finish({ ok: false, refusal: tooLarge, close: true });
      }
    } else if (first === null) first = chunk;
    else if (rest === null) rest = [first, chunk];
    else rest.push(chunk);
  });
  request.on('end', () => {
    if (over) finish({ ok: false, refusal: tooLarge, close: true });
    else finish(parse(rest === null ? first : Buffer.concat(rest)));
  });
}

function parse(bytes: Buffer | null): Body {
  if (bytes === null || bytes.length === 0) return { ok: false, refusal: empty, close: false };
  if (!isUtf8(bytes)) return { ok: false, refusal: invalid, close: false };
  try {
    return { ok: true, value: JSON.parse(bytes.toString('utf8')) as unknown };
  } catch {
    // The parser's own message quotes the body, which may hold anything.
    return { ok: false, refusal: invalid, close: false };
  }
}
