/**
 * A lease lets the thread of the connections give an answer again that the main thread has just approved: the same program, the same
 * request, for less than a minute (decision 0005). What may be given, and for how long, is the main thread's to say; so is the end of it
 * all, which needs no message: every lease names the epoch it was made in, and only those of the present one count.
 */
export interface LeaseTerms {
  readonly id: number;
  /** Of {@link Epoch}, from before the request was decided on. */
  readonly epoch: number;
  /** Both clocks have to agree: {@link machineMs} stands still during sleep, the wall clock can be set. */
  readonly endsAtMachineMs: number;
  readonly endsAtMs: number;
}

/** Longer and a window that shows what a program did would be told too late. */
export const longestLeaseMs = 60_000;
const mostLeases = 128;

/** A number that both threads see at once. */
export class Epoch {
  readonly buffer: SharedArrayBuffer;
  readonly #cell: Int32Array;

  constructor(buffer = new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT)) {
    this.buffer = buffer;
    this.#cell = new Int32Array(buffer);
  }

  get now(): number {
    return Atomics.load(this.#cell, 0);
  }

  /** From this moment on no lease made before counts. */
  next(): void {
    Atomics.add(this.#cell, 0, 1);
  }
}

/** Milliseconds of one clock that all threads of this process share, unlike `performance.now()`. */
export function machineMs(): number {
  return Number(process.hrtime.bigint() / 1000n) / 1000;
}

/** The thread's side: what it may give again. */
export class LeaseShelf {
  readonly #epoch: Epoch;
  readonly #clocks: { readonly machineMs: () => number; readonly nowMs: () => number };
  readonly #leases = new Map<string, { readonly terms: LeaseTerms; readonly json: string }>();

  constructor(epoch: Epoch, clocks: { readonly machineMs: () => number; readonly nowMs: () => number }) {
    this.#epoch = epoch;
    this.#clocks = clocks;
  }

  put(key: string, terms: LeaseTerms, json: string): void {
    this.#leases.delete(key);
    if (terms.epoch !== this.#epoch.now) return;
    this.#leases.set(key, { terms, json });
    if (this.#leases.size > mostLeases) this.#drop(this.#leases.keys().next().value);
  }

  /** The answer to give again; null when the main thread has to be asked. */
  find(key: string): { readonly terms: LeaseTerms; readonly json: string } | null {
    const lease = this.#leases.get(key);
    if (lease === undefined) return null;
    const { epoch, endsAtMachineMs, endsAtMs } = lease.terms;
    const counts =
      epoch === this.#epoch.now &&
      this.#clocks.machineMs() < endsAtMachineMs &&
      this.#clocks.nowMs() < endsAtMs &&
      // A wall clock that was set back makes nothing last longer.
      endsAtMs - this.#clocks.nowMs() <= longestLeaseMs;
    if (!counts) this.#leases.delete(key);
    return counts ? lease : null;
  }

  clear(): void {
    this.#leases.clear();
  }

  #drop(key: string | undefined): void {
    if (key !== undefined) this.#leases.delete(key);
  }
}
