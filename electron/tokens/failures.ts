import { DomainError } from '../../shared/errors.ts';

/** The code of the error; what is none of ours is a fault of the app. */
export function codeOf(error: unknown): string {
  return error instanceof DomainError ? error.code : 'app/internal';
}

/** Whether the server may have acted on a failed request; what we cannot tell counts as maybe. */
export function fateOf(error: unknown): 'no' | 'maybe' | 'rejected' {
  if (!(error instanceof DomainError)) return 'maybe';
  const { sent } = error.details;
  if (sent === 'no' || sent === 'rejected') return sent;
  if (sent === 'maybe') return 'maybe';
  // Errors of our own layers (account removed, vault locked) never reached the wire.
  return error.code.startsWith('mytoken/') ? 'maybe' : 'no';
}

/** What a failure says of the account, or null when it says nothing. */
export function statusAfter(code: string): 'login-needed' | 'unreachable' | null {
  if (meansLoginNeeded.has(code)) return 'login-needed';
  return meansUnreachable.has(code) ? 'unreachable' : null;
}

const meansLoginNeeded: ReadonlySet<string> = new Set([
  'mytoken/token-unusable',
  'mytoken/expired',
  'mytoken/provider-session-ended',
]);

const meansUnreachable: ReadonlySet<string> = new Set([
  'mytoken/unreachable',
  'mytoken/timeout',
  'mytoken/tls',
  'mytoken/server-error',
  'mytoken/bad-answer',
]);
