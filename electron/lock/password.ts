import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import type { Clock } from '../ports/index.ts';

const derive = promisify<string, Buffer, number, Buffer>(scrypt);
const hashBytes = 32;
/** As oidc-agent 5 does it (ipc reference 4.5): 100 ms times the square of the failures, which stop counting at 25. */
const failureMs = 100;
const mostCounted = 25;

/** A password of a client's. Only its hash is kept, in memory. */
export interface LockPassword {
  /** Resolves once the hash is worked out. */
  readonly ready: Promise<unknown>;
  /** A wrong one takes longer each time to be called wrong. */
  fits(password: string): Promise<boolean>;
}

export function lockPassword(password: string, clock: Clock): LockPassword {
  const salt = randomBytes(16);
  const hash = derive(password, salt, hashBytes);
  let failures = 0;
  return {
    ready: hash,
    async fits(given) {
      if (timingSafeEqual(await derive(given, salt, hashBytes), await hash)) return true;
      failures = Math.min(mostCounted, failures + 1);
      await new Promise<void>((resolve) => clock.after(failureMs * failures ** 2, resolve));
      return false;
    },
  };
}
