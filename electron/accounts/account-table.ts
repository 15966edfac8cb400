import { DomainError } from '../../shared/errors.ts';
import { type Clock, Emitter, type Logger } from '../ports/index.ts';
import { shortnameKey } from './shortnames.ts';
import type { AccountChange, AccountRecord, AccountStorage } from './types.ts';

/** An account as it is now and as it is to be found after a restart; null for one that will be gone then. */
export interface Entry {
  readonly record: AccountRecord;
  readonly stored: AccountRecord | null;
}

export interface AccountTableDeps {
  readonly storage: AccountStorage;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Writes of what was already told to the user go out at once, unless many come in a row. */
const gatherMs = 1_000;
const useSavedEveryMs = 60_000;
const saveRetryMs = 30_000;

/** The records in memory, their order and default, and when they are written. Knows nothing of mytokens. */
export class AccountTable {
  readonly #deps: AccountTableDeps;
  readonly #changed = new Emitter<AccountChange>();
  #entries = new Map<string, Entry>();
  #idByName = new Map<string, string>();
  #all: readonly AccountRecord[] | null = null;
  #defaultId: string | null;
  /** The default as written: one that outlives a restart. */
  #storedDefaultId: string | null;
  #dirty = false;
  #savedAtMs = Number.NEGATIVE_INFINITY;
  #timer: { readonly dueMs: number; readonly cancel: () => void } | null = null;

  constructor(deps: AccountTableDeps) {
    this.#deps = deps;
    const { accounts, defaultAccountId } = deps.storage.load();
    this.#replace(accounts.map((record) => ({ record, stored: record })));
    this.#storedDefaultId = this.#defaultId = this.#presentOrFirst(defaultAccountId);
  }

  all(): readonly AccountRecord[] {
    this.#all ??= Object.freeze([...this.#entries.values()].map(({ record }) => record));
    return this.#all;
  }

  entries(): readonly Entry[] {
    return [...this.#entries.values()];
  }

  entry(accountId: string): Entry | null {
    return this.#entries.get(accountId) ?? null;
  }

  byShortname(shortname: string): AccountRecord | null {
    const id = this.#idByName.get(shortnameKey(shortname));
    return id === undefined ? null : (this.#entries.get(id)?.record ?? null);
  }

  defaultId(): string | null {
    return this.#defaultId;
  }

  onChange(listener: (change: AccountChange) => void): () => void {
    return this.#changed.on(listener);
  }

  /**
   * Puts a new state in place, durably: throws `settings/could-not-save`, and then nothing has changed. An account that is
   * not there any more cannot be the default; the first takes its place.
   */
  commit(entries: readonly Entry[], wantedDefaultId: string | null): void {
    const isThere = entries.some(({ record }) => record.id === wantedDefaultId);
    const defaultId = isThere ? wantedDefaultId : (entries[0]?.record.id ?? null);
    this.#save(entries, defaultId);

    const before = this.#entries;
    const idsBefore = [...before.keys()];
    const sameDefault = defaultId === this.#defaultId;
    this.#replace(entries);
    this.#defaultId = defaultId;
    const ids = [...this.#entries.keys()];
    const sameOrder = ids.length === idsBefore.length && ids.every((id, index) => id === idsBefore[index]);
    this.#changed.emit({
      upsert: entries.filter(({ record }) => before.get(record.id)?.record !== record).map((e) => e.record),
      removed: idsBefore.filter((id) => !this.#entries.has(id)),
      order: sameOrder && sameDefault ? null : ids,
      defaultAccountId: defaultId,
    });
  }

  /**
   * Changes what a record says of its own (status, use, claims), at once in memory and later on disk: `soon` is within a
   * second, `lazy` at most once a minute. Must not change id or short name.
   */
  touch(accountId: string, change: Partial<AccountRecord>, urgency: 'soon' | 'lazy'): void {
    const entry = this.#entries.get(accountId);
    if (entry === undefined) return;
    const record = { ...entry.record, ...change };
    const isStored = entry.stored === entry.record;
    this.#entries.set(accountId, { record, stored: isStored ? record : entry.stored });
    this.#all = null;
    if (isStored && differs(durable(entry.record), durable(record))) this.#saveLater(urgency);
    this.#changed.emit({ upsert: [record], removed: [], order: null, defaultAccountId: this.#defaultId });
  }

  flush(): void {
    this.#cancelTimer();
    if (this.#dirty) this.#saveOrReport();
  }

  #replace(entries: readonly Entry[]): void {
    this.#entries = new Map(entries.map((entry) => [entry.record.id, entry]));
    this.#idByName = new Map(entries.map(({ record }) => [shortnameKey(record.shortname), record.id]));
    this.#all = null;
  }

  #presentOrFirst(accountId: string | null): string | null {
    if (accountId !== null && this.#entries.has(accountId)) return accountId;
    return this.all()[0]?.id ?? null;
  }

  #saveLater(urgency: 'soon' | 'lazy'): void {
    this.#dirty = true;
    const nowMs = this.#deps.clock.monotonicMs();
    if (urgency === 'lazy') this.#saveAt(nowMs + useSavedEveryMs);
    else if (nowMs >= this.#savedAtMs + gatherMs) this.#saveOrRetry();
    else this.#saveAt(this.#savedAtMs + gatherMs);
  }

  #saveAt(dueMs: number): void {
    if (this.#timer !== null && this.#timer.dueMs <= dueMs) return;
    this.#cancelTimer();
    const { clock } = this.#deps;
    const cancel = clock.after(dueMs - clock.monotonicMs(), () => {
      this.#timer = null;
      this.#saveOrRetry();
    });
    this.#timer = { dueMs, cancel };
  }

  #cancelTimer(): void {
    this.#timer?.cancel();
    this.#timer = null;
  }

  #saveOrRetry(): void {
    if (!this.#saveOrReport()) this.#saveAt(this.#deps.clock.monotonicMs() + saveRetryMs);
  }

  /** For changes that stand whether or not they can be written now. */
  #saveOrReport(): boolean {
    try {
      this.#save(this.entries(), this.#defaultId);
      return true;
    } catch (error) {
      // A burst of changes must not turn into a burst of attempts on a full disk.
      this.#savedAtMs = this.#deps.clock.monotonicMs();
      const code = error instanceof DomainError ? error.code : 'app/internal';
      this.#deps.log.warn('accounts.save-failed', { code });
      return false;
    }
  }

  #save(entries: readonly Entry[], defaultId: string | null): void {
    const accounts = entries.flatMap(({ stored }) => (stored === null ? [] : [durable(stored)]));
    const isStored = (id: string | null): boolean => accounts.some((account) => account.id === id);
    const defaultAccountId = [defaultId, this.#storedDefaultId].find(isStored) ?? accounts[0]?.id ?? null;
    const unchanged =
      !this.#dirty &&
      defaultAccountId === this.#storedDefaultId &&
      sameMembers(
        entries.flatMap(({ stored }) => stored ?? []),
        this.entries().flatMap(({ stored }) => stored ?? []),
      );
    if (unchanged) return;
    try {
      this.#deps.storage.save({ accounts, defaultAccountId });
    } catch (cause) {
      if (cause instanceof DomainError) throw cause;
      throw new DomainError('settings/could-not-save', 'The accounts could not be saved.', {
        retryable: true,
        cause,
      });
    }
    this.#storedDefaultId = defaultAccountId;
    this.#dirty = false;
    this.#savedAtMs = this.#deps.clock.monotonicMs();
    this.#cancelTimer();
  }
}

/** Without what a restart makes meaningless. */
function durable(record: AccountRecord): AccountRecord {
  return record.status === 'unreachable' ? { ...record, status: 'ok', problem: null } : record;
}

function differs(before: AccountRecord, after: AccountRecord): boolean {
  return (Object.keys(after) as (keyof AccountRecord)[]).some((key) => before[key] !== after[key]);
}

function sameMembers<T>(a: readonly T[], b: readonly T[]): boolean {
  return a.length === b.length && a.every((member, index) => member === b[index]);
}
