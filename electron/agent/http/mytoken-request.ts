import { z } from '../../../shared/zod.ts';
import { clauseRequest, rotationSchema } from '../../../shared/ipc/calls/fields.ts';
import { shortnamePattern } from '../../../shared/model/account.ts';
import { longestTokenName, responseTypes } from '../../../shared/model/sub-mytoken.ts';
import type { MytokenAsk } from '../desk/index.ts';
import { usualProfile } from '../socket/profile-wish.ts';
import { refusal } from './problems.ts';
import { type Parsed, parseWith, plainName } from './requests.ts';
import type { TokenWish } from './token-job.ts';

const mytokenSchema = z.strictObject({
  account: z.string().regex(shortnamePattern).optional(),
  issuer: z.string().min(1).max(2048).optional(),
  profile: z.union([z.string().min(1).max(256), z.record(z.string(), z.unknown())]).optional(),
  name: z.string().min(1).max(longestTokenName).optional(),
  capabilities: z.array(z.string().min(1).max(100)).min(1).max(60).optional(),
  restrictions: z
    .array(clauseRequest.omit({ include: true }))
    .max(20)
    .optional(),
  rotation: rotationSchema.optional(),
  response_type: z.enum(responseTypes).optional(),
  application: z.string().max(256).optional(),
});
type MytokenRequest = z.output<typeof mytokenSchema>;

const twice = refusal(
  'agent/invalid-request',
  '"profile" stands for capabilities, restrictions and rotation: send the one or the others.',
  { field: 'profile' },
);
const noCapabilities = refusal(
  'agent/invalid-request',
  '"capabilities" must be named where restrictions or rotation are.',
  { field: 'capabilities' },
);

/**
 * The body of `POST /v1/mytoken`: a profile by name or content, which is made to fit into the account's mytoken, or a whole wish, which
 * has to fit. Unknown fields are refused: a misspelt restriction must not yield a mytoken without it.
 * @param fallbackName for a mytoken that is given no name
 */
export function parseMytokenRequest(value: unknown, fallbackName: string): Parsed<TokenWish> {
  const parsed = parseWith(mytokenSchema, value);
  if (!parsed.ok) return parsed;
  const { account = null, issuer = null, application = '' } = parsed.value;
  const wish = wishOf(parsed.value, plainName(application) || fallbackName);
  if ('code' in wish) return { ok: false, refusal: wish };
  const ask = { account, issuer, wish };
  return { ok: true, value: { kind: 'mytoken', ask, application: plainName(application) } };
}

function wishOf(body: MytokenRequest, hint: string): MytokenAsk['wish'] | typeof twice {
  const { profile, name, capabilities, restrictions, rotation, response_type: responseType } = body;
  const limits = restrictions !== undefined || rotation !== undefined;
  const labels = {
    ...(name === undefined ? {} : { name: plainName(name) }),
    ...(responseType === undefined ? {} : { response_type: responseType }),
  };
  if (profile !== undefined) {
    const content = typeof profile === 'string' ? { include: profile } : profile;
    if (capabilities !== undefined || limits) return twice;
    return { kind: 'profile', profile: { ...content, ...labels } };
  }
  if (capabilities === undefined) {
    if (limits) return noCapabilities;
    return { kind: 'profile', profile: { include: usualProfile, ...labels } };
  }
  return {
    kind: 'wish',
    wish: {
      name: name === undefined ? `mytoken requested by ${hint}`.slice(0, longestTokenName) : plainName(name),
      capabilities,
      restrictions: restrictions ?? [],
      rotation: rotation ?? null,
      responseType: responseType ?? 'token',
    },
  };
}
