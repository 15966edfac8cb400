import { DomainError } from '../../shared/errors.ts';
import { activityCsv, activityJson, type ActivityLog, filterActivity } from '../activity/index.ts';
import { writePrivateFile } from '../files/index.ts';
import type { Handlers } from '../ipc/index.ts';
import type { Manager } from '../manage/index.ts';
import type { Clock } from '../ports/index.ts';
import { shownPath } from './shown-path.ts';

export interface ActivityHandlerDeps {
  readonly activity: ActivityLog;
  readonly manager: Manager;
  readonly clock: Clock;
  /** Shows the system's save dialog; null when it was closed. */
  readonly pickSavePath: (suggestedName: string, what: 'activity') => Promise<string | null>;
}

type ActivityChannel = Extract<keyof Handlers, `activity:${string}`>;

/** Looking into the log, taking it along, and taking back what was given out. */
export function activityHandlers(deps: ActivityHandlerDeps): Pick<Handlers, ActivityChannel> {
  const { activity, manager, clock } = deps;
  return {
    'activity:query'({ filter, offset, limit }) {
      const all = activity.list();
      const fitting = filterActivity(all, filter);
      const programs = [...new Set(all.map(({ program }) => program))].filter((program) => program !== '');
      return Promise.resolve({
        records: fitting.slice(offset, offset + limit),
        total: fitting.length,
        programs: programs.sort((one, other) => one.localeCompare(other)).slice(0, 500),
        changes: activity.state().changes,
      });
    },

    async 'activity:export'({ filter, format }) {
      const day = new Date(clock.nowMs()).toISOString().slice(0, 10);
      const path = await deps.pickSavePath(`mytoken-activity-${day}.${format}`, 'activity');
      if (path === null) return null;
      const fitting = filterActivity(activity.list(), filter);
      await writePrivateFile(path, format === 'csv' ? activityCsv(fitting) : activityJson(fitting));
      return { path: shownPath(path), count: fitting.length };
    },

    async 'activity:revoke'({ recordId }) {
      const record = activity.get(recordId);
      const { mytoken } = record ?? {};
      const { accountId } = record ?? {};
      if (mytoken === undefined || accountId === undefined || mytoken.momId === null) {
        throw new DomainError('ipc/invalid-argument', 'This entry is about no mytoken that can be revoked.');
      }
      const step = { momId: mytoken.momId, recursive: true };
      const { problem } = await manager.revoke(accountId, true, [step], []);
      const result =
        problem === null
          ? { revokedAtMs: clock.nowMs(), revokeProblem: null }
          : { revokedAtMs: null, revokeProblem: problem.code };
      activity.amend(recordId, { mytoken: { ...mytoken, ...result } });
      return null;
    },

    async 'activity:clear'() {
      await activity.clear();
      return null;
    },
  };
}
