import { DomainError } from '../../shared/errors.ts';
import type { IssuedMytoken } from './types.ts';

/**
 * The server replaced the mytoken, but the rest of its answer is unusable. `update` must be stored all the same: it is
 * the only string that still works. The code and details are those of the failure.
 */
export class RotatedAnswerError extends DomainError {
  readonly update: IssuedMytoken;

  constructor(failure: DomainError, update: IssuedMytoken) {
    super(failure.code, failure.message, {
      details: failure.details,
      retryable: failure.retryable,
      cause: failure,
    });
    this.update = update;
  }
}
