import type { Clock } from '../../ports/index.ts';
import { refusal, type Refusal } from './problems.ts';
import type { Remembrance, TokenJob } from './token-job.ts';

export interface LedgerLimits {
  /** How long a result can be fetched after it was there. */
  readonly resultLifeMs: number;
  readonly rememberedPerKey: number;
  readonly rememberedInAll: number;
}

type RememberedJob = TokenJob & { readonly remembered: Remembrance };

const full = refusal(
  'agent/too-many-requests',
  'Too many requests with an Idempotency-Key are remembered; fetch or withdraw some.',
  { retryAfterSeconds: 30 },
  true,
);
const mismatch = refusal(
  'agent/idempotency-mismatch',
  'This Idempotency-Key was used for a request that asked for something else.',
  { field: 'Idempotency-Key' },
);

/**
 * Requests that can be sent again: each asker has its own idempotency keys, and a key stands for one request from the moment that
 * arrived until five minutes after its result was there. In memory only and bounded.
 */
export class Ledger {
  readonly #jobs = new Map<string, RememberedJob>();
  readonly #byId = new Map<string, RememberedJob>();
  readonly #ends = new Map<TokenJob, () => void>();
  readonly #clock: Clock;
  readonly #limits: LedgerLimits;
  readonly #discard: (job: TokenJob) => void;

  /** @param discard called once for each job that is forgotten; takes back what nobody fetched */
  constructor(clock: Clock, limits: LedgerLimits, discard: (job: TokenJob) => void) {
    this.#clock = clock;
    this.#limits = limits;
    this.#discard = discard;
  }

  get size(): number {
    return this.#jobs.size;
  }

  /** The request this key stands for already; null for a new one; a refusal when it stands for another. */
  find({ askingId, idempotencyKey, fingerprint }: Omit<Remembrance, 'id'>): TokenJob | Refusal | null {
    const job = this.#jobs.get(nameOf(askingId, idempotencyKey));
    if (job === undefined) return null;
    return job.remembered.fingerprint === fingerprint ? job : mismatch;
  }

  /** To be called once before each {@link add}: makes room if something fetched can go; else says why not. */
  makeRoom(askingId: string): Refusal | null {
    const own = [...this.#jobs.values()].filter(({ remembered }) => remembered.askingId === askingId);
    const { rememberedPerKey, rememberedInAll } = this.#limits;
    if (own.length < rememberedPerKey && this.#jobs.size < rememberedInAll) return null;
    // The longest known one whose answer has arrived; what was not fetched is nobody's to throw away.
    const done = own.find(({ delivered }) => delivered);
    if (done === undefined) return full;
    this.forget(done);
    return null;
  }

  add(job: TokenJob): void {
    if (!isRemembered(job)) return;
    this.#jobs.set(nameOf(job.remembered.askingId, job.remembered.idempotencyKey), job);
    this.#byId.set(job.remembered.id, job);
  }

  /** The result is there: from now on its time runs. */
  settled(job: TokenJob): void {
    if (!isRemembered(job) || !this.#byId.has(job.remembered.id)) return;
    this.#ends.set(
      job,
      this.#clock.after(this.#limits.resultLifeMs, () => this.forget(job)),
    );
  }

  /** Ids of others are as unknown as those that never were. */
  byId(askingId: string, id: string): TokenJob | null {
    const job = this.#byId.get(id);
    return job?.remembered.askingId === askingId ? job : null;
  }

  forget(job: TokenJob): void {
    if (!isRemembered(job) || this.#byId.get(job.remembered.id) !== job) return;
    this.#byId.delete(job.remembered.id);
    this.#jobs.delete(nameOf(job.remembered.askingId, job.remembered.idempotencyKey));
    this.#ends.get(job)?.();
    this.#ends.delete(job);
    this.#discard(job);
  }

  forgetFetchedAccessTokens(): void {
    for (const job of [...this.#jobs.values()]) {
      if (job.kind === 'access-token' && job.delivered) this.forget(job);
    }
  }

  forgetAll(): void {
    for (const job of [...this.#jobs.values()]) this.forget(job);
  }
}

function isRemembered(job: TokenJob): job is RememberedJob {
  return job.remembered !== null;
}

function nameOf(askingId: string, idempotencyKey: string): string {
  return `${askingId}\n${idempotencyKey}`;
}
