import type { IncomingHttpHeaders } from 'node:http';
import { refusal, type Refusal } from './problems.ts';

/** How long a client wants to wait, and whether it holds the connection meanwhile (RFC 7240). */
export interface Preferences {
  readonly respondAsync: boolean;
  /** Seconds; null when not named. */
  readonly waitSeconds: number | null;
}

const none: Preferences = { respondAsync: false, waitSeconds: null };
const longestHeader = 512;
const longestWaitSeconds = 3600;

/** Reads `Prefer`. What is not known or makes no sense is ignored, as it has to be (RFC 7240, 2). */
export function parsePreferences(header: string | string[] | undefined): Preferences {
  if (header === undefined) return none;
  const text = typeof header === 'string' ? header : header.join(',');
  const named = new Map<string, string>();
  for (const preference of text.slice(0, longestHeader).split(',')) {
    const [name = '', value = ''] = (preference.split(';', 1)[0] ?? '').split('=', 2);
    const key = name.trim().toLowerCase();
    // Of repeated ones the first counts.
    if (key !== '' && !named.has(key)) named.set(key, value.trim().replaceAll('"', ''));
  }
  const wait = named.get('wait') ?? '';
  return {
    respondAsync: named.has('respond-async'),
    waitSeconds: /^\d{1,6}$/.test(wait) ? Math.min(Number(wait), longestWaitSeconds) : null,
  };
}

const badKey = refusal(
  'agent/invalid-request',
  'Idempotency-Key must be 8 to 128 printable characters without blanks.',
  { field: 'Idempotency-Key' },
);
/** As a quoted string or bare: both are seen in the wild. */
const quoted = /^"([^"\\]*)"$/;
const keyForm = /^[\x21\x23-\x5B\x5D-\x7E]{8,128}$/;

/** The client's own name for a request; null when it gave none. */
export function parseIdempotencyKey(
  headers: IncomingHttpHeaders,
): { readonly ok: true; readonly key: string | null } | { readonly ok: false; readonly refusal: Refusal } {
  const header = headers['idempotency-key'];
  if (header === undefined) return { ok: true, key: null };
  const text = typeof header === 'string' ? header.trim() : '';
  const key = quoted.exec(text)?.[1] ?? text;
  return keyForm.test(key) ? { ok: true, key } : { ok: false, refusal: badKey };
}
