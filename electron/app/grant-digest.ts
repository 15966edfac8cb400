import type { ActivityRecord } from '../../shared/model/activity.ts';
import type { Clock } from '../ports/index.ts';

export interface GrantUse {
  readonly program: string;
  readonly accountName: string;
  readonly count: number;
}

const minuteMs = 60_000;

/**
 * Tells when a remembered answer let a program through without a question: the first time at once, what follows within a minute in
 * one notice at its end. Returns how to stop.
 */
export function watchGrantUse(deps: {
  readonly activity: { list(): readonly ActivityRecord[]; onChange(listener: () => void): () => void };
  readonly clock: Clock;
  readonly used: (use: GrantUse) => void;
}): () => void {
  const { activity, clock, used } = deps;
  let newest = activity.list()[0]?.id;
  const quiet = new Map<string, { use: GrantUse | null; readonly cancel: () => void }>();

  const restAMinute = (program: string): void => {
    const cancel = clock.after(minuteMs, () => {
      const held = quiet.get(program)?.use ?? null;
      quiet.delete(program);
      if (held === null) return;
      used(held);
      restAMinute(program);
    });
    quiet.set(program, { use: null, cancel });
  };
  const tell = ({ program, accountName }: ActivityRecord): void => {
    const resting = quiet.get(program);
    if (resting === undefined) {
      used({ program, accountName, count: 1 });
      restAMinute(program);
      return;
    }
    resting.use = { program, accountName, count: (resting.use?.count ?? 0) + 1 };
  };
  const stopListening = activity.onChange(() => {
    const records = activity.list();
    const known = records.findIndex(({ id }) => id === newest);
    newest = records[0]?.id;
    const added = known < 0 ? records.slice(0, 1) : records.slice(0, known);
    for (const record of added.toReversed()) {
      if (record.outcome === 'allowed' && record.by === 'grant') tell(record);
    }
  });
  return () => {
    stopListening();
    for (const { cancel } of quiet.values()) cancel();
    quiet.clear();
  };
}
