import { z } from '../../zod.ts';
import type { PairingView } from '../../model/pairing.ts';
import { type CallSpec, id, isObject, nothing } from './fields.ts';

/** As typed: small letters, blanks and other dashes are fine. */
const code = z.string().trim().min(1).max(40);

/** Pairing a program by the code it shows. */
export const pairingCalls = {
  'pairing:look-up': {
    args: z.strictObject({ code }),
    result: z.custom<PairingView>(isObject),
    roles: ['main'],
  },
  /** The key itself goes to the program alone. */
  'pairing:accept': {
    args: z.strictObject({
      code,
      name: z.string().trim().min(1).max(80),
      accountIds: z.array(id).max(1000).nullable(),
      expiresInDays: z.int().min(1).max(3650).nullable(),
    }),
    result: nothing,
    roles: ['main'],
  },
  'pairing:refuse': { args: z.strictObject({ code }), result: nothing, roles: ['main'] },
} as const satisfies Record<string, CallSpec>;
