import { DomainError } from '../../shared/errors.ts';

/** The system's error code (`ENOSPC`, `EACCES`), or null for anything else. */
export function systemCode(error: unknown): string | null {
  if (!(error instanceof Error) || !('code' in error)) return null;
  return typeof error.code === 'string' ? error.code : null;
}

/** A path that somebody else could have prepared: a symlink, a foreign owner, not a plain file. */
export class UnsafePathError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'UnsafePathError';
  }
}

/** Passes domain errors on; anything else means that the disk did not take the write. */
export function writeFailed(error: unknown): DomainError {
  if (error instanceof DomainError) return error;
  const reason = error instanceof UnsafePathError ? 'unsafe-path' : (systemCode(error) ?? 'unknown');
  return new DomainError('vault/write-failed', 'The vault could not be written to disk.', {
    details: { reason },
    cause: error,
  });
}

export function couldNotRead(
  recordId: string,
  reason: string,
  previousAvailable: boolean,
  cause?: unknown,
): DomainError {
  return new DomainError('vault/could-not-read', 'A record of the vault could not be read.', {
    details: { recordId, reason, previousAvailable },
    cause,
  });
}
