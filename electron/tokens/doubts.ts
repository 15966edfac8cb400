import type { AccountRecord, Accounts } from '../accounts/index.ts';
import type { MytokenClient } from '../mytoken/index.ts';
import type { Clock, Logger, Secret } from '../ports/index.ts';
import { codeOf, statusAfter } from './failures.ts';
import { fingerprint, type Journal, type JournalEntry } from './journal.ts';
import type { StoredMytokens } from './stored-mytokens.ts';
import type { Turnstile } from './turnstile.ts';

export interface DoubtsDeps {
  readonly accounts: Accounts;
  readonly client: Pick<MytokenClient, 'introspect'>;
  readonly journal: Journal;
  readonly turnstile: Turnstile;
  readonly stored: StoredMytokens;
  readonly clock: Clock;
  readonly log: Logger;
  readonly closeEntry: (accountId: string) => Promise<void>;
}

/** Finds out whether a mytoken still lives after an answer was lost that may have replaced it, in this run or an earlier one. */
export class Doubts {
  readonly #deps: DoubtsDeps;
  /** Entries of an earlier run that nobody has looked into yet. */
  readonly #unsettled = new Map<string, JournalEntry>();

  constructor(deps: DoubtsDeps) {
    this.#deps = deps;
  }

  async start(): Promise<void> {
    for (const entry of await this.#deps.journal.load()) this.#unsettled.set(entry.accountId, entry);
  }

  /** Whether an earlier run left a request of this account that nobody has looked into yet. */
  has(accountId: string): boolean {
    return this.#unsettled.has(accountId);
  }

  /** Looks into every request an earlier run did not finish. */
  async settleAll(): Promise<void> {
    for (const accountId of [...this.#unsettled.keys()]) {
      if (this.#deps.accounts.get(accountId) === null) {
        this.#unsettled.delete(accountId);
        await this.#deps.closeEntry(accountId);
        continue;
      }
      await this.#deps.turnstile
        .run(accountId, () => this.settle(accountId))
        .catch((error: unknown) => {
          this.#deps.log.warn('tokens.settle-failed', { accountId, code: codeOf(error) });
        });
    }
  }

  /** Looks into what an earlier run left of this account, in its turn. */
  async settle(accountId: string): Promise<void> {
    const entry = this.#unsettled.get(accountId);
    if (!entry) return;
    const record = this.#deps.accounts.require(accountId);
    const mytoken = await this.#deps.stored.current(record);
    if (fingerprint(mytoken) !== entry.fingerprint) {
      // The replacement had been stored; only the entry's removal was missing.
      await this.#deps.closeEntry(accountId);
      this.#unsettled.delete(accountId);
      return;
    }
    this.#deps.log.warn('tokens.interrupted-request', { accountId, startedAtMs: entry.startedAtMs });
    await this.answerLost(record);
    // Undecided accounts stay `uncertain` in their record and keep their journal entry for the next start.
    this.#unsettled.delete(accountId);
  }

  /** The mytoken may have been replaced by a string we never saw. */
  async answerLost(record: AccountRecord): Promise<void> {
    if (!this.#deps.stored.stillCurrent(record)) return;
    this.#deps.accounts.markStatus(record.id, 'uncertain', {
      code: 'accounts/uncertain',
      atMs: this.#deps.clock.nowMs(),
    });
    await this.askAgain(record.id);
  }

  /**
   * An account left uncertain because nobody could be asked heals by itself as soon as somebody can. Not with auto_revoke:
   * presenting an outdated string revokes the whole family, so only the user may decide that.
   */
  async askAgain(accountId: string): Promise<void> {
    const record = this.#deps.accounts.require(accountId);
    if (record.status !== 'uncertain' || record.rotation?.auto_revoke === true) return;
    await this.probe(record, await this.#deps.stored.current(record)).catch((error: unknown) => {
      this.#deps.log.info('tokens.probe-failed', { accountId, code: codeOf(error) });
    });
  }

  /** Introspection neither counts nor rotates, and refuses outdated strings: it tells whether ours still lives. */
  async probe(record: AccountRecord, mytoken: Secret): Promise<'alive' | 'dead'> {
    const { accounts, client, clock } = this.#deps;
    let alive: boolean;
    try {
      await client.introspect({ instanceUrl: record.instanceUrl, value: mytoken });
      alive = true;
    } catch (error) {
      const code = codeOf(error);
      if (code === 'mytoken/insufficient-capabilities') alive = true;
      else if (statusAfter(code) === 'login-needed') alive = false;
      else throw error;
    }
    if (alive) accounts.markStatus(record.id, 'ok', null);
    else {
      accounts.markStatus(record.id, 'login-needed', { code: 'accounts/uncertain', atMs: clock.nowMs() });
    }
    // What was found out has to be on disk before the entry that would make us ask again is gone.
    accounts.flush();
    await this.#deps.closeEntry(record.id);
    this.#unsettled.delete(record.id);
    return alive ? 'alive' : 'dead';
  }
}
