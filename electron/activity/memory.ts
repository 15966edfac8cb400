import { randomUUID } from 'node:crypto';
import type { ActivityRecord } from '../../shared/model/activity.ts';
import { scrubTokens } from '../../shared/model/scrub.ts';
import type { ActivityAmendment, ActivityEntry } from './types.ts';

/** The same within this time is one record with a count. */
const mergeMs = 60_000;
/** How many may still be counted up or looked for again; beyond, the oldest ones are closed. */
const mostRemembered = 1_000;
const longestText = 2_000;
const longestPath = 120;

/** Records in memory in the order in which they came, at most `mostRecords`; no I/O. */
export class ActivityMemory {
  readonly #mostRecords: number;
  readonly #home: string;
  /** In the order of their coming: a Map keeps it, and finds by id. */
  #records = new Map<string, ActivityRecord>();
  /** Ids of records that may still be counted up, by what makes requests the same. */
  readonly #open = new Map<string, string>();
  /** Ids of requests that were counted with another, and the id of its record. */
  readonly #counted = new Map<string, string>();
  #newestFirst: readonly ActivityRecord[] | null = null;

  constructor(mostRecords: number, home: string) {
    this.#mostRecords = mostRecords;
    this.#home = home;
  }

  get size(): number {
    return this.#records.size;
  }

  get(id: string): ActivityRecord | undefined {
    return this.#records.get(id);
  }

  /** The id of the record that was added or counted up. */
  add(told: ActivityEntry, nowMs: number, times = 1): { readonly id: string; readonly isNew: boolean } {
    // First, so that what is taken out of a record later is known again as the same.
    const entry = tidied(told, this.#home);
    const key = isMergeable(entry) ? mergeKey(entry) : null;
    const openId = key === null ? undefined : this.#open.get(key);
    const before = openId === undefined ? undefined : this.#records.get(openId);
    if (before !== undefined && nowMs >= before.atMs && nowMs - before.atMs < mergeMs) {
      this.set({ ...before, count: (before.count ?? 1) + times, lastAtMs: nowMs });
      if (entry.id !== undefined) remember(this.#counted, entry.id, before.id);
      return { id: before.id, isNew: false };
    }
    const { id = randomUUID() } = entry;
    const record: ActivityRecord = {
      ...entry,
      id,
      atMs: nowMs,
      durationMs: Math.round(entry.durationMs),
      ...(times === 1 ? {} : { count: times, lastAtMs: nowMs }),
    };
    this.set(record);
    if (key !== null) remember(this.#open, key, id);
    return { id, isNew: true };
  }

  /** Ids of the records that changed; null when there is none with this id. */
  amend(id: string, amendment: ActivityAmendment, nowMs: number): readonly string[] | null {
    const record = this.#records.get(this.#counted.get(id) ?? id);
    if (record === undefined) return null;
    if (!isMergeable(record) || amendment.mytoken !== undefined) {
      const { mytoken = record.mytoken } = amendment;
      this.set({ ...record, ...amendment, mytoken: mytoken === undefined ? undefined : named(mytoken) });
      return [record.id];
    }
    // Taken out of those it was counted with, and counted with those of the same fate.
    this.#counted.delete(id);
    const { count = 1, lastAtMs: _lastAtMs, ...single } = record;
    if (count > 1) this.set({ ...record, count: count - 1 });
    else this.#remove(record.id);
    const moved = this.add(
      { ...single, ...amendment, id: record.id === id && count > 1 ? undefined : id },
      nowMs,
    );
    return [record.id, moved.id];
  }

  /** Adds, or replaces the one with its id in its place. */
  set(record: ActivityRecord): void {
    this.#newestFirst = null;
    this.#records.set(record.id, record);
    for (const [oldest] of this.#records) {
      if (this.#records.size <= this.#mostRecords) break;
      this.#records.delete(oldest);
    }
  }

  #remove(id: string): void {
    this.#newestFirst = null;
    this.#records.delete(id);
  }

  /** Puts what was read from the disk before what has come since. */
  putBefore(older: Iterable<ActivityRecord>): void {
    const since = this.#records;
    this.#records = new Map();
    for (const record of older) this.set(record);
    for (const record of since.values()) this.set(record);
  }

  /** Removes what ended before; true if there was any. */
  dropBefore(earliestMs: number): boolean {
    const before = this.#records.size;
    for (const [id, { atMs, lastAtMs }] of this.#records) {
      if ((lastAtMs ?? atMs) < earliestMs) this.#records.delete(id);
    }
    if (this.#records.size === before) return false;
    this.#newestFirst = null;
    return true;
  }

  clear(): void {
    this.#records.clear();
    this.#open.clear();
    this.#counted.clear();
    this.#newestFirst = null;
  }

  all(): IterableIterator<ActivityRecord> {
    return this.#records.values();
  }

  newestFirst(): readonly ActivityRecord[] {
    this.#newestFirst ??= [...this.#records.values()].reverse();
    return this.#newestFirst;
  }
}

function remember(map: Map<string, string>, key: string, value: string): void {
  map.delete(key);
  map.set(key, value);
  if (map.size <= mostRemembered) return;
  const [oldest] = map.keys();
  if (oldest !== undefined) map.delete(oldest);
}

/** A mytoken is never one of many: each can be revoked. Nor is what a person did. */
function isMergeable({ kind, outcome, by, mytoken }: ActivityEntry): boolean {
  if (mytoken !== undefined || by === 'user') return false;
  return kind === 'access-token' || kind === 'token-file' || outcome === 'refused';
}

function mergeKey(entry: ActivityEntry): string {
  return [
    entry.program,
    entry.executable,
    entry.clientName,
    entry.door,
    entry.accountId,
    entry.accountName,
    entry.kind,
    entry.summary,
    entry.outcome,
    entry.by,
    entry.grantId,
    entry.problem,
  ].join('\n');
}

function tidied(entry: ActivityEntry, home: string): ActivityEntry {
  const { clientName, restrictions, mytoken, executable } = entry;
  return {
    ...entry,
    program: kept(entry.program),
    accountName: kept(entry.accountName),
    clientName: clientName === undefined ? undefined : kept(clientName),
    summary: kept(entry.summary),
    restrictions: restrictions === undefined ? undefined : kept(restrictions),
    mytoken: mytoken === undefined ? undefined : named(mytoken),
    executable: executable === undefined ? undefined : shortPath(executable, home),
  };
}

/** Programs choose their words and servers theirs: of any length, and now and then it is their token that they send for a name. */
function kept(text: string): string {
  const clean = scrubTokens(text);
  return clean.length <= longestText ? clean : `${clean.slice(0, longestText - 1)}…`;
}

function named(mytoken: NonNullable<ActivityRecord['mytoken']>): ActivityRecord['mytoken'] {
  return { ...mytoken, name: kept(mytoken.name) };
}

/** With `~` for the home folder, and its middle left out when it is long. */
function shortPath(path: string, home: string): string {
  const shown = home !== '' && path.startsWith(`${home}/`) ? `~${path.slice(home.length)}` : path;
  if (shown.length <= longestPath) return shown;
  const half = Math.floor(longestPath / 2);
  return `${shown.slice(0, half)}…${shown.slice(-half + 1)}`;
}
