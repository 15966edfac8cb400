import type { CallArgs } from '../../shared/ipc/contract.ts';
import type { ClauseRequest, Rotation } from '../../shared/model/mytoken.ts';
import { restrictionKeys } from '../../shared/model/restrictions.ts';
import { type ResponseType, responseTypes, type SubMytokenWish } from '../../shared/model/sub-mytoken.ts';
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
  const { name, capabilities, restrictions, rotation } = profile;
  const responseType = responseTypes.find((type) => type === profile['response_type']);
  return {
    name: typeof name === 'string' && name !== '' ? name : draft.name,
    capabilities: capabilities ?? draft.capabilities,
    restrictions: restrictions === undefined ? draft.restrictions : restrictions.map(clauseOf),
    rotation: rotation === undefined ? draft.rotation : rotationOf(rotation),
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

/** Only keys and types we know; a profile from somewhere else may say anything. */
function clauseOf(raw: Readonly<Record<string, unknown>>): ClauseRequest {
  const entries = restrictionKeys.flatMap((key): [string, unknown][] => {
    const value = raw[key];
    switch (key) {
      case 'nbf':
      case 'exp':
        return typeof value === 'number' || typeof value === 'string' ? [[key, value]] : [];
      case 'scope':
        return typeof value === 'string' ? [[key, value]] : [];
      case 'usages_AT':
      case 'usages_other':
        return typeof value === 'number' ? [[key, value]] : [];
      default:
        return Array.isArray(value) ? [[key, value.filter((entry) => typeof entry === 'string')]] : [];
    }
  });
  return Object.fromEntries(entries);
}

function rotationOf(raw: Readonly<Record<string, unknown>>): Rotation | null {
  const flag = (key: string): boolean | undefined => (raw[key] === true ? true : undefined);
  const { lifetime } = raw;
  const rotation: Rotation = {
    on_AT: flag('on_AT'),
    on_other: flag('on_other'),
    lifetime: typeof lifetime === 'number' && lifetime > 0 ? Math.floor(lifetime) : undefined,
    auto_revoke: flag('auto_revoke'),
  };
  const given = Object.entries(rotation).filter(([, value]) => value !== undefined);
  return given.length === 0 ? null : Object.fromEntries(given);
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
