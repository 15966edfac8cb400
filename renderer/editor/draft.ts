import type { CallArgs } from '../../shared/ipc/contract.ts';
import { readProfile } from '../../shared/model/profile-reading.ts';
import type { ResponseType, SubMytokenWish } from '../../shared/model/sub-mytoken.ts';
import type { ExpandedProfile } from '../../shared/model/templates.ts';

/** What the editor edits; the same for a login and for a mytoken made from another one. */
export type MytokenDraft = SubMytokenWish;

export const emptyDraft: MytokenDraft = {
  name: '',
  capabilities: ['AT'],
  restrictions: [{ exp: '+1d' }],
  rotation: null,
  responseType: 'token',
};

/** What a profile says replaces what is in the draft; the rest stays. */
export function withProfile(draft: MytokenDraft, profile: ExpandedProfile): MytokenDraft {
  const { name, capabilities, restrictions, rotation, responseType } = readProfile(profile);
  return {
    name: name ?? draft.name,
    capabilities: capabilities ?? draft.capabilities,
    restrictions: restrictions ?? draft.restrictions,
    rotation: rotation === undefined ? draft.rotation : rotation,
    responseType: responseType ?? draft.responseType,
  };
}

/** The draft as a profile to keep, in the wire's names. */
export function asProfile(draft: MytokenDraft): Record<string, unknown> {
  return {
    capabilities: [...draft.capabilities],
    restrictions: draft.restrictions.map((clause) => ({ ...clause })),
    ...(draft.rotation === null ? {} : { rotation: { ...draft.rotation } }),
    ...(draft.responseType === 'token' ? {} : { response_type: draft.responseType satisfies ResponseType }),
  };
}

/** The draft as it crosses to the main process. */
export function wishForCall(draft: MytokenDraft): CallArgs<'compose:issue'>['wish'] {
  return {
    name: draft.name.trim(),
    capabilities: [...draft.capabilities],
    restrictions: draft.restrictions.map(
      (clause) => ({ ...clause }) as CallArgs<'compose:issue'>['wish']['restrictions'][number],
    ),
    rotation: draft.rotation,
    responseType: draft.responseType,
  };
}
