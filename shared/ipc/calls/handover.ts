import { z } from '../../zod.ts';
import { audienceList, type CallSpec, id, nothing, scopeList } from './fields.ts';

/** Tokens for other tools: files that are kept, and terminals. */
export const handoverCalls = {
  /** Main asks for the place when it is to be chosen; `null` when the dialog was closed. */
  'handover:keep-bearer': {
    args: z.strictObject({
      accountId: id,
      place: z.enum(['discovery', 'own', 'chosen']),
      /** Null: the account's default. */
      scope: scopeList.nullable(),
      audience: audienceList.nullable(),
    }),
    result: z.object({ path: z.string() }).nullable(),
    roles: ['main'],
  },
  'handover:stop-bearer': { args: z.strictObject({ accountId: id }), result: nothing, roles: ['main'] },
  /** The account's own mytoken leaves the store: the user types its short name. Main asks for the place. */
  'handover:share-mytoken': {
    args: z.strictObject({ accountId: id, typedShortname: z.string().max(64) }),
    result: z.object({ path: z.string() }).nullable(),
    roles: ['main'],
  },
  'handover:stop-sharing': { args: z.strictObject({ accountId: id }), result: nothing, roles: ['main'] },
  /** With a token file of the account, which is begun if there is none yet. */
  'handover:open-terminal': { args: z.strictObject({ accountId: id }), result: nothing, roles: ['main'] },
} as const satisfies Record<string, CallSpec>;
