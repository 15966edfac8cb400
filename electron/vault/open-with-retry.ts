import type { Clock } from '../ports/index.ts';
import type { Vault, VaultState, VaultStateKind } from './types.ts';

export interface RetryOptions {
  readonly clock: Clock;
  /** Pauses between attempts; their number bounds the attempts. Default: about one minute in all. */
  readonly delaysMs?: readonly number[];
  readonly signal?: AbortSignal;
}

const defaultDelaysMs = [500, 1_000, 2_000, 4_000, 8_000, 15_000, 30_000] as const;

/**
 * All three can be nothing but a desktop that has not started its keyring yet. `damaged` cannot, and is not tried again.
 */
const worthRetrying: ReadonlySet<VaultStateKind> = new Set(['locked', 'unavailable', 'backend-changed']);

/**
 * Opens the vault, again and again while its backend is not ready, a bounded number of times. Stops as soon as it is open, as
 * somebody chose otherwise (session mode, closed), or at `signal`. Resolves to the last state; never throws.
 */
export async function openWithRetry(vault: Vault, options: RetryOptions): Promise<VaultState> {
  const { clock, signal } = options;
  let state = await vault.open();
  for (const delayMs of options.delaysMs ?? defaultDelaysMs) {
    if (!worthRetrying.has(state.kind)) break;
    await pause(clock, delayMs, signal);
    if (signal?.aborted === true || !worthRetrying.has(vault.state().kind)) return vault.state();
    state = await vault.open();
  }
  return state;
}

function pause(clock: Clock, delayMs: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted === true) {
      resolve();
      return;
    }
    const stop = (): void => {
      cancel();
      resolve();
    };
    const cancel = clock.after(delayMs, () => {
      signal?.removeEventListener('abort', stop);
      resolve();
    });
    signal?.addEventListener('abort', stop, { once: true });
  });
}
