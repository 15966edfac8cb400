import { DomainError } from '../../shared/errors.ts';
import type { Clock } from '../ports/index.ts';
import { openWithRetry, type Vault } from '../vault/index.ts';

export interface StoreDoorDeps {
  readonly vault: Vault;
  /** Resolves once every mytoken that a server replaced meanwhile is stored, or at `signal`. */
  readonly settled: (signal: AbortSignal) => Promise<void>;
  /** What may not stay in memory while the app is locked: cached tokens, new mytokens, temporary permissions. */
  readonly forget: () => void;
  readonly isLocked: () => boolean;
  /** Makes the desktop ask for the password of a locked keyring; returns soon in any case. */
  readonly requestUnlock: () => Promise<void>;
  readonly clock: Clock;
}

/** Opens and closes the store of mytokens: at the start, after sleep, when somebody asks, and with the lock of the app. */
export interface StoreDoor {
  /** Opens in the background, again and again for a while. Does nothing while the app is locked. */
  tryOpening(): void;
  /** Somebody asks: lets the desktop ask for the keyring's password, then looks again for a while. Throws `app/locked`. */
  retry(): Promise<void>;
  /** For the lock. Requests that are under way may still bring a replaced mytoken home; then the data key goes. */
  shut(): void;
  /** For the lock. Rejects with `vault/locked` when the key store is still closed after a while. */
  open(): Promise<void>;
  stop(): void;
}

/** As long as it takes to type the password of a keyring. */
const patienceMs = [500, 1_000, 2_000, 4_000, 8_000] as const;

export function createStoreDoor(deps: StoreDoorDeps): StoreDoor {
  const { vault, clock } = deps;
  let current = new AbortController();

  const anew = (): AbortSignal => {
    current.abort();
    current = new AbortController();
    return current.signal;
  };
  const tryOpening = (): void => {
    if (!deps.isLocked()) void openWithRetry(vault, { clock, signal: current.signal });
  };
  const close = async (signal: AbortSignal): Promise<void> => {
    await deps.settled(signal);
    // A store in memory has nothing to open it again with: it is only not used.
    if (!signal.aborted && vault.state().kind !== 'session') await vault.close();
  };

  return {
    tryOpening,
    async retry() {
      if (deps.isLocked())
        throw new DomainError('app/locked', 'Mytoken Desktop is locked.', { retryable: true });
      await deps.requestUnlock();
      const state = await vault.open();
      // The password may still be being typed.
      if (state.kind === 'locked') tryOpening();
    },
    shut() {
      deps.forget();
      void close(anew());
    },
    async open() {
      const signal = anew();
      await deps.requestUnlock();
      const { kind } = await openWithRetry(vault, { clock, signal, delaysMs: patienceMs });
      if (kind !== 'locked' && kind !== 'closed') return;
      throw new DomainError('vault/locked', 'The system’s key store is still locked.', { retryable: true });
    },
    stop: () => current.abort(),
  };
}
