import { DomainError } from '../../shared/errors.ts';

/** The ways in which a request ends without what was asked for. */
export const refusals = {
  accountGone: () => new DomainError('accounts/not-found', 'The account was removed.'),
  blocked: () => new DomainError('agent/blocked', 'The user blocked this program.'),
  denied: () => new DomainError('agent/denied', 'The user did not allow this.'),
  timedOut: () =>
    new DomainError('agent/approval-timeout', 'Nobody answered the request in time.', { retryable: true }),
  withdrawn: () => new DomainError('agent/withdrawn', 'The program withdrew its request.'),
  tooMany: (retryAfterMs: number) =>
    new DomainError('agent/too-many-requests', 'Too many requests; wait before asking again.', {
      retryable: true,
      details: { retryAfterMs: Math.ceil(retryAfterMs) },
    }),
  gone: () => new DomainError('agent/request-gone', 'This request is not waiting any more.'),
  locked: () => new DomainError('app/locked', 'Mytoken Desktop is locked.', { retryable: true }),
  paused: () =>
    new DomainError('app/paused', 'Local access is paused in Mytoken Desktop.', { retryable: true }),
  shuttingDown: () =>
    new DomainError('app/shutting-down', 'Mytoken Desktop is quitting.', { retryable: true }),
} as const;
