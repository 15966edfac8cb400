import type { AccountRecord, AccountStorage } from '../../electron/accounts/index.ts';
import { DomainError } from '../../shared/errors.ts';

type Data = ReturnType<AccountStorage['load']>;

/** Account records in memory, written the way a file would be: what is loaded is a copy, and writing may fail. */
export class MemoryAccountStorage implements AccountStorage {
  saved: Data;
  saves = 0;
  /** What the next saves throw; null: nothing. */
  failure: Error | null = null;

  constructor(accounts: readonly AccountRecord[] = [], defaultAccountId: string | null = null) {
    this.saved = { accounts, defaultAccountId };
  }

  load(): Data {
    return structuredClone(this.saved);
  }

  save(data: Data): void {
    if (this.failure !== null) throw this.failure;
    this.saves += 1;
    this.saved = JSON.parse(JSON.stringify(data)) as Data;
  }

  /** The disk is full. */
  break(): void {
    this.failure = new DomainError('settings/could-not-save', 'disk full', { retryable: true });
  }
}
