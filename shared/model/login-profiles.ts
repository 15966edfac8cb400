import { agentCapabilities } from './capabilities.ts';
import type { ClauseRequest, MytokenWish, Rotation } from './mytoken.ts';

export const loginProfileIds = ['agent', 'tokens-only', 'careful'] as const;
export type LoginProfileId = (typeof loginProfileIds)[number];

/** A ready-made answer to "what may this mytoken do?". Titles and explanations are the window's, by `id`. */
export interface LoginProfile {
  readonly id: LoginProfileId;
  readonly capabilities: readonly string[];
  readonly restrictions: readonly ClauseRequest[];
  readonly rotation: Rotation | null;
}

const thirtyDaysSeconds = 30 * 24 * 3600;

/** In the order in which they are offered. */
export const loginProfiles: readonly LoginProfile[] = [
  // What oidc-agent asks for: everything its user may later want to do from here, for as long as the provider allows.
  { id: 'agent', capabilities: agentCapabilities, restrictions: [], rotation: null },
  // Introspection costs nothing and is the only way to find out whether a mytoken still lives without using it.
  { id: 'tokens-only', capabilities: ['AT', 'tokeninfo:introspect'], restrictions: [], rotation: null },
  {
    id: 'careful',
    capabilities: ['AT', 'tokeninfo', 'create_mytoken'],
    // A month as servers count it: they have no unit for it (mytoken protocol, "Time strings in requests").
    restrictions: [{ exp: '+30d' }],
    rotation: { on_AT: true, lifetime: thirtyDaysSeconds, auto_revoke: true },
  },
];

/** A profile kept by the mytoken server, by the group and name it is listed under; the default group is `_`. */
export interface ServerProfile {
  readonly group: string;
  readonly name: string;
}

/**
 * What to ask the mytoken server for with one of our profiles, or with one of its own. The latter goes by name and alone:
 * listed payloads hold times that were worked out for the listing, and restrictions next to an included profile's would be
 * OR-ed with them, which is wider than either (mytoken protocol, "Profiles and templates").
 */
export function wishFor(profile: LoginProfileId | ServerProfile, tokenName: string): MytokenWish {
  if (typeof profile !== 'string') {
    const { group, name } = profile;
    const include = group === '' || group === '_' ? name : `${group}/${name}`;
    return { tokenName, capabilities: [], restrictions: [], rotation: null, include: [include] };
  }
  const known = loginProfiles.find(({ id }) => id === profile);
  if (known === undefined) throw new RangeError(`There is no login profile ${profile}.`);
  const { capabilities, restrictions, rotation } = known;
  return { tokenName, capabilities, restrictions, rotation };
}
