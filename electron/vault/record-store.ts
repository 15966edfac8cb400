import { couldNotRead, systemCode, UnsafePathError } from './failures.ts';
import type { KeyCustody } from './key-custody.ts';
import type { PrivateDirectory } from './private-directory.ts';
import { type DataKey, decodeRecord, encodeRecord, keyIdOf } from './record-codec.ts';

const currentSuffix = '.rec';
const previousSuffix = '.prev';
const recordIdMaxBytes = 96;
const recordMaxBytes = 4 * 1024 * 1024;

type Generation = 'current' | 'previous';

/**
 * Record files: `<id as hex>.rec` and the generation before it as `.prev`. Hex, because ids must survive file systems
 * that ignore case. Callers take care that calls for one record do not overlap.
 */
export class RecordStore {
  readonly #directory: PrivateDirectory;
  readonly #random: (bytes: number) => Buffer;

  constructor(directory: PrivateDirectory, random: (bytes: number) => Buffer) {
    this.#directory = directory;
    this.#random = random;
  }

  /** Ids of all records, readable or not, sorted. */
  async list(): Promise<readonly string[]> {
    const ids = new Set<string>();
    for (const name of await this.#directory.names()) {
      const id = recordIdOf(name);
      if (id !== null) ids.add(id);
    }
    return [...ids].sort();
  }

  async has(recordId: string): Promise<boolean> {
    const [current, previous] = await Promise.all([
      this.#directory.has(fileOf(recordId, 'current')),
      this.#directory.has(fileOf(recordId, 'previous')),
    ]);
    return current || previous;
  }

  /**
   * The value, or null when there is no record. Throws `vault/could-not-read`: the previous generation is never handed out in
   * place of a damaged current one, because presenting an outdated mytoken can make the server revoke all its successors.
   */
  async read(recordId: string, custody: KeyCustody): Promise<Buffer | null> {
    const read = await this.#read(recordId, 'current', custody);
    if (read.kind === 'value') return read.value;
    const previous = await this.#read(recordId, 'previous', custody);
    if (previous.kind === 'value') previous.value.fill(0);
    if (read.kind === 'missing' && previous.kind === 'missing') return null;
    throw couldNotRead(
      recordId,
      read.kind === 'failed' ? read.reason : 'missing',
      previous.kind === 'value',
      read.kind === 'failed' ? read.cause : undefined,
    );
  }

  /** The generation before the current one, or null when there is none. Throws `vault/could-not-read`. */
  async readPrevious(recordId: string, custody: KeyCustody): Promise<Buffer | null> {
    const read = await this.#read(recordId, 'previous', custody);
    if (read.kind === 'failed') throw couldNotRead(recordId, read.reason, false, read.cause);
    return read.kind === 'value' ? read.value : null;
  }

  async write(recordId: string, value: Buffer, custody: KeyCustody): Promise<void> {
    const context = { vaultId: custody.vaultId, recordId };
    await this.#directory.write(
      fileOf(recordId, 'current'),
      encodeRecord(value, context, custody.current, this.#random),
      { previousName: fileOf(recordId, 'previous') },
    );
  }

  /** Removes both generations, durably. */
  async remove(recordId: string): Promise<void> {
    // The current one goes last: a crash in between leaves a whole record, never just its outdated half.
    await this.#directory.remove(fileOf(recordId, 'previous'));
    await this.#directory.remove(fileOf(recordId, 'current'));
    await this.#directory.sync();
  }

  /**
   * Moves a record from the retiring key to the current one. Durable after {@link sync}. The previous generation is dropped
   * unless the current one is damaged: then it is all there is, and it moves instead.
   */
  async changeKey(recordId: string, custody: KeyCustody): Promise<void> {
    if (await this.#changeKeyOf(recordId, 'current', custody)) {
      await this.#directory.remove(fileOf(recordId, 'previous'));
    } else {
      await this.#changeKeyOf(recordId, 'previous', custody);
    }
  }

  /** Whether any file still names this key. Files that do name it but cannot be read with it do not count. */
  async needsKey(recordId: string, key: DataKey, custody: KeyCustody): Promise<boolean> {
    for (const generation of ['current', 'previous'] as const) {
      const file = await this.#readPlain(fileOf(recordId, generation));
      if (file === null) continue;
      const value = decodeRecord(file, { vaultId: custody.vaultId, recordId }, key);
      value?.fill(0);
      if (value !== null) return true;
    }
    return false;
  }

  async sync(): Promise<void> {
    await this.#directory.sync();
  }

  /** True when the file is readable with the current key afterwards. Throws when the disk fails. */
  async #changeKeyOf(recordId: string, generation: Generation, custody: KeyCustody): Promise<boolean> {
    const name = fileOf(recordId, generation);
    const file = await this.#readPlain(name);
    if (file === null) return false;
    const context = { vaultId: custody.vaultId, recordId };
    const key = keyFor(file, custody);
    const value = key === null ? null : decodeRecord(file, context, key);
    if (value === null) return false;
    try {
      if (key === custody.current) return true;
      const moved = encodeRecord(value, context, custody.current, this.#random);
      await this.#directory.write(name, moved, { deferSync: true });
      return true;
    } finally {
      value.fill(0);
    }
  }

  /** What cannot have been written here is as good as missing for a change of keys. */
  async #readPlain(name: string): Promise<Buffer | null> {
    try {
      return await this.#directory.read(name, recordMaxBytes);
    } catch (error) {
      if (error instanceof UnsafePathError) return null;
      throw error;
    }
  }

  async #read(recordId: string, generation: Generation, custody: KeyCustody): Promise<Read> {
    let file;
    try {
      file = await this.#directory.read(fileOf(recordId, generation), recordMaxBytes);
    } catch (cause) {
      const reason = cause instanceof UnsafePathError ? 'unsafe-path' : (systemCode(cause) ?? 'unknown');
      return { kind: 'failed', reason, cause };
    }
    if (file === null) return { kind: 'missing' };
    const key = keyFor(file, custody);
    const value = key ? decodeRecord(file, { vaultId: custody.vaultId, recordId }, key) : null;
    return value === null
      ? { kind: 'failed', reason: 'damaged', cause: undefined }
      : { kind: 'value', value };
  }
}

type Read =
  | { readonly kind: 'missing' }
  | { readonly kind: 'value'; readonly value: Buffer }
  | { readonly kind: 'failed'; readonly reason: string; readonly cause: unknown };

function keyFor(file: Buffer, custody: KeyCustody): DataKey | null {
  const keyId = keyIdOf(file);
  return [custody.current, custody.retiring].find((key) => key?.id === keyId) ?? null;
}

function fileOf(recordId: string, generation: Generation): string {
  const name = Buffer.from(recordId, 'utf8').toString('hex');
  return `${name}${generation === 'current' ? currentSuffix : previousSuffix}`;
}

/** Throws RangeError for an id that no file name could stand for. */
export function checkRecordId(recordId: string): void {
  const bytes = Buffer.from(recordId, 'utf8');
  const reversible = bytes.toString('utf8') === recordId;
  if (bytes.length === 0 || bytes.length > recordIdMaxBytes || !reversible) {
    throw new RangeError(`A record id is well-formed text of 1 to ${recordIdMaxBytes} bytes.`);
  }
}

function recordIdOf(name: string): string | null {
  const match = /^((?:[0-9a-f]{2})+)\.(?:rec|prev)$/.exec(name);
  return match?.[1] === undefined ? null : Buffer.from(match[1], 'hex').toString('utf8');
}
