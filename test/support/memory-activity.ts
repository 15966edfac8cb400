import { type ActivityLog, createActivity } from '../../electron/activity/index.ts';
import type { Clock } from '../../electron/ports/index.ts';
import { RecordingLog } from './recording-log.ts';

/** A log that was not started and so never touches the disk. */
export function memoryActivity(clock: Clock): ActivityLog {
  const log = new RecordingLog();
  return createActivity({ path: '/nowhere/activity.jsonl', home: '', keepDays: () => 30, clock, log });
}
