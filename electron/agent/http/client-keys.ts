import { createHmac, hash, randomBytes, randomUUID, timingSafeEqual } from 'node:crypto';
import { DomainError } from '../../../shared/errors.ts';
import type { ClientView } from '../../../shared/model/state.ts';
import type { Accounts } from '../../accounts/index.ts';
import { type Clock, Emitter, type Logger, type Secret } from '../../ports/index.ts';
import { keyHintOf, newClientKey } from './key-format.ts';
import { plainName } from './requests.ts';
import type { ClientKeys, ClientRecord, ClientStorage } from './types.ts';

const formerKeyLifeMs = 10 * 60 * 1000;
const dayMs = 24 * 3600 * 1000;
const writeEveryMs = 60 * 1000;

/** The two operations whose number must not depend on what was presented; a test counts them. */
export interface KeyCrypto {
  readonly digest: (text: string) => Buffer;
  readonly equal: (a: Buffer, b: Buffer) => boolean;
}

const nodeCrypto: KeyCrypto = {
  digest: (text) => hash('sha256', text, 'buffer'),
  equal: (a, b) => timingSafeEqual(a, b),
};

export interface ClientKeysDeps {
  readonly storage: ClientStorage;
  readonly clock: Clock;
  readonly log: Logger;
  /** Removed accounts leave the limits of all keys. */
  readonly accounts: Pick<Accounts, 'onChange'>;
  readonly crypto?: KeyCrypto;
}

interface Entry {
  record: ClientRecord;
  readonly hash: Buffer;
  /** Compared in every run, so that a key under rotation costs the same; random when there is no former key. */
  readonly formerHash: Buffer;
  readonly formerHint: string | null;
  /** Wall clock and monotonic clock must both agree that the former key still lives: setting the clock back revives nothing. */
  readonly formerUntilMonotonicMs: number;
}

/** Client keys: 256 random bits, known to us only as SHA-256. Reads the storage when created. */
export function createClientKeys(deps: ClientKeysDeps): ClientKeys {
  const { storage, clock, log } = deps;
  const { digest, equal } = deps.crypto ?? nodeCrypto;
  const changed = new Emitter<readonly ClientView[]>();
  const noHash = randomBytes(32);
  /** Answers challenges for hints nobody has; only in memory, so nobody can tell these answers from real ones. */
  const decoySecret = randomBytes(32);
  let entries = new Map<string, Entry>();
  let writtenAtMs = -Infinity;
  let cancelWrite: (() => void) | null = null;

  const entryOf = (record: ClientRecord): Entry => {
    const former = record.formerKey;
    const leftMs = former === null ? 0 : Math.min(former.untilMs - clock.nowMs(), formerKeyLifeMs);
    return {
      record,
      hash: Buffer.from(record.keyHash, 'hex'),
      formerHash: former === null ? noHash : Buffer.from(former.keyHash, 'hex'),
      formerHint: former?.keyHint ?? null,
      formerUntilMonotonicMs: clock.monotonicMs() + leftMs,
    };
  };
  for (const record of storage.load()) entries.set(record.id, entryOf(record));

  const formerLives = (entry: Entry): boolean =>
    entry.record.formerKey !== null &&
    clock.nowMs() < entry.record.formerKey.untilMs &&
    clock.monotonicMs() < entry.formerUntilMonotonicMs;
  const expired = (record: ClientRecord): boolean =>
    record.expiresAtMs !== null && record.expiresAtMs <= clock.nowMs();
  const views = (): readonly ClientView[] => [...entries.values()].map(({ record }) => viewOf(record));

  const write = (next: ReadonlyMap<string, Entry>): void => {
    cancelWrite?.();
    cancelWrite = null;
    // Also after a failure: a full disk must not be asked again with every request.
    writtenAtMs = clock.monotonicMs();
    storage.save([...next.values()].map(({ record }) => record));
  };

  const writeUses = (): void => {
    try {
      write(entries);
    } catch {
      log.warn('agent.clients-not-saved');
    }
    changed.emit(views());
  };

  const used = (entry: Entry): void => {
    const nowMs = clock.nowMs();
    const last = entry.record.lastUsedAtMs;
    // To the second is exact enough, and most requests then change nothing at all.
    if (last !== null && Math.abs(nowMs - last) < 1000) return;
    entry.record = { ...entry.record, lastUsedAtMs: nowMs };
    writeSoon();
  };

  const writeSoon = (): void => {
    if (cancelWrite !== null) return;
    const waitMs = Math.max(0, writtenAtMs + writeEveryMs - clock.monotonicMs());
    cancelWrite = clock.after(waitMs, writeUses);
  };

  const withEntry = (record: ClientRecord): Map<string, Entry> =>
    new Map(entries).set(record.id, entryOf(record));
  const adopt = (next: Map<string, Entry>): void => {
    entries = next;
    changed.emit(views());
  };

  deps.accounts.onChange(({ removed }) => {
    if (removed.length === 0) return;
    const gone = new Set(removed);
    let touched = false;
    for (const entry of entries.values()) {
      const { accountIds } = entry.record;
      if (accountIds?.some((id) => gone.has(id)) !== true) continue;
      // Never null: a key whose last account went away may use none, not all.
      entry.record = { ...entry.record, accountIds: accountIds.filter((id) => !gone.has(id)) };
      touched = true;
    }
    if (touched) writeUses();
  });

  return {
    list: views,
    onChange: (listener) => changed.on(listener),

    create({ name, accountIds, expiresInDays }) {
      const nowMs = clock.nowMs();
      const key = newClientKey();
      const record: ClientRecord = {
        id: randomUUID(),
        name: plainName(name) || 'program',
        keyHash: hashHex(digest, key),
        keyHint: keyHintOf(key),
        createdAtMs: nowMs,
        lastUsedAtMs: null,
        lastUsedBy: null,
        expiresAtMs: expiresInDays === null ? null : nowMs + expiresInDays * dayMs,
        accountIds: accountIds === null ? null : [...accountIds],
        formerKey: null,
      };
      const next = withEntry(record);
      write(next);
      adopt(next);
      log.info('agent.client-created', { client: record.id, limited: accountIds !== null });
      return { clientId: record.id, key };
    },

    rotate(clientId) {
      const entry = entries.get(clientId);
      if (entry === undefined) throw unknownClient();
      const { record } = entry;
      const key = newClientKey();
      const next = withEntry({
        ...record,
        keyHash: hashHex(digest, key),
        keyHint: keyHintOf(key),
        formerKey: {
          keyHash: record.keyHash,
          keyHint: record.keyHint,
          untilMs: clock.nowMs() + formerKeyLifeMs,
        },
      });
      write(next);
      adopt(next);
      log.info('agent.client-rotated', { client: clientId });
      return { clientId, key };
    },

    revoke(clientId) {
      if (!entries.has(clientId)) throw unknownClient();
      const next = new Map(entries);
      next.delete(clientId);
      // In memory first: even when the disk is full the key stops working now.
      adopt(next);
      log.info('agent.client-revoked', { client: clientId });
      write(next);
    },

    authenticate(presentedKey) {
      const presented = digest(presentedKey);
      let match: Entry | null = null;
      // No early exit and no look-up by hash: the work is the same whoever asks.
      for (const entry of entries.values()) {
        const current = equal(presented, entry.hash);
        const former = equal(presented, entry.formerHash);
        if (current || (former && formerLives(entry))) match = entry;
      }
      if (match === null || expired(match.record)) return null;
      used(match);
      return match.record;
    },

    usedBy(clientId, program) {
      const entry = entries.get(clientId);
      if (entry === undefined || entry.record.lastUsedBy === program) return;
      entry.record = { ...entry.record, lastUsedBy: program };
      writeSoon();
    },

    get(clientId) {
      const record = entries.get(clientId)?.record;
      return record === undefined || expired(record) ? null : record;
    },

    answerChallenge(keyHint, message) {
      let key: Buffer | null = null;
      for (const entry of entries.values()) {
        if (expired(entry.record)) continue;
        if (entry.record.keyHint === keyHint) key = entry.hash;
        else if (entry.formerHint === keyHint && formerLives(entry)) key ??= entry.formerHash;
      }
      const decoy = createHmac('sha256', decoySecret).update(keyHint).digest();
      return createHmac('sha256', key ?? decoy)
        .update(message)
        .digest('hex');
    },

    flush() {
      if (cancelWrite !== null) writeUses();
    },
  };
}

function hashHex(digest: KeyCrypto['digest'], key: Secret): string {
  return digest(key.reveal()).toString('hex');
}

function viewOf(record: ClientRecord): ClientView {
  const { id, name, createdAtMs, lastUsedAtMs, lastUsedBy, expiresAtMs, accountIds, keyHint } = record;
  return { id, name, createdAtMs, lastUsedAtMs, lastUsedBy, expiresAtMs, accountIds, keyHint };
}

function unknownClient(): DomainError {
  return new DomainError('agent/client-not-found', 'This client key does not exist any more.');
}
