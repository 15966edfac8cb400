import { DomainError } from '../../shared/errors.ts';
import { rotates } from '../../shared/model/mytoken.ts';
import type { AccountRecord, Accounts } from '../accounts/index.ts';
import { type Answer, type IssuedMytoken, type MytokenClient, RotatedAnswerError } from '../mytoken/index.ts';
import type { Clock, Logger, Secret } from '../ports/index.ts';
import { fingerprint, type Journal, type JournalEntry } from './journal.ts';
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

const settleRetryMs = 1_000;
const storeRetryMs = [1_000, 5_000, 30_000] as const;

/**
 * Lends an account's mytoken to one request at a time and brings home what comes back. The rules (mytoken protocol,
 * "Rotation" and "Client algorithms"): write down first that a request goes out, store a replaced mytoken before anybody
 * profits from it, and never present a string again whose fate is unknown.
 */
export class MytokenKeeper {
  readonly #deps: MytokenKeeperDeps;
  readonly #turnstile = new Turnstile();
  /** Entries of an earlier run that nobody has looked into yet. */
  readonly #unsettled = new Map<string, JournalEntry>();
  /** Replaced mytokens which the vault refused to take; the only living copy. */
  readonly #homeless = new Map<string, IssuedMytoken>();
  /** Requests under way, with what they may bring home. */
  readonly #lent = new Set<Promise<unknown>>();
  readonly #cancelRetry = new Map<string, () => void>();

  constructor(deps: MytokenKeeperDeps) {
    this.#deps = deps;
  }

  async start(): Promise<void> {
    for (const entry of await this.#deps.journal.load()) this.#unsettled.set(entry.accountId, entry);
  }

  async stop(): Promise<void> {
    await this.#turnstile.idle();
    for (const accountId of [...this.#homeless.keys()])
      await this.#storeHomeless(accountId).catch(() => undefined);
    for (const cancel of this.#cancelRetry.values()) cancel();
    this.#cancelRetry.clear();
  }

  /** Looks into every request an earlier run did not finish. Call once the vault is open. */
  async settleAll(): Promise<void> {
    for (const accountId of [...this.#unsettled.keys()]) {
      if (this.#deps.accounts.get(accountId) === null) {
        this.#unsettled.delete(accountId);
        await this.#closeEntry(accountId);
        continue;
      }
      await this.#turnstile
        .run(accountId, () => this.#settle(accountId))
        .catch((error: unknown) => {
          this.#deps.log.warn('tokens.settle-failed', { accountId, code: codeOf(error) });
        });
    }
  }

  async lend<T>(accountId: string, task: MytokenTask<T>, use: MytokenUse = 'may-replace'): Promise<T> {
    const record = this.#deps.accounts.require(accountId);
    const lend = (): Promise<T> => this.#lendNow(accountId, task, use);
    return this.#counted(this.#needsTurn(record) ? this.#turnstile.run(accountId, lend) : lend());
  }

  /** See TokenBroker.settled. */
  async settled(signal: AbortSignal): Promise<void> {
    while (!signal.aborted && (this.#lent.size > 0 || this.#homeless.size > 0)) {
      await Promise.allSettled([...this.#lent]);
      for (const accountId of [...this.#homeless.keys()]) {
        await this.#turnstile
          .run(accountId, () => this.#storeHomeless(accountId))
          // Tried again as often as it takes: what is in memory is the only living copy.
          .catch(() => new Promise<void>((resolve) => this.#deps.clock.after(settleRetryMs, resolve)));
      }
    }
  }

  /** See TokenBroker.withStill. */
  withStill<T>(accountId: string, task: (mytoken: Secret) => Promise<T>): Promise<T> {
    this.#deps.accounts.require(accountId);
    const held = this.#turnstile.run(accountId, async () => {
      await this.#storeHomeless(accountId);
      await this.#beforeUse(accountId);
      return task(await this.#currentMytoken(this.#deps.accounts.require(accountId)));
    });
    return this.#counted(held);
  }

  /** See TokenBroker.resolveUncertain. */
  async resolveUncertain(accountId: string): Promise<'alive' | 'dead'> {
    return this.#turnstile.run(accountId, async () => {
      const record = this.#deps.accounts.require(accountId);
      return this.#probe(record, await this.#currentMytoken(record));
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
    return rotates(record.rotation) || this.#unsettled.has(record.id) || this.#homeless.has(record.id);
  }

  async #lendNow<T>(accountId: string, task: MytokenTask<T>, use: MytokenUse): Promise<T> {
    await this.#storeHomeless(accountId);
    await this.#beforeUse(accountId);
    await this.#settle(accountId);
    await this.#askAgain(accountId);
    const record = this.#deps.accounts.require(accountId);
    this.#refuseUnusable(record);
    const mytoken = await this.#currentMytoken(record);
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
        await this.#bringHome(record.id, error.update);
        await this.#closeEntry(record.id);
      } else await this.#afterFailure(record, error, atRisk);
      throw error;
    }
    if (answer.update) await this.#bringHome(record.id, answer.update);
    if (atRisk) await this.#closeEntry(record.id);
    const now = this.#stillCurrent(record);
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
        await this.#answerLost(record);
        return;
      }
      await this.#closeEntry(record.id);
    }
    if (!this.#stillCurrent(record)) return;
    const problem = { code, atMs: clock.nowMs() };
    if (meansLoginNeeded.has(code)) accounts.markStatus(record.id, 'login-needed', problem);
    else if (meansUnreachable.has(code)) accounts.markStatus(record.id, 'unreachable', problem);
  }

  /** The mytoken may have been replaced by a string we never saw. */
  async #answerLost(record: AccountRecord): Promise<void> {
    if (!this.#stillCurrent(record)) return;
    this.#deps.accounts.markStatus(record.id, 'uncertain', {
      code: 'accounts/uncertain',
      atMs: this.#deps.clock.nowMs(),
    });
    await this.#askAgain(record.id);
  }

  /** Introspection neither counts nor rotates, and refuses outdated strings: it tells whether ours still lives. */
  async #probe(record: AccountRecord, mytoken: Secret): Promise<'alive' | 'dead'> {
    const { accounts, client, clock } = this.#deps;
    let alive: boolean;
    try {
      await client.introspect({ instanceUrl: record.instanceUrl, value: mytoken });
      alive = true;
    } catch (error) {
      const code = codeOf(error);
      if (code === 'mytoken/insufficient-capabilities') alive = true;
      else if (meansLoginNeeded.has(code)) alive = false;
      else throw error;
    }
    if (alive) accounts.markStatus(record.id, 'ok', null);
    else {
      accounts.markStatus(record.id, 'login-needed', { code: 'accounts/uncertain', atMs: clock.nowMs() });
    }
    // What was found out has to be on disk before the entry that would make us ask again is gone.
    accounts.flush();
    await this.#closeEntry(record.id);
    this.#unsettled.delete(record.id);
    return alive ? 'alive' : 'dead';
  }

  /**
   * An account left uncertain because nobody could be asked heals by itself as soon as somebody can. Not with auto_revoke:
   * presenting an outdated string revokes the whole family, so only the user may decide that.
   */
  async #askAgain(accountId: string): Promise<void> {
    const record = this.#deps.accounts.require(accountId);
    if (record.status !== 'uncertain' || record.rotation?.auto_revoke === true) return;
    await this.#probe(record, await this.#currentMytoken(record)).catch((error: unknown) => {
      this.#deps.log.info('tokens.probe-failed', { accountId, code: codeOf(error) });
    });
  }

  async #settle(accountId: string): Promise<void> {
    const entry = this.#unsettled.get(accountId);
    if (!entry) return;
    const record = this.#deps.accounts.require(accountId);
    const mytoken = await this.#currentMytoken(record);
    if (fingerprint(mytoken) !== entry.fingerprint) {
      // The replacement had been stored; only the entry's removal was missing.
      await this.#closeEntry(accountId);
      this.#unsettled.delete(accountId);
      return;
    }
    this.#deps.log.warn('tokens.interrupted-request', { accountId, startedAtMs: entry.startedAtMs });
    await this.#answerLost(record);
    // Undecided accounts stay `uncertain` in their record and keep their journal entry for the next start.
    this.#unsettled.delete(accountId);
  }

  async #bringHome(accountId: string, update: IssuedMytoken): Promise<void> {
    this.#homeless.set(accountId, update);
    try {
      await this.#storeHomeless(accountId);
    } catch (error) {
      this.#retryStoring(accountId, 0);
      throw error;
    }
  }

  async #storeHomeless(accountId: string): Promise<void> {
    const update = this.#homeless.get(accountId);
    if (!update) return;
    const record = this.#deps.accounts.get(accountId);
    // A login in between put another mytoken in place: what came back belongs to the former one.
    const belongs = record !== null && (update.momId === null || update.momId === record.momId);
    if (belongs) await this.#deps.accounts.storeRotated(accountId, update);
    await this.#closeEntry(accountId);
    if (this.#homeless.get(accountId) === update) this.#homeless.delete(accountId);
  }

  /** The record as it is now, or null when the account went away or got another mytoken meanwhile. */
  #stillCurrent(record: AccountRecord): AccountRecord | null {
    const now = this.#deps.accounts.get(record.id);
    return now?.momId === record.momId ? now : null;
  }

  /** A left-over entry does no harm (the next start settles it), so failing to remove it fails nothing else. */
  async #closeEntry(accountId: string): Promise<void> {
    await this.#deps.journal.end(accountId).catch((error: unknown) => {
      this.#deps.log.warn('tokens.journal-not-closed', { accountId, code: codeOf(error) });
    });
  }

  #retryStoring(accountId: string, attempt: number): void {
    const delayMs = storeRetryMs[Math.min(attempt, storeRetryMs.length - 1)] ?? 30_000;
    const retry = (): void => {
      this.#turnstile
        .run(accountId, () => this.#storeHomeless(accountId))
        .catch(() => this.#retryStoring(accountId, attempt + 1));
    };
    this.#cancelRetry.get(accountId)?.();
    this.#cancelRetry.set(accountId, this.#deps.clock.after(delayMs, retry));
  }

  #refuseUnusable(record: AccountRecord): void {
    const { clock } = this.#deps;
    const details = { accountId: record.id, account: record.shortname };
    if (record.status === 'uncertain') {
      throw new DomainError(
        'accounts/uncertain',
        'An earlier answer that may have replaced this mytoken was lost. Check the account in the app.',
        { details },
      );
    }
    if (record.status === 'login-needed') {
      throw new DomainError('accounts/needs-login', 'This account needs a new login.', { details });
    }
    if (record.expiresAtMs !== null && record.expiresAtMs <= clock.nowMs()) {
      throw new DomainError(
        'accounts/needs-login',
        'The mytoken of this account has expired; log in again.',
        {
          details: { ...details, expired: true },
        },
      );
    }
  }

  async #currentMytoken(record: AccountRecord): Promise<Secret> {
    this.#deps.refuseClosed?.();
    const mytoken = await this.#deps.accounts.mytoken(record.id);
    if (mytoken) return mytoken;
    this.#deps.accounts.markStatus(record.id, 'login-needed', {
      code: 'accounts/needs-login',
      atMs: this.#deps.clock.nowMs(),
    });
    throw new DomainError('accounts/needs-login', 'No mytoken is stored for this account; log in again.', {
      details: { accountId: record.id, account: record.shortname },
    });
  }
}

const meansLoginNeeded: ReadonlySet<string> = new Set([
  'mytoken/token-unusable',
  'mytoken/expired',
  'mytoken/provider-session-ended',
]);

const meansUnreachable: ReadonlySet<string> = new Set([
  'mytoken/unreachable',
  'mytoken/timeout',
  'mytoken/tls',
  'mytoken/server-error',
  'mytoken/bad-answer',
]);

function codeOf(error: unknown): string {
  return error instanceof DomainError ? error.code : 'app/internal';
}

/** Whether the server may have acted on a failed request; what we cannot tell counts as maybe. */
function fateOf(error: unknown): 'no' | 'maybe' | 'rejected' {
  if (!(error instanceof DomainError)) return 'maybe';
  const { sent } = error.details;
  if (sent === 'no' || sent === 'rejected') return sent;
  if (sent === 'maybe') return 'maybe';
  // Errors of our own layers (account removed, vault locked) never reached the wire.
  return error.code.startsWith('mytoken/') ? 'maybe' : 'no';
}
