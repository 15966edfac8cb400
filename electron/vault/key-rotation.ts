import type { Logger } from '../ports/index.ts';
import { systemCode } from './failures.ts';
import type { KeyCustody } from './key-custody.ts';
import { KeyedQueue } from './keyed-queue.ts';
import type { RecordStore } from './record-store.ts';

export interface RotationDeps {
  readonly custody: KeyCustody;
  readonly records: RecordStore;
  /** The queue all reads and writes of single records go through. */
  readonly queue: KeyedQueue;
  readonly log: Logger;
}

/** Files are rewritten this many at a time, with one directory sync for all; puts slip in between. */
const batchSize = 32;

/**
 * Replaces the data key after a removal: whoever finds the removed file's blocks on the disk later has no key for it.
 *
 * The order makes every moment survivable: (1) before a record is deleted, the header says that a rotation is owed; (2) a new
 * header holds the new key and, sealed under it, the old one; (3) records move over in batches; (4) only when no file needs the
 * old key any more, a header without it is written. A vault that is opened again goes on where it stopped.
 */
export class KeyRotation {
  readonly #deps: RotationDeps;
  readonly #runs = new KeyedQueue();
  #stopped = false;

  constructor(deps: RotationDeps) {
    this.#deps = deps;
  }

  /**
   * Resolves when no rotation is owed any more, or when one had to be put off (log `vault.rotation-deferred`): then it goes on at
   * the next removal or the next time the vault is opened. Calls under way share the work.
   */
  run(): Promise<void> {
    return this.#runs.run('rotation', async () => {
      const { custody, log } = this.#deps;
      try {
        while (!this.#stopped && (custody.rotationOwed || custody.retiring !== null)) await this.#pass();
      } catch (error) {
        log.warn('vault.rotation-deferred', { reason: systemCode(error) ?? String(error) });
      }
    });
  }

  /** Stops after the batch under way. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#runs.settled();
  }

  async #pass(): Promise<void> {
    const { custody, records, queue, log } = this.#deps;
    if (custody.retiring === null) await custody.beginRotation();
    const { retiring } = custody;
    if (retiring === null) return;
    // Writes that began before the switch may still use the old key: let them land before looking for files.
    await queue.settled();
    const ids = await records.list();
    for (let start = 0; start < ids.length; start += batchSize) {
      if (this.#isStopped()) return;
      const batch = ids.slice(start, start + batchSize);
      await all(batch.map((id) => queue.run(id, () => records.changeKey(id, custody))));
      await records.sync();
    }
    for (const id of ids) {
      if (await queue.run(id, () => records.needsKey(id, retiring, custody))) {
        throw new Error('A record still needs the old key.');
      }
    }
    if (this.#isStopped()) return;
    await custody.finishRotation();
    log.info('vault.key-rotated', { records: ids.length });
  }

  #isStopped(): boolean {
    return this.#stopped;
  }
}

/** Like Promise.all, but rejects only after every task has ended. */
async function all(tasks: readonly Promise<void>[]): Promise<void> {
  for (const result of await Promise.allSettled(tasks)) {
    if (result.status === 'rejected') throw result.reason;
  }
}
