import type { DomainError } from '../../shared/errors.ts';
import { type ErrorCode, type ErrorDetails } from '../../shared/errors.ts';
import { knownCapabilities } from '../../shared/model/capabilities.ts';
import { httpDateMs, jsonOf } from './answers.ts';
import type { HttpAnswer } from './http-types.ts';
import { badAnswer, problem, type Sent } from './problems.ts';
import { apiErrorSchema } from './schemas.ts';

/**
 * Which call got the error, where the same code means different things: `login` is polling, `sub-mytoken` creation of
 * one, `code` redeeming a transfer code.
 */
export type CallKind = 'mytoken' | 'sub-mytoken' | 'login' | 'code' | 'public';

const longestRetryAfterMs = 3_600_000;
const gatewayStatuses: ReadonlySet<number> = new Set([502, 503, 504]);

interface Verdict {
  readonly code: ErrorCode;
  readonly message: string;
  readonly retryable?: boolean;
  readonly details?: ErrorDetails;
}

const unusable: Verdict = {
  code: 'mytoken/token-unusable',
  message: 'The mytoken server does not accept this mytoken (any more).',
};
const expired: Verdict = { code: 'mytoken/expired', message: 'This mytoken has expired.' };
const notYetValid: Verdict = { code: 'mytoken/not-yet-valid', message: 'This mytoken is not valid yet.' };
const sessionEnded: Verdict = {
  code: 'mytoken/provider-session-ended',
  message: 'The session at the identity provider has ended; log in again.',
};
const missingFunction: Verdict = {
  code: 'mytoken/not-supported',
  message: 'This mytoken server does not offer that function.',
};

/**
 * The error an answer stands for (mytoken protocol, "Error catalogue"). Descriptions of servers decide about the code
 * but never become part of the message: they may hold SQL, markup or worse. `nowMs` is needed for Retry-After dates.
 */
export function serverError(answer: HttpAnswer, kind: CallKind, nowMs: number): DomainError {
  const parsed = apiErrorSchema.safeParse(jsonOf(answer));
  const error = parsed.success ? parsed.data.error : null;
  const description = (parsed.success && parsed.data.error_description) || '';
  const verdict =
    (error === null ? null : byErrorCode(error, description, answer.status, kind)) ?? byStatus(answer.status);
  const sent = fateOf(answer.status, error);
  if (!verdict) return badAnswer(`status-${answer.status}`, sent);
  return problem(verdict.code, verdict.message, {
    sent,
    retryable: verdict.retryable ?? false,
    details: { ...verdict.details, ...statusDetails(answer, nowMs) },
  });
}

/**
 * A gateway answers 502 to 504 when the server behind it may well have acted, and whatever is not in the server's own
 * error format did not come from the code that rolls back. The OP's status is passed on with `oidc_error`.
 */
function fateOf(status: number, error: string | null): Sent {
  if (gatewayStatuses.has(status)) return error === 'oidc_error' ? 'rejected' : 'maybe';
  if (status >= 500) return error === null ? 'maybe' : 'rejected';
  return status >= 400 ? 'rejected' : 'maybe';
}

function byErrorCode(error: string, description: string, status: number, kind: CallKind): Verdict | null {
  switch (error) {
    case 'oidc_error':
      return providerProblem(description, status);
    case 'invalid_token':
      return invalidToken(description, status, kind);
    case 'expired_token':
      return kind === 'login'
        ? { code: 'login/expired', message: 'The login was not finished in time.' }
        : expired;
    case 'access_denied':
      if (status === 403 && /grant type not enabled/i.test(description)) return grantOff;
      if (kind !== 'login') return invalidRequest('access-denied');
      return { code: 'login/declined', message: 'The login was declined in the browser.' };
    case 'insufficient_capabilities':
      return {
        code: 'mytoken/insufficient-capabilities',
        message: 'This mytoken lacks the capability for that.',
        details: namedCapability(description),
      };
    case 'usage_restricted':
      return {
        code: 'mytoken/usage-restricted',
        message: 'The restrictions of this mytoken do not allow this use.',
      };
    case 'invalid_grant':
      if (status === 403) return invalidRequest('foreign-mytoken');
      return /unsupported/i.test(description) ? missingFunction : invalidRequest('invalid-grant');
    case 'invalid_request':
      if (status === 409) return alreadyThere;
      return unusableAsRequestError(description) ?? invalidRequest(requestProblem(description));
    case 'mail_required':
      return {
        code: 'mytoken/mail-required',
        message: 'The mytoken server has no checked mail address of the user.',
      };
    case 'not_found':
      return notThere;
    case 'not_yet_implemented':
      return missingFunction;
    case 'internal_server_error':
      return serverFailure;
    default:
      return null;
  }
}

const grantOff: Verdict = {
  code: 'mytoken/grant-off',
  message: 'This way of getting mytokens is switched off for the user.',
};

const alreadyThere: Verdict = {
  code: 'mytoken/already-there',
  message: 'The server has this already.',
};

const notThere: Verdict = { code: 'mytoken/not-found', message: 'The server does not know this any more.' };

const serverFailure: Verdict = {
  code: 'mytoken/server-error',
  message: 'The mytoken server reported an internal error.',
  retryable: true,
};

function byStatus(status: number): Verdict | null {
  switch (status) {
    case 404:
    case 405:
    case 501:
      return missingFunction;
    case 429:
      return {
        code: 'mytoken/rate-limited',
        message: 'The mytoken server asks to wait before the next request.',
        retryable: true,
      };
    case 400:
    case 409:
    case 422:
      return invalidRequest('refused');
    case 413:
    case 414:
    case 431:
      return invalidRequest('too-large');
    case 555:
      return { code: 'mytoken/provider-error', message: 'The identity provider reported an error.' };
    default:
      return status >= 500 ? serverFailure : null;
  }
}

function invalidToken(description: string, status: number, kind: CallKind): Verdict {
  if (kind === 'login') {
    // Unknown to the server: redeemed by somebody else, or deleted after an error of the provider.
    return {
      code: 'login/taken',
      message: 'The login failed at the provider, or its mytoken was already picked up.',
      details: { reason: 'unknown-code' },
    };
  }
  if (kind === 'code') return { ...unusable, details: { reason: 'unknown-code' } };
  const lostRefreshToken =
    /no refresh token/i.test(description) || (kind === 'sub-mytoken' && status === 400 && description === '');
  if (lostRefreshToken) return sessionEnded;
  return (
    timeProblem(description) ?? {
      ...unusable,
      details: { reason: description === '' ? 'revoked-or-replaced' : 'invalid' },
    }
  );
}

function timeProblem(description: string): Verdict | null {
  if (/token is expired/i.test(description)) return expired;
  return /not valid yet/i.test(description) ? notYetValid : null;
}

/** The 400 form of a bad mytoken: where the body field is decoded directly, anything unparsable is a request error. */
function unusableAsRequestError(description: string): Verdict | null {
  const time = timeProblem(description);
  if (time) return time;
  return /^token not valid\b|signature is invalid|^no (?:my)?token (?:given|found)/i.test(description)
    ? { ...unusable, details: { reason: 'invalid' } }
    : null;
}

function providerProblem(description: string, status: number): Verdict {
  const providerError = /^[a-z_]{1,40}(?=:|$)/.exec(description)?.[0];
  if (providerError === 'invalid_grant') return sessionEnded;
  return {
    code: 'mytoken/provider-error',
    message: 'The identity provider refused to issue an access token.',
    retryable: status >= 500 || providerError === 'temporarily_unavailable',
    details: providerError === undefined ? {} : { providerError },
  };
}

function invalidRequest(reason: string): Verdict {
  return {
    code: 'mytoken/invalid-request',
    message: 'The mytoken server refused the request.',
    details: { reason },
  };
}

const requestProblems: readonly (readonly [RegExp, string])[] = [
  [/issuer is not supported/i, 'provider-not-supported'],
  [/unknown include name/i, 'unknown-template'],
  [/already be expired/i, 'already-expired'],
  [/cannot have any of the requested capabilities/i, 'no-capability-left'],
  [/not subset of original restrictions/i, 'restrictions-not-tighter'],
  [/not respect maximum mytoken lifetime/i, 'lifetime-too-long'],
  [/not for specified issuer/i, 'other-provider'],
  [/redirect_uri must be given/i, 'polling-disabled'],
  [/non-expiring mytokens/i, 'never-expires'],
];

function requestProblem(description: string): string {
  return requestProblems.find(([pattern]) => pattern.test(description))?.[1] ?? 'refused';
}

/** Only capabilities we know: the rest of the sentence is the server's and may be anything. */
function namedCapability(description: string): ErrorDetails {
  const known: ReadonlySet<string> = new Set(knownCapabilities);
  const capability = description
    .slice(0, 500)
    .split(/[^A-Za-z_:@]+/)
    .map((word) => word.replace(/:+$/, ''))
    .find((word) => known.has(word.replace(/^read@/, '')));
  return capability === undefined ? {} : { capability };
}

function statusDetails(answer: HttpAnswer, nowMs: number): ErrorDetails {
  const details: Record<string, string | number> = { status: answer.status };
  const requestId = answer.headers['x-request-id'] ?? '';
  if (answer.status >= 500 && /^[\w.:-]{1,64}$/.test(requestId)) details['requestId'] = requestId;
  const retryAfterMs = retryAfter(answer.headers['retry-after'], nowMs);
  if (retryAfterMs !== null) details['retryAfterMs'] = retryAfterMs;
  return details;
}

/** RFC 9110, 10.2.3: seconds or a date. At most an hour, whatever the server says. */
function retryAfter(header: string | undefined, nowMs: number): number | null {
  if (header === undefined) return null;
  const text = header.trim();
  const waitMs = /^\d{1,9}$/.test(text) ? Number(text) * 1000 : httpDateMs(text) - nowMs;
  return Number.isFinite(waitMs) ? Math.min(Math.max(0, waitMs), longestRetryAfterMs) : null;
}
