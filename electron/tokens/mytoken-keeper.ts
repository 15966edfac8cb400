import { DomainError } from '../../shared/errors.ts';
import { rotates } from '../../shared/model/mytoken.ts';
import type { AccountRecord, Accounts } from '../accounts/index.ts';
import { type Answer, type MytokenClient, RotatedAnswerError } from '../mytoken/index.ts';
import type { Clock, Logger, Secret } from '../ports/index.ts';
import { Doubts } from './doubts.ts';
import { codeOf, fateOf, statusAfter } from './failures.ts';
import { Homecoming } from './homecoming.ts';
import { fingerprint, type Journal } from './journal.ts';
import { createStoredMytokens, type StoredMytokens } from './stored-mytokens.ts';
import { Turnstile } from './turnstile.ts';
import type { MytokenTask, MytokenUse } from './types.ts';

export interface MytokenKeeperDeps {
  readonly accounts: Accounts;
  readonly client: Pick<MytokenClient, 'introspect'>;
  readonly journal: Journal;
  readonly clock: Clock;
  readonly log: Logger;
  /**
   * Before an account's mytoken is looked at, while nobody else uses it: whoever shares it with other programs takes over here what they
   * left. Its failures keep nobody from using the mytoken that there is.
   */
  readonly beforeUse?: ((accountId: string) => Promise<void>) | undefined;
  /** Throws while no mytoken may be used, as when the app is locked. What is under way then still comes home. */
  readonly refuseClosed?: (() => void) | undefined;
}

/**
 * Lends an account's mytoken to one request at a time and brings home what comes back. The rules (mytoken protocol,
 * "Rotation" and "Client algorithms"): write down first that a request goes out, store a replaced mytoken before anybody
 * profits from it, and never present a string again whose fate is unknown.
 */
export class MytokenKeeper {
  readonly #deps: MytokenKeeperDeps;
  readonly #turnstile = new Turnstile();
  readonly #stored: StoredMytokens;
  readonly #homecoming: Homecoming;
  readonly #doubts: Doubts;
  /** Requests under way, with what they may bring home. */
  readonly #lent = new Set<Promise<unknown>>();

  constructor(deps: MytokenKeeperDeps) {
    this.#deps = deps;
    const { accounts, client, journal, clock, log } = deps;
    const turnstile = this.#turnstile;
    const closeEntry = (accountId: string): Promise<void> => this.#closeEntry(accountId);
    this.#stored = createStoredMytokens({
      ...{ accounts, nowMs: () => clock.nowMs(), refuseClosed: deps.refuseClosed },
    });
    this.#homecoming = new Homecoming({ accounts, turnstile, clock, closeEntry });
    this.#doubts = new Doubts({
      ...{ accounts, client, journal, turnstile, stored: this.#stored, clock, log, closeEntry },
    });
  }

  start(): Promise<void> {
    return this.#doubts.start();
  }

  async stop(): Promise<void> {
    await this.#turnstile.idle();
    await this.#homecoming.stop();
  }

  /** Looks into every request an earlier run did not finish. Call once the vault is open. */
  settleAll(): Promise<void> {
    return this.#doubts.settleAll();
  }

  async lend<T>(accountId: string, task: MytokenTask<T>, use: MytokenUse = 'may-replace'): Promise<T> {
    const record = this.#deps.accounts.require(accountId);
    const lend = (): Promise<T> => this.#lendNow(accountId, task, use);
    return this.#counted(this.#needsTurn(record) ? this.#turnstile.run(accountId, lend) : lend());
  }

  /** See TokenBroker.settled. */
  async settled(signal: AbortSignal): Promise<void> {
    while (!signal.aborted && (this.#lent.size > 0 || !this.#homecoming.isEmpty())) {
      await Promise.allSettled([...this.#lent]);
      await this.#homecoming.storeAll();
    }
  }

  /** See TokenBroker.withStill. */
  withStill<T>(accountId: string, task: (mytoken: Secret) => Promise<T>): Promise<T> {
    this.#deps.accounts.require(accountId);
    const held = this.#turnstile.run(accountId, async () => {
      await this.#homecoming.store(accountId);
      await this.#beforeUse(accountId);
      return task(await this.#stored.current(this.#deps.accounts.require(accountId)));
    });
    return this.#counted(held);
  }

  /** See TokenBroker.resolveUncertain. */
  async resolveUncertain(accountId: string): Promise<'alive' | 'dead'> {
    return this.#turnstile.run(accountId, async () => {
      const record = this.#deps.accounts.require(accountId);
      return this.#doubts.probe(record, await this.#stored.current(record));
    });
  }

  async #counted<T>(request: Promise<T>): Promise<T> {
    this.#lent.add(request);
    try {
      return await request;
    } finally {
      this.#lent.delete(request);
    }
  }

  #needsTurn(record: AccountRecord): boolean {
    return rotates(record.rotation) || this.#doubts.has(record.id) || this.#homecoming.has(record.id);
  }

  async #lendNow<T>(accountId: string, task: MytokenTask<T>, use: MytokenUse): Promise<T> {
    await this.#homecoming.store(accountId);
    await this.#beforeUse(accountId);
    await this.#doubts.settle(accountId);
    await this.#doubts.askAgain(accountId);
    const record = this.#deps.accounts.require(accountId);
    this.#stored.refuseUnusable(record);
    const mytoken = await this.#stored.current(record);
    const atRisk = rotates(record.rotation) && use === 'may-replace';
    if (atRisk) {
      await this.#deps.journal.begin({
        accountId,
        fingerprint: fingerprint(mytoken),
        startedAtMs: this.#deps.clock.nowMs(),
      });
    }
    return this.#attempt(record, mytoken, task, atRisk);
  }

  async #beforeUse(accountId: string): Promise<void> {
    await this.#deps.beforeUse?.(accountId).catch((error: unknown) => {
      this.#deps.log.warn('tokens.before-use-failed', { accountId, code: codeOf(error) });
    });
  }

  /** `atRisk`: the mytoken may be another one afterwards. */
  async #attempt<T>(
    record: AccountRecord,
    mytoken: Secret,
    task: MytokenTask<T>,
    atRisk: boolean,
  ): Promise<T> {
    let answer: Answer<T>;
    try {
      answer = await this.#send(record, mytoken, task, atRisk);
    } catch (error) {
      if (error instanceof RotatedAnswerError) {
        await this.#homecoming.bring(record.id, error.update);
        await this.#closeEntry(record.id);
      } else await this.#afterFailure(record, error, atRisk);
      throw error;
    }
    if (answer.update) await this.#homecoming.bring(record.id, answer.update);
    if (atRisk) await this.#closeEntry(record.id);
    const now = this.#stored.stillCurrent(record);
    if (now && now.status !== 'ok') this.#deps.accounts.markStatus(record.id, 'ok', null);
    return answer.value;
  }

  /** Repeats once when that is harmless: nothing was sent, or the mytoken neither rotates nor counts its uses. */
  async #send<T>(
    record: AccountRecord,
    mytoken: Secret,
    task: MytokenTask<T>,
    atRisk: boolean,
  ): Promise<Answer<T>> {
    const held = { instanceUrl: record.instanceUrl, value: mytoken };
    try {
      return await task(held);
    } catch (error) {
      const fate = fateOf(error);
      const counts = record.restrictions.some(
        (clause) => clause.usages_AT !== undefined || clause.usages_other !== undefined,
      );
      const harmless = fate === 'no' || (fate === 'maybe' && !atRisk && !counts);
      if (!harmless || !(error instanceof DomainError) || !error.retryable) throw error;
      this.#deps.log.info('tokens.repeat', { accountId: record.id, code: error.code });
      return task(held);
    }
  }

  async #afterFailure(record: AccountRecord, error: unknown, atRisk: boolean): Promise<void> {
    const { accounts, clock, log } = this.#deps;
    const code = codeOf(error);
    log.warn('tokens.request-failed', { accountId: record.id, code, sent: fateOf(error) });
    if (atRisk) {
      if (fateOf(error) === 'maybe') {
        await this.#doubts.answerLost(record);
        return;
      }
      await this.#closeEntry(record.id);
    }
    if (!this.#stored.stillCurrent(record)) return;
    const status = statusAfter(code);
    if (status !== null) accounts.markStatus(record.id, status, { code, atMs: clock.nowMs() });
  }

  /** A left-over entry does no harm (the next start settles it), so failing to remove it fails nothing else. */
  async #closeEntry(accountId: string): Promise<void> {
    await this.#deps.journal.end(accountId).catch((error: unknown) => {
      this.#deps.log.warn('tokens.journal-not-closed', { accountId, code: codeOf(error) });
    });
  }
}
