import { ServerResponse } from 'node:http';
import type { Asking } from './askers.ts';
import { type Problem, problemOf, type Refusal } from './problems.ts';
import type { TokenJob } from './token-job.ts';

/** Node's response with what we keep per request, in place of a closure or a second object per request. */
export class AgentResponse extends ServerResponse {
  /** Set when it is known who asks. */
  asking: Asking | null = null;
  /** What this answer waits for. */
  job: TokenJob | null = null;
  /** True from the moment the answer is decided; nothing may be sent twice. */
  answered = false;
  /** True while the request counts as one in flight for its key. */
  counted = false;
  /** Monotonic time since which it waits, and after which waiting ends. */
  waitsSinceMs = 0;
  deadlineMs = 0;
  /** Waits longer than a server would take: no longer counts as a connection in use. */
  parked = false;
  /** Where this came in; once that retires, connections end with their answer. */
  door: { readonly retiring: boolean } | null = null;
  /** The connection ends with this answer. */
  lastOnConnection = false;
}

/** Headers of every answer. */
const fixedHeaders = [
  'Cache-Control',
  'no-store',
  'X-Content-Type-Options',
  'nosniff',
  'Cross-Origin-Resource-Policy',
  'same-origin',
] as const;
const json = 'application/json';
/** RFC 9457, 3. */
const problemJson = 'application/problem+json';

export interface SendOptions {
  readonly close?: boolean;
  readonly allow?: string | undefined;
  readonly status?: number | undefined;
}

/** Sends JSON text once. An answer for which nobody waits any more goes nowhere. */
export function sendJson(
  response: AgentResponse,
  status: number,
  body: string,
  more?: readonly string[],
  type = json,
): void {
  if (response.answered) return;
  response.answered = true;
  if (response.destroyed) return;
  const headers: string[] = ['Content-Type', type, ...fixedHeaders];
  headers.push('Content-Length', String(Buffer.byteLength(body)));
  if (more !== undefined) headers.push(...more);
  if (response.lastOnConnection || response.door?.retiring === true) headers.push('Connection', 'close');
  response.writeHead(status, headers);
  response.end(body);
}

function problemHeaders({ status, retryAfterSeconds }: Problem): string[] {
  const headers: string[] = [];
  // RFC 9110, 11.6.1: a 401 names the scheme.
  if (status === 401) headers.push('WWW-Authenticate', 'Bearer realm="mytoken-desktop"');
  if (retryAfterSeconds !== null) headers.push('Retry-After', String(retryAfterSeconds));
  return headers;
}

/** Answers with a problem, whatever was thrown. */
export function sendError(response: AgentResponse, error: unknown, options: SendOptions = {}): void {
  if (response.answered) return;
  const problem = problemOf(error, options.status);
  const headers = problemHeaders(problem);
  if (options.allow !== undefined) headers.push('Allow', options.allow);
  if (options.close === true) response.lastOnConnection = true;
  sendJson(response, problem.status, JSON.stringify(problem.members), headers, problemJson);
}

const reasonPhrases: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  405: 'Method Not Allowed',
  408: 'Request Timeout',
  431: 'Request Header Fields Too Large',
};

/** The same as bytes, for a connection on which Node found no request to answer. */
export function rawError(refused: Refusal, status: number, nowMs: number): string {
  const body = JSON.stringify(problemOf(refused, status).members);
  const lines = [`HTTP/1.1 ${status} ${reasonPhrases[status] ?? 'Error'}`, `Content-Type: ${problemJson}`];
  for (let index = 0; index < fixedHeaders.length; index += 2) {
    lines.push(`${fixedHeaders[index] ?? ''}: ${fixedHeaders[index + 1] ?? ''}`);
  }
  lines.push(`Content-Length: ${Buffer.byteLength(body)}`, `Date: ${new Date(nowMs).toUTCString()}`);
  lines.push('Connection: close', '', body);
  return lines.join('\r\n');
}
