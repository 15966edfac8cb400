import { randomUUID } from 'node:crypto';
import type { ActivityRecord } from '../../shared/model/approval.ts';
import { type Clock, Emitter } from '../ports/index.ts';

const mostRecords = 1_000;

/** What programs asked for and what became of it, the newest first; bounded, in memory, without tokens. */
export interface Activity {
  add(record: Omit<ActivityRecord, 'id' | 'atMs'>): void;
  list(): readonly ActivityRecord[];
  onChange(listener: () => void): () => void;
}

export function createActivity(clock: Clock): Activity {
  const changed = new Emitter<undefined>();
  let records: readonly ActivityRecord[] = [];
  return {
    add(record) {
      records = [{ ...record, id: randomUUID(), atMs: clock.nowMs() }, ...records].slice(0, mostRecords);
      changed.emit(undefined);
    },
    list: () => records,
    onChange: (listener) => changed.on(listener),
  };
}
