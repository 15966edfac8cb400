import type { Accounts } from '../accounts/index.ts';
import type { IssuedMytoken } from '../mytoken/index.ts';
import type { Clock } from '../ports/index.ts';
import type { Turnstile } from './turnstile.ts';

export interface HomecomingDeps {
  readonly accounts: Accounts;
  readonly turnstile: Turnstile;
  readonly clock: Clock;
  readonly closeEntry: (accountId: string) => Promise<void>;
}

const settleRetryMs = 1_000;
const storeRetryMs = [1_000, 5_000, 30_000] as const;

/** Stores replaced mytokens. One that the vault refuses to take is kept here, as the only living copy, and offered again. */
export class Homecoming {
  readonly #deps: HomecomingDeps;
  readonly #homeless = new Map<string, IssuedMytoken>();
  readonly #cancelRetry = new Map<string, () => void>();

  constructor(deps: HomecomingDeps) {
    this.#deps = deps;
  }

  /** Whether a mytoken of this account waits to be stored. */
  has(accountId: string): boolean {
    return this.#homeless.has(accountId);
  }

  isEmpty(): boolean {
    return this.#homeless.size === 0;
  }

  /** In the turn of the account. Throws when it could not be stored; it is then tried again later. */
  async bring(accountId: string, update: IssuedMytoken): Promise<void> {
    this.#homeless.set(accountId, update);
    try {
      await this.store(accountId);
    } catch (error) {
      this.#retry(accountId, 0);
      throw error;
    }
  }

  /** Stores what waits for this account, in its turn. */
  async store(accountId: string): Promise<void> {
    const update = this.#homeless.get(accountId);
    if (!update) return;
    const { accounts, closeEntry } = this.#deps;
    const record = accounts.get(accountId);
    // A login in between put another mytoken in place: what came back belongs to the former one.
    const belongs = record !== null && (update.momId === null || update.momId === record.momId);
    if (belongs) await accounts.storeRotated(accountId, update);
    await closeEntry(accountId);
    if (this.#homeless.get(accountId) === update) this.#homeless.delete(accountId);
  }

  /** Tries each that waits once more; returns a moment later when one still could not be stored. */
  async storeAll(): Promise<void> {
    const { clock, turnstile } = this.#deps;
    for (const accountId of [...this.#homeless.keys()]) {
      await turnstile
        .run(accountId, () => this.store(accountId))
        // Tried again as often as it takes: what is in memory is the only living copy.
        .catch(() => new Promise<void>((resolve) => clock.after(settleRetryMs, resolve)));
    }
  }

  /** The last attempt. */
  async stop(): Promise<void> {
    for (const accountId of [...this.#homeless.keys()]) await this.store(accountId).catch(() => undefined);
    for (const cancel of this.#cancelRetry.values()) cancel();
    this.#cancelRetry.clear();
  }

  #retry(accountId: string, attempt: number): void {
    const { clock, turnstile } = this.#deps;
    const delayMs = storeRetryMs[Math.min(attempt, storeRetryMs.length - 1)] ?? 30_000;
    const retry = (): void => {
      turnstile.run(accountId, () => this.store(accountId)).catch(() => this.#retry(accountId, attempt + 1));
    };
    this.#cancelRetry.get(accountId)?.();
    this.#cancelRetry.set(accountId, clock.after(delayMs, retry));
  }
}
