import { DomainError } from '../../shared/errors.ts';
import { problem, type Sent } from './problems.ts';

/** How far a request got before it failed. */
export interface Progress {
  /** The connection stood and writing began: from here on the server may have acted. */
  readonly started: boolean;
  /** Status line and headers had arrived. */
  readonly answered: boolean;
  readonly host: string;
}

const dnsCodes: ReadonlySet<string> = new Set([
  'ENOTFOUND',
  'EAI_AGAIN',
  'EAI_FAIL',
  'EAI_NODATA',
  'EAI_NONAME',
]);
const routeCodes: ReadonlySet<string> = new Set([
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENETDOWN',
  'EHOSTDOWN',
  'EADDRNOTAVAIL',
  'EACCES',
  'EPERM',
]);
const timeoutCodes: ReadonlySet<string> = new Set([
  'ETIMEDOUT',
  'ESOCKETTIMEDOUT',
  'UND_ERR_CONNECT_TIMEOUT',
  'UND_ERR_HEADERS_TIMEOUT',
  'UND_ERR_BODY_TIMEOUT',
]);

/** Certificate verdicts of OpenSSL and BoringSSL (X509_V_ERR_* as Node names them) in words a person can be told. */
const tlsReasons: Readonly<Record<string, string>> = {
  DEPTH_ZERO_SELF_SIGNED_CERT: 'self-signed',
  SELF_SIGNED_CERT_IN_CHAIN: 'unknown-authority',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'unknown-authority',
  UNABLE_TO_GET_ISSUER_CERT: 'unknown-authority',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'unknown-authority',
  CERT_UNTRUSTED: 'unknown-authority',
  INVALID_CA: 'unknown-authority',
  CERT_HAS_EXPIRED: 'expired',
  CERT_NOT_YET_VALID: 'not-yet-valid',
  ERR_TLS_CERT_ALTNAME_INVALID: 'wrong-name',
  HOSTNAME_MISMATCH: 'wrong-name',
  CERT_REVOKED: 'revoked',
  CERT_SIGNATURE_FAILURE: 'invalid',
  CERT_CHAIN_TOO_LONG: 'invalid',
  INVALID_PURPOSE: 'invalid',
  CERT_REJECTED: 'invalid',
};

/** Turns what undici and Node report into the errors described at `Http`. */
export function failureOf(error: unknown, progress: Progress): DomainError {
  if (error instanceof DomainError) return error;
  const sent: Sent = progress.started ? 'maybe' : 'no';
  const code = codeOf(error);
  const details = { host: progress.host };

  const tlsReason = tlsReasonOf(code);
  if (tlsReason !== null) {
    return problem('mytoken/tls', 'No secure connection to the mytoken server could be made.', {
      sent,
      details: { ...details, reason: tlsReason },
      cause: bare(error),
    });
  }
  if (timeoutCodes.has(code)) return timedOut(progress, bare(error));
  if (isParserError(error) || code === 'UND_ERR_HEADERS_OVERFLOW') {
    return problem('mytoken/bad-answer', 'The mytoken server did not answer in proper HTTP.', {
      sent,
      details: { ...details, reason: 'http' },
      cause: bare(error),
    });
  }
  if (code === 'UND_ERR_RES_CONTENT_LENGTH_MISMATCH' || progress.answered) {
    return problem('mytoken/bad-answer', 'The answer of the mytoken server was cut off.', {
      sent,
      retryable: true,
      details: { ...details, reason: 'truncated' },
      cause: bare(error),
    });
  }
  return problem('mytoken/unreachable', 'The mytoken server could not be reached.', {
    sent,
    retryable: true,
    details: { ...details, reason: unreachableReason(code, error) },
    cause: bare(error),
  });
}

export function timedOut(progress: Progress, cause?: unknown): DomainError {
  return problem('mytoken/timeout', 'The mytoken server did not answer in time.', {
    sent: progress.started ? 'maybe' : 'no',
    retryable: true,
    details: { host: progress.host, reason: progress.started ? 'answer' : 'connect' },
    cause,
  });
}

export function aborted(progress: Progress): DomainError {
  return problem('mytoken/unreachable', 'The request was given up.', {
    sent: progress.started ? 'maybe' : 'no',
    details: { host: progress.host, reason: 'aborted' },
  });
}

export function tooLarge(progress: Progress): DomainError {
  return problem('mytoken/too-large', 'The answer of the mytoken server is too large.', {
    sent: progress.started ? 'maybe' : 'no',
    details: { host: progress.host },
  });
}

export function shuttingDown(progress: Progress): DomainError {
  return problem('app/shutting-down', 'Mytoken Desktop is quitting.', {
    sent: progress.started ? 'maybe' : 'no',
    retryable: true,
  });
}

/** undici's parser errors have no code in some versions, only the name. */
function isParserError(error: unknown): boolean {
  return error instanceof Error && error.name === 'HTTPParserError';
}

/**
 * Name and code, nothing else: undici's parser errors carry the bytes that were received, which may hold the very
 * mytoken that was just issued, and somebody may print causes.
 */
function bare(error: unknown): Error | undefined {
  if (!(error instanceof Error)) return undefined;
  const code = codeOf(error);
  return new Error(code === '' ? error.name : `${error.name} ${code}`);
}

function unreachableReason(code: string, error: unknown): string {
  if (dnsCodes.has(code)) return 'dns';
  if (code === 'ECONNREFUSED') return 'refused';
  if (routeCodes.has(code)) return 'no-route';
  if (error instanceof Error && error.message.startsWith('Proxy response')) return 'proxy';
  return 'reset';
}

function tlsReasonOf(code: string): string | null {
  const known = tlsReasons[code];
  if (known !== undefined) return known;
  if (code === 'UND_ERR_PRX_TLS') return 'proxy';
  if (
    code === 'EPROTO' ||
    code.startsWith('ERR_SSL_') ||
    code.startsWith('ERR_TLS_') ||
    code.startsWith('ERR_OSSL_')
  ) {
    return 'protocol';
  }
  return null;
}

/** The first code along causes and, for connection attempts to several addresses, inside an AggregateError. */
function codeOf(error: unknown, depth = 0): string {
  if (!(error instanceof Error) || depth > 4) return '';
  const code: unknown = 'code' in error ? error.code : undefined;
  if (typeof code === 'string' && code !== '') return code;
  const inner: unknown = error instanceof AggregateError ? error.errors[0] : error.cause;
  return codeOf(inner, depth + 1);
}
