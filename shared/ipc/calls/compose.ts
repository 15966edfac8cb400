import { z } from '../../zod.ts';
import type { Clause, Rotation } from '../../model/mytoken.ts';
import type { LoginDifference } from '../../model/state.ts';
import { responseTypes } from '../../model/sub-mytoken.ts';
import { templateKinds } from '../../model/templates.ts';
import { type CallSpec, id, nothing, subMytokenWish, isObject } from './fields.ts';

/** The new mytoken without its string. */
const mintedSchema = z.object({
  resultId: z.string(),
  kind: z.enum(responseTypes),
  name: z.string(),
  momId: z.string().nullable(),
  expiresAtMs: z.number().nullable(),
  capabilities: z.array(z.string()),
  restrictions: z.array(z.custom<Clause>(isObject)),
  rotation: z.custom<Rotation>(isObject).nullable(),
  differences: z.array(z.custom<LoginDifference>(isObject)),
  instanceUrl: z.string(),
  accessUrl: z.string(),
  mytokenUrl: z.string(),
});
export type MintedView = z.infer<typeof mintedSchema>;

const localProfile = z.object({
  id: z.string(),
  kind: z.enum(templateKinds),
  name: z.string(),
  payload: z.unknown(),
});

/** Making mytokens from an account’s, and profiles. */
export const composeCalls = {
  /** Makes a mytoken from the account's. Its string stays in main under `resultId` for ten minutes. */
  'compose:issue': {
    args: z.strictObject({ accountId: id, wish: subMytokenWish }),
    result: mintedSchema,
    roles: ['main'],
  },
  /** Works once. */
  'compose:reveal': {
    args: z.strictObject({ resultId: id }),
    result: z.object({ mytoken: z.string() }),
    roles: ['main'],
    secretResult: true,
  },
  'compose:copy': {
    args: z.strictObject({ resultId: id, form: z.enum(['value', 'environment']) }),
    result: z.object({ clearsAtMs: z.number() }),
    roles: ['main'],
  },
  /** Main shows the file dialog; `null` when it was closed. The file is readable by the user alone. */
  'compose:save': {
    args: z.strictObject({ resultId: id }),
    result: z.object({ path: z.string() }).nullable(),
    roles: ['main'],
  },
  'compose:revoke': { args: z.strictObject({ resultId: id }), result: nothing, roles: ['main'] },
  'compose:dismiss': { args: z.strictObject({ resultId: id }), result: nothing, roles: ['main'] },
  'profiles:list': { args: nothing, result: z.array(localProfile), roles: ['main'] },
  'profiles:save': {
    args: z.strictObject({
      name: z.string().trim().min(1).max(80),
      payload: z.record(z.string(), z.unknown()),
    }),
    result: localProfile,
    roles: ['main'],
  },
  'profiles:remove': { args: z.strictObject({ profileId: id }), result: nothing, roles: ['main'] },
  /** Looks where the former `mytoken` client and oidc-agent 4 kept theirs (mytoken protocol, 19.5). */
  'profiles:import-found': {
    args: nothing,
    result: z.object({
      imported: z.array(z.string()),
      unreadable: z.array(z.string()),
      folders: z.array(z.string()),
    }),
    roles: ['main'],
  },
  /** Main shows the file dialog; names of what was read, `null` when it was closed. */
  'profiles:import': {
    args: nothing,
    result: z.object({ imported: z.array(z.string()) }).nullable(),
    roles: ['main'],
  },
} as const satisfies Record<string, CallSpec>;
