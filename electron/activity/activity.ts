import type { Clock } from '../ports/index.ts';
import { Emitter } from '../ports/index.ts';
import { ActivityMemory } from './memory.ts';
import type { Activity } from './types.ts';

const mostRecords = 20_000;

/** What was asked for and what became of it; bounded, without tokens. */
export function createActivity(clock: Clock): Activity {
  const changed = new Emitter<undefined>();
  const memory = new ActivityMemory(mostRecords, '');
  return {
    add(entry) {
      memory.add(entry, clock.nowMs());
      changed.emit(undefined);
    },
    amend(id, amendment) {
      if (memory.amend(id, amendment, clock.nowMs()) === null) return false;
      changed.emit(undefined);
      return true;
    },
    list: () => memory.newestFirst(),
    onChange: (listener) => changed.on(listener),
  };
}
