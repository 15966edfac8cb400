import { DomainError } from '../../shared/errors.ts';
import type { HeldMytoken, MytokenClient } from '../mytoken/index.ts';
import type { Logger } from '../ports/index.ts';
import type { InterruptibleWait } from './interruptible-wait.ts';

const pausesMs = [2_000, 10_000, 60_000] as const;
const mayPass: ReadonlySet<string> = new Set([
  'mytoken/unreachable',
  'mytoken/timeout',
  'mytoken/rate-limited',
  'mytoken/server-error',
]);

/**
 * Ends a mytoken that nobody is going to keep, as far as its server can be reached: it would otherwise live on, known to
 * nobody. Its children stay usable, for they belong to whoever holds them: the server makes roots of them (mytoken
 * protocol, "Revocation"). Never throws.
 */
export async function discardMytoken(
  token: HeldMytoken,
  deps: {
    readonly client: Pick<MytokenClient, 'revoke'>;
    readonly pause: InterruptibleWait;
    readonly log: Logger;
  },
): Promise<boolean> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      await deps.client.revoke(token, { recursive: false });
      return true;
    } catch (error) {
      const code = error instanceof DomainError ? error.code : 'app/internal';
      const pauseMs = pausesMs[attempt];
      if (!mayPass.has(code) || pauseMs === undefined) {
        deps.log.warn('accounts.mytoken-not-revoked', { code });
        return false;
      }
      await deps.pause.wait(pauseMs);
    }
  }
}
