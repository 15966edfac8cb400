import { DomainError } from '../../shared/errors.ts';
import type { LockCause, LockView } from '../../shared/model/lock.ts';
import { type Clock, Emitter, type Logger } from '../ports/index.ts';
import { type LockPassword, lockPassword } from './password.ts';

export interface AppLockDeps {
  /** Lets go of everything that a locked app must not hold. Called while `isLocked` says so already. */
  readonly shut: () => void;
  /** Makes the mytokens readable again. Rejects with what is in the way (`vault/locked`); then the app stays locked. */
  readonly open: () => Promise<void>;
  readonly clock: Clock;
  readonly log: Logger;
}

/** The lock of the whole app: while it is on, nobody gets a token, not even the window. */
export interface AppLock {
  state(): LockView['locked'];
  isLocked(): boolean;
  onChange(listener: () => void): () => void;
  /** When it is locked already, whoever locked it first keeps having done so. */
  lock(by: Exclude<LockCause, 'client'>): void;
  /** For a client, with a password of its own. False when it is locked already. */
  lockWith(password: string): Promise<boolean>;
  /** For the user. Rejects with `vault/locked` (retryable) while the system's key store stays closed. */
  unlock(): Promise<void>;
  /** For clients; `elsewhere` when no client locked it. Rejects as `unlock`. */
  unlockWith(password: string): Promise<'unlocked' | 'not-locked' | 'wrong' | 'elsewhere'>;
}

interface Held {
  readonly by: LockCause;
  readonly sinceMs: number;
  readonly password: LockPassword | null;
}

export function createAppLock({ shut, open, clock, log }: AppLockDeps): AppLock {
  const changed = new Emitter<undefined>();
  let held: Held | null = null;
  /** Counts every wish to lock, so that one which comes while somebody unlocks is not lost. */
  let wishes = 0;
  /** One attempt after the other: guessing over many connections at once is no faster. */
  let attempts: Promise<unknown> = Promise.resolve();

  const close = (by: LockCause, password: LockPassword | null): boolean => {
    wishes += 1;
    if (held !== null) return false;
    held = { by, sinceMs: clock.nowMs(), password };
    log.info('lock.locked', { by });
    shut();
    changed.emit(undefined);
    return true;
  };

  let releasing: Promise<void> | null = null;
  const release = (): Promise<void> => {
    if (held === null) return Promise.resolve();
    releasing ??= openThenLetGo().finally(() => {
      releasing = null;
    });
    return releasing;
  };

  const openThenLetGo = async (): Promise<void> => {
    const wishesBefore = wishes;
    await open();
    if (wishes !== wishesBefore) {
      shut();
      throw new DomainError('app/locked', 'Mytoken Desktop was locked again meanwhile.', { retryable: true });
    }
    held = null;
    log.info('lock.unlocked', {});
    changed.emit(undefined);
  };

  const inTurn = <T>(attempt: () => Promise<T>): Promise<T> => {
    const mine = attempts.then(attempt);
    attempts = mine.catch(() => undefined);
    return mine;
  };

  return {
    state: () => held && { by: held.by, sinceMs: held.sinceMs },
    isLocked: () => held !== null,
    onChange: (listener) => changed.on(listener),
    lock(by) {
      close(by, null);
    },
    async lockWith(text) {
      if (held !== null) return false;
      const password = lockPassword(text, clock);
      // Held from this moment on: a second client that comes while the hash is worked out finds it locked.
      close('client', password);
      await password.ready;
      return true;
    },
    // Never behind a queue of somebody's guesses.
    unlock: release,
    unlockWith: (text) =>
      inTurn(async () => {
        if (held === null) return 'not-locked';
        if (held.password === null) return 'elsewhere';
        if (!(await held.password.fits(text))) return 'wrong';
        await release();
        return 'unlocked';
      }),
  };
}
