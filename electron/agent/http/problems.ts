import { type ErrorCode, type ErrorDetails, toEnvelope } from '../../../shared/errors.ts';
import { en } from '../../../shared/i18n/en.ts';

/** An error on its way to a client. Those known beforehand are made once and cost no stack per request. */
export interface Refusal {
  readonly code: ErrorCode;
  readonly message: string;
  readonly retryable: boolean;
  readonly details: ErrorDetails;
}

export function refusal(
  code: ErrorCode,
  message: string,
  details: ErrorDetails = {},
  retryable = false,
): Refusal {
  return { code, message, details, retryable };
}

const passing = 503;
const conflict = 409;
const badUpstream = 502;
export const internalStatus = 500;

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
  'mytoken/mail-required': badUpstream,
  'mytoken/grant-off': badUpstream,
  'mytoken/not-found': badUpstream,
  'mytoken/already-there': badUpstream,
  'accounts/not-found': 404,
  'accounts/none': 404,
  'accounts/needs-login': conflict,
  'accounts/uncertain': conflict,
  'accounts/ambiguous': conflict,
  'compose/invalid': 400,
  'compose/not-the-parents': 403,
  'compose/would-widen': 403,
  'compose/widened': badUpstream,
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
  'agent/denied': 403,
  'agent/blocked': 403,
  'agent/approval-timeout': passing,
  'agent/withdrawn': conflict,
  'agent/too-many-requests': 429,
  'agent/request-gone': 404,
  'agent/idempotency-mismatch': 422,
  'settings/could-not-save': passing,
  'app/internal': internalStatus,
  'app/locked': passing,
  'app/paused': passing,
  'app/shutting-down': passing,
};

/** What identifies a kind of problem for good (RFC 9457, 3.1.1): a name, not an address to fetch. */
export function problemType(code: ErrorCode): string {
  return `urn:mytoken-desktop:problem:${code}`;
}

/** Details a client may see. What is not in here stays inside: modules may add details for windows and logs freely. */
const openDetails = ['account', 'field', 'expired', 'sent', 'status', 'reason'] as const;
const detailNames: Readonly<Record<(typeof openDetails)[number], string>> = {
  account: 'account',
  field: 'field',
  expired: 'expired',
  sent: 'sent',
  // The member `status` is the answer's own (RFC 9457, 3.1.2).
  status: 'server_status',
  reason: 'reason',
};

/** Last resort: JWTs, short mytokens in a bearer header, client keys. */
const secretLike = /eyJ[\w-]{8,}(?:\.[\w-]*){0,4}|\bmtd_[\w-]{8,}|\bBearer\s+\S+/g;
const longestText = 500;
const clean = (text: string): string => text.replace(secretLike, '[secret]').slice(0, longestText);

/** Repeating at once what nobody answered would only be the same question again. */
const afterSilenceSeconds = 60;
const soonSeconds = 2;

/** Whole seconds to wait before the same request makes sense again; null where waiting alone changes nothing. */
function retryAfterSeconds({ code, retryable, details }: Refusal, status: number): number | null {
  const { retryAfterSeconds: seconds, retryAfterMs } = details;
  if (typeof seconds === 'number') return Math.max(1, Math.ceil(seconds));
  if (typeof retryAfterMs === 'number') return Math.max(1, Math.ceil(retryAfterMs / 1000));
  if (!retryable || (status !== passing && status !== 429)) return null;
  return code === 'agent/approval-timeout' ? afterSilenceSeconds : soonSeconds;
}

export interface Problem {
  readonly status: number;
  /** A problem details object (RFC 9457). */
  readonly members: Readonly<Record<string, string | number | boolean>>;
  readonly retryAfterSeconds: number | null;
}

/** The one shape of errors, for whatever was thrown. */
export function problemOf(error: unknown, otherStatus?: number): Problem {
  const known = isRefusal(error) ? error : toEnvelope(error);
  const status = otherStatus ?? httpStatus[known.code] ?? internalStatus;
  // What has no place in this API is our own fault, whatever it is called inside.
  const refused = status === internalStatus ? toEnvelope(undefined) : known;
  const { code, message, retryable, details } = refused;
  const members: Record<string, string | number | boolean> = {
    type: problemType(code),
    title: en[`error.${code}.text`],
    status,
    detail: clean(message),
    code,
    retryable,
  };
  for (const name of openDetails) {
    const value = details[name];
    if (value !== undefined) members[detailNames[name]] = typeof value === 'string' ? clean(value) : value;
  }
  return { status, members, retryAfterSeconds: retryAfterSeconds(refused, status) };
}

function isRefusal(value: unknown): value is Refusal {
  return typeof value === 'object' && value !== null && !(value instanceof Error) && 'code' in value;
}
