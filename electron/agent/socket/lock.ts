import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import { type Clock, Emitter } from '../../ports/index.ts';

const derive = promisify<string, Buffer, number, Buffer>(scrypt);
const hashBytes = 32;
/** As oidc-agent 5 does it (ipc reference 4.5): 100 ms times the square of the failures, which stop counting at 25. */
const failureMs = 100;
const mostCounted = 25;

/** The lock that clients put on the agent with a password of theirs. Only its hash is kept, in memory. */
export interface AgentLock {
  isLocked(): boolean;
  onChange(listener: () => void): () => void;
  /** False when it is locked already. */
  lock(password: string): Promise<boolean>;
  unlock(password: string): Promise<'unlocked' | 'not-locked' | 'wrong'>;
  /** From the window, where the user needs no password of a client's. */
  release(): void;
}

export function createAgentLock(clock: Clock): AgentLock {
  const changed = new Emitter<undefined>();
  let held: { readonly salt: Buffer; readonly hash: Promise<Buffer> } | null = null;
  let failures = 0;
  /** One attempt after the other: guessing over many connections at once is no faster. */
  let attempts: Promise<unknown> = Promise.resolve();

  const release = (): void => {
    held = null;
    failures = 0;
    changed.emit(undefined);
  };

  const tryPassword = async (password: string): Promise<'unlocked' | 'not-locked' | 'wrong'> => {
    const tried = held;
    if (tried === null) return 'not-locked';
    const given = await derive(password, tried.salt, hashBytes);
    if (timingSafeEqual(given, await tried.hash)) {
      release();
      return 'unlocked';
    }
    failures = Math.min(mostCounted, failures + 1);
    await new Promise<void>((resolve) => clock.after(failureMs * failures ** 2, resolve));
    return 'wrong';
  };

  return {
    isLocked: () => held !== null,
    onChange: (listener) => changed.on(listener),
    async lock(password) {
      if (held !== null) return false;
      const salt = randomBytes(16);
      // Held from this moment on: a second client that comes while the hash is worked out finds it locked.
      held = { salt, hash: derive(password, salt, hashBytes) };
      changed.emit(undefined);
      await held.hash;
      return true;
    },
    unlock(password) {
      const attempt = attempts.then(() => tryPassword(password));
      attempts = attempt;
      return attempt;
    },
    release,
  };
}
