import { z } from '../../zod.ts';
import {
  type ActivityFilter,
  activityKinds,
  activityOutcomes,
  type ActivityRecord,
} from '../../model/activity.ts';
import { type CallSpec, id, isObject, nothing } from './fields.ts';

const filter = z.strictObject({
  text: z.string().max(500),
  program: z.string().max(300).nullable(),
  accountId: id.nullable(),
  outcome: z.enum(activityOutcomes).nullable(),
  kind: z.enum(activityKinds).nullable(),
  fromMs: z.number().nullable(),
}) satisfies z.ZodType<ActivityFilter>;

/** Looking into the log of what was asked for. */
export const activityCalls = {
  /** The newest first. `programs`: all that occur in the log, `total`: how many records fit. */
  'activity:query': {
    args: z.strictObject({ filter, offset: z.int().min(0), limit: z.int().min(1).max(2000) }),
    result: z.object({
      records: z.array(z.custom<ActivityRecord>(isObject)),
      total: z.number(),
      programs: z.array(z.string()),
      /** As in the state at the time of the answer. */
      changes: z.number(),
    }),
    roles: ['main'],
  },
  /** What fits goes into a file that the user chooses; null when the dialog was closed. */
  'activity:export': {
    args: z.strictObject({ filter, format: z.enum(['csv', 'json']) }),
    result: z.object({ path: z.string(), count: z.number() }).nullable(),
    roles: ['main'],
  },
  /** Revokes the mytoken a record is about, and all that were made from it. What became of it is in the record, too. */
  'activity:revoke': { args: z.strictObject({ recordId: id }), result: nothing, roles: ['main'] },
  'activity:clear': { args: nothing, result: nothing, roles: ['main'] },
} as const satisfies Record<string, CallSpec>;
