import { Secret } from '../ports/index.ts';

/** Records in memory only: gone with the process, nothing on disk. */
export class SessionRecords {
  readonly #values = new Map<string, Buffer>();

  get(recordId: string): Secret | null {
    const value = this.#values.get(recordId);
    return value === undefined ? null : new Secret(value.toString('utf8'));
  }

  put(recordId: string, value: Secret): void {
    this.remove(recordId);
    this.#values.set(recordId, Buffer.from(value.reveal(), 'utf8'));
  }

  remove(recordId: string): void {
    this.#values.get(recordId)?.fill(0);
    this.#values.delete(recordId);
  }

  list(): readonly string[] {
    return [...this.#values.keys()].sort();
  }

  zero(): void {
    for (const recordId of this.list()) this.remove(recordId);
  }
}
