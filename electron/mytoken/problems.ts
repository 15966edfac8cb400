import { DomainError, type ErrorCode, type ErrorDetails } from '../../shared/errors.ts';

/**
 * What is known about the fate of a failed request: `no`, the server cannot have processed it; `maybe`, it was written
 * (at least partly) and no believable answer came back; `rejected`, the server answered that nothing was done.
 */
export type Sent = 'no' | 'maybe' | 'rejected';

export interface ProblemOptions {
  readonly sent: Sent;
  readonly retryable?: boolean;
  readonly details?: ErrorDetails;
  readonly cause?: unknown;
}

/** A DomainError that tells the fate of its request in `details.sent`. */
export function problem(code: ErrorCode, message: string, options: ProblemOptions): DomainError {
  return new DomainError(code, message, {
    details: { ...options.details, sent: options.sent },
    retryable: options.retryable ?? false,
    ...(options.cause === undefined ? {} : { cause: options.cause }),
  });
}

/** The same error with another fate, for requests that only prepared or followed the one that matters. */
export function withSent(error: unknown, sent: Sent): unknown {
  if (!(error instanceof DomainError)) return error;
  return problem(error.code, error.message, {
    sent,
    retryable: error.retryable,
    details: error.details,
    cause: error.cause,
  });
}

/** The answer arrived but is not what the protocol says; `reason` is one of our own words, never server text. */
export function badAnswer(reason: string, sent: Sent = 'maybe', cause?: unknown): DomainError {
  return problem('mytoken/bad-answer', 'The mytoken server sent an answer that cannot be understood.', {
    sent,
    details: { reason },
    cause,
  });
}

/** The server does not offer what is asked for, as its discovery document says. */
export function notSupported(feature: string): DomainError {
  return problem('mytoken/not-supported', 'This mytoken server does not offer that function.', {
    sent: 'no',
    details: { feature },
  });
}
