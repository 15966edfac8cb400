import { DomainError } from '../../../shared/errors.ts';
import type { Clock, Logger } from '../../ports/index.ts';
import type { Desk } from '../desk/index.ts';
import type { AgentResponse } from './answers.ts';
import { type Asking, askerOf } from './askers.ts';
import { Ledger, type LedgerLimits } from './ledger.ts';
import { type Outcome, type Remembrance, type Served, TokenJob, type TokenWish } from './token-job.ts';

export interface TokenRequestsDeps {
  readonly desk: Desk;
  /** Whether any account asks about access tokens although the program has a key: then it matters who it is. */
  readonly asksKeyHolders: () => boolean;
  readonly clock: Clock;
  readonly log: Logger;
  readonly limits: LedgerLimits;
}

const revokeAgainAfterMs: readonly number[] = [10_000, 60_000];

/** Takes requests to the desk, and looks after what comes of them until somebody has it or nobody shall. */
export class TokenRequests {
  readonly ledger: Ledger;
  readonly #deps: TokenRequestsDeps;
  readonly #takingBack = new Set<Promise<void>>();

  constructor(deps: TokenRequestsDeps) {
    this.#deps = deps;
    this.ledger = new Ledger(deps.clock, deps.limits, (job) => this.#discard(job));
  }

  start(wish: TokenWish, asking: Asking, waitMs: number, remembered: Remembrance | null): TokenJob {
    const job = new TokenJob(wish.kind, remembered, this.#deps.clock.nowMs());
    this.ledger.add(job);
    job.done = this.#run(job, wish, asking, waitMs);
    return job;
  }

  /** The connection is gone: with the last of them goes the question, unless the program said that it comes back. */
  left(job: TokenJob, response: AgentResponse): void {
    job.attached.delete(response);
    if (job.attached.size > 0 || job.detached) return;
    if (job.outcome === null) {
      this.ledger.forget(job);
      this.#discard(job);
    } else if (job.remembered === null) this.#discard(job);
  }

  /** What was decided may not hold any more: access tokens that were fetched are decided on anew. */
  forgetAnswers(): void {
    this.ledger.forgetFetchedAccessTokens();
  }

  /** Withdraws what waits and takes back what nobody fetched; resolves when the servers know. */
  async stop(): Promise<void> {
    this.ledger.forgetAll();
    await Promise.all(this.#takingBack);
  }

  async #run(job: TokenJob, wish: TokenWish, asking: Asking, waitMs: number): Promise<Outcome> {
    const outcome = await this.#serve(job, wish, asking, waitMs).then(
      (served): Outcome => ({ ok: true, served }),
      (error: unknown): Outcome => ({ ok: false, error }),
    );
    job.outcome = outcome;
    if (job.discarded) this.#takeBack(job);
    else this.ledger.settled(job);
    return outcome;
  }

  async #serve(job: TokenJob, wish: TokenWish, asking: Asking, waitMs: number): Promise<Served> {
    const { desk, asksKeyHolders } = this.#deps;
    const { application } = wish;
    const look = wish.kind === 'mytoken' || asking.client === null || asksKeyHolders();
    const asker = await askerOf(asking, { waitMs, look, application });
    const name = asking.client?.name ?? asker.caller.program;
    if (wish.kind === 'mytoken') {
      const hint = application === '' ? name : application;
      const served = await desk.mytoken({ ...wish.ask, hint: hint === '' ? null : hint }, asker, job.signal);
      return { kind: 'mytoken', ...served };
    }
    // The name the user gave comes first; what the program says of itself is only quoted.
    const comment = application === '' || application === name ? name : `${name} ("${application}")`.trim();
    return { kind: 'access-token', ...(await desk.accessToken({ ...wish.ask, comment }, asker, job.signal)) };
  }

  #discard(job: TokenJob): void {
    job.discarded = true;
    if (job.outcome === null) job.withdraw();
    else this.#takeBack(job);
  }

  /** A mytoken without a holder must not live on. */
  #takeBack(job: TokenJob): void {
    const { outcome } = job;
    if (job.takenBack || job.delivered || outcome?.ok !== true) return;
    const { served } = outcome;
    if (served.kind !== 'mytoken') return;
    job.takenBack = true;
    const attempt = async (): Promise<void> => {
      for (const waitMs of [0, ...revokeAgainAfterMs]) {
        if (waitMs > 0) await new Promise<void>((resolve) => this.#deps.clock.after(waitMs, resolve));
        try {
          await served.takeBack();
          this.#deps.log.info('agent.unfetched-revoked');
          return;
        } catch (error) {
          const code = error instanceof DomainError ? error.code : 'unknown';
          this.#deps.log.warn('agent.unfetched-not-revoked', { code });
        }
      }
    };
    const task = attempt().finally(() => this.#takingBack.delete(task));
    this.#takingBack.add(task);
  }
}
