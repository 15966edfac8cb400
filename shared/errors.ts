/**
 * Every error a person or a program can meet, by its stable code `area/reason`. Texts and the suggested next step live
 * in the catalogues under `error.<code>.text` and `error.<code>.next`; a test checks that none is missing.
 */
export const errorCodes = [
  'vault/locked',
  'vault/backend-changed',
  'vault/damaged',
  'vault/unavailable',
  'vault/could-not-read',
  'vault/write-failed',
  'mytoken/unreachable',
  'mytoken/timeout',
  'mytoken/tls',
  'mytoken/too-large',
  'mytoken/bad-answer',
  'mytoken/server-error',
  'mytoken/rate-limited',
  'mytoken/token-unusable',
  'mytoken/expired',
  'mytoken/not-yet-valid',
  'mytoken/insufficient-capabilities',
  'mytoken/usage-restricted',
  'mytoken/provider-error',
  'mytoken/provider-session-ended',
  'mytoken/invalid-request',
  'mytoken/not-supported',
  'mytoken/url-not-allowed',
  'mytoken/issuer-mismatch',
  'mytoken/bad-signature',
  'mytoken/version-too-old',
  'mytoken/mail-required',
  'mytoken/grant-off',
  'mytoken/not-found',
  'mytoken/already-there',
  'login/declined',
  'login/expired',
  'login/taken',
  'login/cancelled',
  'login/browser-failed',
  'login/unknown-flow',
  'login/different-user',
  'accounts/not-found',
  'accounts/none',
  'accounts/shortname-taken',
  'accounts/shortname-invalid',
  'accounts/already-there',
  'accounts/needs-login',
  'accounts/uncertain',
  'accounts/ambiguous',
  'import/no-mytoken-found',
  'import/not-a-mytoken',
  'import/file-unreadable',
  'import/server-needed',
  'import/not-supported-here',
  'compose/invalid',
  'compose/not-the-parents',
  'compose/would-widen',
  'compose/widened',
  'compose/gone',
  'profiles/not-readable',
  'profiles/too-many',
  'agent/not-local',
  'agent/bad-host',
  'agent/browser-request',
  'agent/not-found',
  'agent/method-not-allowed',
  'agent/unsupported-media-type',
  'agent/unauthorized',
  'agent/account-not-allowed',
  'agent/too-large',
  'agent/invalid-json',
  'agent/invalid-request',
  'agent/rate-limited',
  'agent/too-many-connections',
  'agent/timeout',
  'agent/port-taken',
  'agent/client-not-found',
  'agent/denied',
  'agent/approval-timeout',
  'agent/withdrawn',
  'agent/too-many-requests',
  'agent/blocked',
  'agent/request-gone',
  'agent/idempotency-mismatch',
  'agent/pairing-unknown',
  'agent/not-narrower',
  'agent/socket-taken',
  'agent/socket-path',
  'agent/socket-thread',
  'handover/foreign-file',
  'handover/unsafe-place',
  'handover/place-taken',
  'handover/not-shareable',
  'handover/not-kept',
  'handover/no-terminal',
  'in-place/foreign-place',
  'in-place/untrusted-place',
  'in-place/environment-foreign',
  'in-place/environment-path',
  'server/ssh-key-unreadable',
  'settings/invalid',
  'settings/could-not-save',
  'ipc/invalid-argument',
  'ipc/not-allowed',
  'app/internal',
  'app/locked',
  'app/paused',
  'app/shutting-down',
] as const;

export type ErrorCode = (typeof errorCodes)[number];
export type ErrorDetails = Readonly<Record<string, string | number | boolean>>;

/** What crosses process borders: nothing but plain data, never a stack, never a secret. */
export interface ErrorEnvelope {
  readonly code: ErrorCode;
  /** English, for logs and local API clients; windows translate by `code` instead. */
  readonly message: string;
  readonly details: ErrorDetails;
  /** True when the same call may succeed later without anybody changing anything. */
  readonly retryable: boolean;
}

export interface DomainErrorOptions {
  readonly details?: ErrorDetails;
  readonly retryable?: boolean;
  readonly cause?: unknown;
}

/** The one error class of the domain. `message` is English and must never contain a secret. */
export class DomainError extends Error {
  readonly code: ErrorCode;
  readonly details: ErrorDetails;
  readonly retryable: boolean;

  constructor(code: ErrorCode, message: string, options: DomainErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'DomainError';
    this.code = code;
    this.details = options.details ?? {};
    this.retryable = options.retryable ?? false;
  }

  toEnvelope(): ErrorEnvelope {
    return { code: this.code, message: this.message, details: this.details, retryable: this.retryable };
  }
}

/** Anything thrown becomes an envelope; what is not a DomainError tells the outside nothing but `app/internal`. */
export function toEnvelope(error: unknown): ErrorEnvelope {
  if (error instanceof DomainError) return error.toEnvelope();
  return {
    code: 'app/internal',
    message: 'Something unexpected went wrong inside Mytoken Desktop.',
    details: {},
    retryable: false,
  };
}
