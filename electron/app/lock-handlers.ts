import type { Handlers } from '../ipc/index.ts';
import type { AppLock, Pause } from '../lock/index.ts';

export interface LockHandlerDeps {
  readonly lock: AppLock;
  readonly pause: Pause;
  /** The user asks: the desktop may ask back for the keyring's password. */
  readonly retryStorage: () => Promise<void>;
}

type LockChannel = Extract<keyof Handlers, `lock:${string}`> | 'approval:unlock';

/** Locking and pausing, from whichever window. */
export function lockHandlers({ lock, pause, retryStorage }: LockHandlerDeps): Pick<Handlers, LockChannel> {
  return {
    'lock:lock'() {
      lock.lock('user');
      return Promise.resolve(null);
    },
    async 'lock:unlock'() {
      await lock.unlock();
      return null;
    },
    'lock:pause'({ minutes }) {
      pause.begin(minutes);
      return Promise.resolve(null);
    },
    'lock:resume'() {
      pause.end();
      return Promise.resolve(null);
    },
    async 'approval:unlock'() {
      if (lock.isLocked()) await lock.unlock();
      else await retryStorage();
      return null;
    },
  };
}
