import { DomainError, type ErrorCode } from '../../shared/errors.ts';
import type { IssuedMytoken, LoginStarted, MytokenClient } from '../mytoken/index.ts';
import type { Clock, Logger } from '../ports/index.ts';
import type { InterruptibleWait } from './interruptible-wait.ts';

export interface PollingDeps {
  readonly client: Pick<MytokenClient, 'poll'>;
  readonly clock: Clock;
  readonly log: Logger;
  readonly pause: InterruptibleWait;
  /** 0 up to 1. */
  readonly random: () => number;
  readonly isCancelled: () => boolean;
  readonly onOffline: (offline: boolean) => void;
}

export type PollingEnd =
  | { readonly kind: 'token'; readonly token: IssuedMytoken }
  | { readonly kind: 'failed'; readonly code: ErrorCode }
  | { readonly kind: 'cancelled' };

const shortestIntervalMs = 1_000;
const jitter = 0.2;
/** The server's time began before ours: a last question has to be there a little earlier. */
const finalLeadMs = 2_000;

/** After these, asking again cannot help; anything else (a gateway's page, a restart, no network) may pass. */
const isFinal: ReadonlySet<string> = new Set<ErrorCode>([
  'login/declined',
  'login/expired',
  'login/taken',
  'mytoken/bad-signature',
  'mytoken/issuer-mismatch',
  'mytoken/url-not-allowed',
  'mytoken/invalid-request',
  'app/shutting-down',
]);

/**
 * Asks for the mytoken of a login until there is one or an end (mytoken protocol, "polling_code"). The code's time is not
 * extended by anything, so the last questions come right before and at its end.
 *
 * The end is counted on the monotonic clock: somebody who sets the wall clock ends no login. Where that clock stands still
 * during sleep, the server's own answer tells that time is over.
 */
export async function pollUntilEnd(
  instanceUrl: string,
  started: LoginStarted,
  deps: PollingDeps,
): Promise<PollingEnd> {
  const { client, clock, log, pause, random, isCancelled, onOffline } = deps;
  const intervalMs = Math.max(shortestIntervalMs, started.intervalMs);
  const deadlineMs = clock.monotonicMs() + Math.max(0, started.expiresAtMs - clock.nowMs());
  let waitMs = 0;

  for (;;) {
    waitMs = Math.max(waitMs, intervalMs * (1 + jitter * random()));
    await pause.wait(untilNextPoll(waitMs, deadlineMs - clock.monotonicMs()));
    if (isCancelled()) return { kind: 'cancelled' };
    waitMs = 0;
    try {
      const answer = await client.poll(instanceUrl, started.pollingCode);
      if (answer.kind === 'done') return { kind: 'token', token: answer.token };
      onOffline(false);
    } catch (error) {
      const code: ErrorCode = error instanceof DomainError ? error.code : 'app/internal';
      log.info('login.poll-failed', { code });
      if (isFinal.has(code)) return { kind: 'failed', code };
      onOffline(code !== 'mytoken/rate-limited');
      waitMs = retryAfterMs(error);
    }
    if (isCancelled()) return { kind: 'cancelled' };
    if (clock.monotonicMs() >= deadlineMs) return { kind: 'failed', code: 'login/expired' };
  }
}

/**
 * Even a server that asks to wait longer than the code lives is asked once more at the end: that one request is the
 * user's only chance.
 */
function untilNextPoll(waitMs: number, leftMs: number): number {
  if (waitMs <= leftMs - finalLeadMs) return waitMs;
  return leftMs > finalLeadMs ? leftMs - finalLeadMs : Math.max(0, leftMs);
}

function retryAfterMs(error: unknown): number {
  const wait = error instanceof DomainError ? error.details['retryAfterMs'] : undefined;
  return typeof wait === 'number' && Number.isFinite(wait) ? Math.max(0, wait) : 0;
}
