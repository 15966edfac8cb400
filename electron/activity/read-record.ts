import { z } from '../../shared/zod.ts';
import {
  activityDoors,
  activityKinds,
  activityOutcomes,
  type ActivityRecord,
  activityRules,
} from '../../shared/model/activity.ts';

const text = z.string().max(4096);
const recordSchema = z.object({
  id: z.string().min(1).max(64),
  atMs: z.number(),
  durationMs: z.number(),
  program: text,
  verified: z.boolean(),
  accountName: text,
  kind: z.enum(activityKinds),
  summary: text,
  outcome: z.enum(activityOutcomes),
  by: z.enum(activityRules),
  accountId: text.optional(),
  door: z.enum(activityDoors).optional(),
  executable: text.optional(),
  clientName: text.optional(),
  grantId: text.optional(),
  restrictions: text.optional(),
  problem: text.optional(),
  mytoken: z
    .object({
      instanceUrl: text,
      momId: text.nullable(),
      name: text,
      expiresAtMs: z.number().nullable(),
      revokedAtMs: z.number().nullable(),
      revokeProblem: text.nullable(),
    })
    .optional(),
  count: z.int().min(1).optional(),
  lastAtMs: z.number().optional(),
}) satisfies z.ZodType<ActivityRecord>;
const goneSchema = z.object({ id: z.string().min(1).max(64), gone: z.literal(true) });
const lineSchema = z.union([recordSchema, goneSchema]);

/** What a line of the file says; null when it says nothing that can be used. */
export function readRecord(line: string): z.output<typeof lineSchema> | null {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return null;
  }
  const read = lineSchema.safeParse(value);
  return read.success ? read.data : null;
}
