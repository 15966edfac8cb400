import { createActivity } from '../../electron/activity/index.ts';
import { systemClock } from '../../electron/ports/index.ts';
import { RecordingLog } from './recording-log.ts';

/** Writes into the log named by its argument as fast as it can be saved, until somebody kills it. Says
 * when it cannot be saved, and how much it has all the same. */
const [, , path = ''] = process.argv;
const activity = createActivity({
  path,
  home: '',
  keepDays: () => 30,
  clock: systemClock(),
  log: new RecordingLog(),
});
await activity.start();
activity.onChange(() => {
  const { problem, total } = activity.state();
  if (problem !== null) process.stdout.write(`${problem} ${total}\n`);
});
let count = 0;
setInterval(() => {
  for (let of = 0; of < 20; of += 1) {
    count += 1;
    activity.add({
      ...{ program: 'job', verified: true, accountId: 'a', accountName: 'Alice', kind: 'mytoken' },
      ...{ summary: `AT ${count}`, outcome: 'allowed', by: 'user', durationMs: 1 },
    });
  }
}, 5);
