import { ServerResponse } from 'node:http';
import { type ErrorCode, type ErrorDetails, toEnvelope } from '../../../shared/errors.ts';
import type { ClientRecord } from './types.ts';

/** An error on its way to a client. Those known beforehand are made once and cost no stack per request. */
export interface Refusal {
  readonly code: ErrorCode;
  readonly message: string;
  readonly retryable: boolean;
  readonly details: ErrorDetails;
}

/** Node's response with what we keep per request, in place of a closure or a second object per request. */
export class AgentResponse extends ServerResponse {
  /** Set when the key was accepted. */
  client: ClientRecord | null = null;
  /** True from the moment the answer is decided; nothing may be sent twice. */
  answered = false;
  /** True while the request counts as one in flight for its key. */
  counted = false;
  /** Monotonic time after which waiting ends. */
  deadlineMs = 0;
  /** Where this came in; once that retires, connections end with their answer. */
  door: { readonly retiring: boolean } | null = null;
  /** The connection ends with this answer. */
  lastOnConnection = false;
}

const passing = 503;
const conflict = 409;
const badUpstream = 502;
const internal = 500;

/**
 * HTTP status of each error (RFC 9110, section 15). Codes that have no place in this API are
 * not here and answer 500 `app/internal`.
 */
export const httpStatus: Readonly<Partial<Record<ErrorCode, number>>> = {
  'vault/locked': passing,
  'vault/backend-changed': passing,
  'vault/damaged': passing,
  'vault/unavailable': passing,
  'vault/could-not-read': passing,
  'vault/write-failed': passing,
  'mytoken/unreachable': passing,
  'mytoken/timeout': 504,
  'mytoken/tls': badUpstream,
  'mytoken/too-large': badUpstream,
  'mytoken/bad-answer': badUpstream,
  'mytoken/server-error': badUpstream,
  'mytoken/rate-limited': passing,
  'mytoken/token-unusable': conflict,
  'mytoken/expired': conflict,
  'mytoken/not-yet-valid': conflict,
  'mytoken/insufficient-capabilities': 403,
  'mytoken/usage-restricted': 403,
  'mytoken/provider-error': badUpstream,
  'mytoken/provider-session-ended': conflict,
  'mytoken/invalid-request': 400,
  'mytoken/not-supported': 400,
  'mytoken/url-not-allowed': badUpstream,
  'mytoken/issuer-mismatch': badUpstream,
  'mytoken/bad-signature': badUpstream,
  'mytoken/version-too-old': badUpstream,
  'accounts/not-found': 404,
  'accounts/none': 404,
  'accounts/needs-login': conflict,
  'accounts/uncertain': conflict,
  'accounts/ambiguous': conflict,
  'agent/not-local': 403,
  'agent/bad-host': 403,
  'agent/browser-request': 403,
  'agent/not-found': 404,
  'agent/method-not-allowed': 405,
  'agent/unsupported-media-type': 415,
  'agent/unauthorized': 401,
  'agent/account-not-allowed': 403,
  'agent/too-large': 413,
  'agent/invalid-json': 400,
  'agent/invalid-request': 400,
  'agent/rate-limited': 429,
  'agent/too-many-connections': passing,
  'agent/timeout': 408,
  'settings/could-not-save': passing,
  'app/internal': internal,
  'app/shutting-down': passing,
};

/** Details a client may see. What is not in here stays inside: modules may add details for windows and logs freely. */
const openDetails = ['account', 'field', 'expired', 'sent', 'retryAfterSeconds', 'status', 'reason'] as const;
const detailNames: Readonly<Record<(typeof openDetails)[number], string>> = {
  account: 'account',
  field: 'field',
  expired: 'expired',
  sent: 'sent',
  retryAfterSeconds: 'retry_after_seconds',
  status: 'status',
  reason: 'reason',
};

/** Last resort: JWTs, short mytokens in a bearer header, client keys. */
const secretLike = /eyJ[\w-]{8,}(?:\.[\w-]*){0,4}|\bmtd_[\w-]{8,}|\bBearer\s+\S+/g;
const longestText = 500;
const clean = (text: string): string => text.replace(secretLike, '[secret]').slice(0, longestText);

/** Headers of every answer. `Content-Length` goes behind them. */
const fixedHeaders = [
  'Content-Type',
  'application/json',
  'Cache-Control',
  'no-store',
  'X-Content-Type-Options',
  'nosniff',
  'Cross-Origin-Resource-Policy',
  'same-origin',
] as const;

export interface SendOptions {
  readonly close?: boolean;
  readonly allow?: string | undefined;
  readonly status?: number | undefined;
}

/** Sends JSON text once. An answer for which nobody waits any more goes nowhere. */
export function sendJson(response: AgentResponse, status: number, body: string, more?: string[]): void {
  if (response.answered) return;
  response.answered = true;
  if (response.destroyed) return;
  const headers: string[] = [...fixedHeaders, 'Content-Length', String(Buffer.byteLength(body))];
  if (more !== undefined) headers.push(...more);
  if (response.lastOnConnection || response.door?.retiring === true) headers.push('Connection', 'close');
  response.writeHead(status, headers);
  response.end(body);
}

/** The one shape of errors: `{ "error": { code, message, retryable, details } }`. */
export function errorBody(refusal: Refusal): string {
  const details: Record<string, string | number | boolean> = {};
  for (const name of openDetails) {
    const value = refusal.details[name];
    if (value !== undefined) details[detailNames[name]] = typeof value === 'string' ? clean(value) : value;
  }
  const { code, retryable } = refusal;
  return JSON.stringify({ error: { code, message: clean(refusal.message), retryable, details } });
}

function errorHeaders(refusal: Refusal, status: number): string[] {
  const headers: string[] = [];
  // RFC 9110, 11.6.1: a 401 names the scheme.
  if (status === 401) headers.push('WWW-Authenticate', 'Bearer realm="mytoken-desktop"');
  const asked = refusal.details.retryAfterSeconds;
  if (typeof asked === 'number') headers.push('Retry-After', String(Math.max(1, Math.ceil(asked))));
  else if (refusal.retryable && (status === 503 || status === 429)) headers.push('Retry-After', '2');
  return headers;
}

/** Answers with an error, whatever was thrown. */
export function sendError(response: AgentResponse, error: unknown, options: SendOptions = {}): void {
  if (response.answered) return;
  const known = isRefusal(error) ? error : toEnvelope(error);
  const status = options.status ?? httpStatus[known.code] ?? internal;
  // What has no place in this API is our own fault, whatever it is called inside.
  const refusal = status === internal ? toEnvelope(undefined) : known;
  const headers = errorHeaders(refusal, status);
  if (options.allow !== undefined) headers.push('Allow', options.allow);
  if (options.close === true) response.lastOnConnection = true;
  sendJson(response, status, errorBody(refusal), headers);
}

function isRefusal(value: unknown): value is Refusal {
  return typeof value === 'object' && value !== null && !(value instanceof Error) && 'code' in value;
}

const reasonPhrases: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  405: 'Method Not Allowed',
  408: 'Request Timeout',
  431: 'Request Header Fields Too Large',
};

/** The same error as bytes, for a connection on which Node found no request to answer. */
export function rawError(refusal: Refusal, status: number, nowMs: number): string {
  const body = errorBody(refusal);
  const lines = [`HTTP/1.1 ${status} ${reasonPhrases[status] ?? 'Error'}`];
  for (let index = 0; index < fixedHeaders.length; index += 2) {
    lines.push(`${fixedHeaders[index] ?? ''}: ${fixedHeaders[index + 1] ?? ''}`);
  }
  lines.push(`Content-Length: ${Buffer.byteLength(body)}`, `Date: ${new Date(nowMs).toUTCString()}`);
  lines.push('Connection: close', '', body);
  return lines.join('\r\n');
}

export function refusal(
  code: ErrorCode,
  message: string,
  details: ErrorDetails = {},
  retryable = false,
): Refusal {
  return { code, message, details, retryable };
}
