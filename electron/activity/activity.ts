import type { ActivityRecord } from '../../shared/model/activity.ts';
import { type Clock, Emitter, type Logger } from '../ports/index.ts';
import { LogFile, type LogLine } from './log-file.ts';
import { ActivityMemory } from './memory.ts';
import type { ActivityLog } from './types.ts';

const mostRecords = 20_000;
const mostBytes = 16 * 1024 * 1024;
/** New records reach the disk after this time, all that came meanwhile at once. */
const flushMs = 2_000;
/** A count that went up is in less of a hurry. */
const flushCountsMs = 30_000;
const retryMs = 60_000;
const pruneEveryMs = 3_600_000;
const dayMs = 86_400_000;

export interface ActivityOptions {
  readonly path: string;
  /** Shown as `~` in paths of programs. */
  readonly home: string;
  /** How long records are kept. */
  readonly keepDays: () => number;
  readonly clock: Clock;
  readonly log: Logger;
}

/** See {@link ActivityLog} for what it promises. Nobody who adds ever waits for the disk. */
export function createActivity(options: ActivityOptions): ActivityLog {
  const { clock, log, keepDays } = options;
  const changed = new Emitter<undefined>();
  const memory = new ActivityMemory(mostRecords, options.home);
  const file = new LogFile(options.path);
  /** Ids whose line in the file is not what is in memory. */
  const dirty = new Set<string>();
  let loaded = false;
  let mustReplace = false;
  let torn = false;
  let lines = 0;
  let bytes = 0;
  let changes = 0;
  let damaged = 0;
  let problem: string | null = null;
  let flushAtMs = Infinity;
  let cancelFlush: (() => void) | null = null;
  let cancelPrune: (() => void) | null = null;
  let work: Promise<void> = Promise.resolve();

  const changedNow = (): void => {
    changes += 1;
    changed.emit(undefined);
  };

  const flushWithin = (delayMs: number): void => {
    const atMs = clock.monotonicMs() + delayMs;
    if (!loaded || atMs >= flushAtMs) return;
    flushAtMs = atMs;
    cancelFlush?.();
    cancelFlush = clock.after(delayMs, () => void flush());
  };

  const lineOf = (id: string): LogLine => memory.get(id) ?? { id, gone: true };

  const write = async (): Promise<void> => {
    if (!loaded || (dirty.size === 0 && !mustReplace)) return;
    const ids = [...dirty];
    dirty.clear();
    const outdated = lines + ids.length > memory.size * 2 + 1_000 || bytes > mostBytes;
    const whole = mustReplace || outdated;
    mustReplace = false;
    try {
      if (whole) {
        const newest = withinBytes(memory.newestFirst(), mostBytes / 2);
        bytes = await file.replace(newest);
        lines = newest.length;
        torn = false;
      } else {
        bytes += await file.append(ids.map(lineOf), torn);
        lines += ids.length;
        torn = false;
      }
      if (problem !== null) {
        problem = null;
        log.info('activity.saved-again');
        changedNow();
      }
    } catch (error) {
      for (const id of ids) dirty.add(id);
      mustReplace ||= whole;
      torn = true; // how much of it was written, nobody knows
      if (problem === null) {
        const reason = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
        problem = reason;
        log.error('activity.could-not-save', { reason });
        changedNow();
      }
      flushWithin(retryMs);
    }
  };

  /** One after the other: what is in the file is always in the order in which it happened. */
  const flush = (): Promise<void> => {
    cancelFlush?.();
    cancelFlush = null;
    flushAtMs = Infinity;
    work = work.then(write);
    return work;
  };

  const prune = (): void => {
    if (memory.dropBefore(clock.nowMs() - keepDays() * dayMs)) {
      mustReplace = true;
      flushWithin(flushMs);
      changedNow();
    }
  };
  const pruneAgain = (): void => {
    prune();
    cancelPrune = clock.after(pruneEveryMs, pruneAgain);
  };

  const load = async (): Promise<void> => {
    try {
      const found = await file.load();
      ({ lines, torn, damaged } = found);
      memory.putBefore(found.records);
      if (damaged > 0) {
        log.error('activity.damaged-lines', { count: damaged });
        await file.setAside();
        mustReplace = true;
      }
    } catch (error) {
      // What cannot be read must not be replaced unseen: it is put aside, and if that fails, too, nothing is written.
      const reason = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
      log.error('activity.could-not-read', { reason });
      problem = reason;
      await file.setAside();
      mustReplace = true;
    }
  };

  return {
    add(entry, times) {
      const { id, isNew } = memory.add(entry, clock.nowMs(), times);
      dirty.add(id);
      flushWithin(isNew ? flushMs : flushCountsMs);
      changedNow();
    },
    amend(id, amendment) {
      const touched = memory.amend(id, amendment, clock.nowMs());
      if (touched === null) return false;
      for (const each of touched) dirty.add(each);
      flushWithin(flushMs);
      changedNow();
      return true;
    },
    get: (id) => memory.get(id) ?? null,
    list: () => memory.newestFirst(),
    state: () => ({ changes, total: memory.size, damaged, problem }),
    onChange: (listener) => changed.on(listener),
    async start() {
      try {
        await load();
        loaded = true;
      } catch {
        changedNow();
        return;
      }
      pruneAgain();
      changedNow();
      if (dirty.size > 0 || mustReplace) flushWithin(flushMs);
    },
    prune,
    async clear() {
      memory.clear();
      dirty.clear();
      damaged = 0;
      mustReplace = true;
      changedNow();
      await flush();
      await file.forgetAside();
    },
    async stop() {
      cancelPrune?.();
      await flush();
      cancelFlush?.();
    },
  };
}

/** The newest records that fit, in the order in which they came. */
function withinBytes(newestFirst: readonly ActivityRecord[], most: number): readonly ActivityRecord[] {
  let left = most;
  const fitting: ActivityRecord[] = [];
  for (const record of newestFirst) {
    left -= Buffer.byteLength(JSON.stringify(record)) + 1;
    if (left < 0) break;
    fitting.push(record);
  }
  return fitting.reverse();
}
