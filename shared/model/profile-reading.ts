import type { ClauseRequest, Rotation } from './mytoken.ts';
import { restrictionKeys } from './restrictions.ts';
import { type ResponseType, responseTypes } from './sub-mytoken.ts';
import type { ExpandedProfile } from './templates.ts';

/** What an expanded profile says, field by field; undefined where it says nothing. */
export interface ProfileContent {
  readonly name: string | undefined;
  readonly capabilities: readonly string[] | undefined;
  readonly restrictions: readonly ClauseRequest[] | undefined;
  readonly rotation: Rotation | null | undefined;
  readonly responseType: ResponseType | undefined;
}

/** Keeps of an expanded profile what has the right type; a profile from somewhere else may say anything. */
export function readProfile(profile: ExpandedProfile): ProfileContent {
  const { name, capabilities, restrictions, rotation } = profile;
  return {
    name: typeof name === 'string' && name !== '' ? name : undefined,
    capabilities,
    restrictions: restrictions?.map(clauseOf),
    rotation: rotation === undefined ? undefined : rotationOf(rotation),
    responseType: responseTypes.find((type) => type === profile['response_type']),
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
