import { z } from '../../zod.ts';
import { type ApprovalView, grantDurations } from '../../model/approval.ts';
import type { PlatformView } from '../../model/state.ts';
import { audienceList, type CallSpec, id, isObject, nothing, scopeList, subMytokenWish } from './fields.ts';

const clientResult = z.object({ clientId: z.string(), key: z.string() });

/** Local programs: keys, remembered answers, and the questions of the approval window. */
export const agentCalls = {
  /** The key is shown once and stored hashed. */
  'clients:create': {
    args: z.strictObject({
      name: z.string().trim().min(1).max(80),
      accountIds: z.array(id).max(1000).nullable(),
      expiresInDays: z.int().min(1).max(3650).nullable(),
    }),
    result: clientResult,
    roles: ['main'],
    secretResult: true,
  },
  'clients:revoke': { args: z.strictObject({ clientId: id }), result: nothing, roles: ['main'] },
  'clients:rotate': {
    args: z.strictObject({ clientId: id }),
    result: clientResult,
    roles: ['main'],
    secretResult: true,
  },
  /** Makes a remembered answer last until it is taken back. */
  'grants:keep': { args: z.strictObject({ grantId: id }), result: nothing, roles: ['main'] },
  'blocks:remove': { args: z.strictObject({ blockId: id }), result: nothing, roles: ['main'] },
  'grants:revoke': { args: z.strictObject({ grantId: id }), result: nothing, roles: ['main'] },
  /** Brings the approval window to the front. */
  'approval:show': { args: nothing, result: nothing, roles: ['main'], whileLocked: true },
  'approval:get': {
    args: nothing,
    result: z.object({
      approval: z.custom<ApprovalView>(isObject).nullable(),
      platform: z.custom<PlatformView>(isObject),
    }),
    roles: ['approval'],
    whileLocked: true,
  },
  /** The page has drawn this question; only then its window is shown. */
  'approval:painted': {
    args: z.strictObject({ id }),
    result: nothing,
    roles: ['approval'],
    whileLocked: true,
  },
  'approval:decide': {
    args: z.strictObject({
      id,
      contentHash: z.string().max(80),
      decision: z.enum(['allow', 'deny', 'deny-all', 'block']),
      accountId: id.optional(),
      grant: z.enum(grantDurations),
      narrowed: z
        .discriminatedUnion('kind', [
          z.strictObject({ kind: z.literal('mytoken'), wish: subMytokenWish }),
          z.strictObject({ kind: z.literal('access-token'), scope: scopeList, audience: audienceList }),
        ])
        .optional(),
    }),
    result: nothing,
    roles: ['approval'],
    whileLocked: true,
  },
} as const satisfies Record<string, CallSpec>;
