import type { CallArgs } from '../../../shared/ipc/contract.ts';
import { agentCapabilities } from '../../../shared/model/capabilities.ts';
import { type LoginProfileId, loginProfileIds, wishFor } from '../../../shared/model/login-profiles.ts';
import type { ClauseRequest, MytokenWish, Rotation } from '../../../shared/model/mytoken.ts';

/** How long a self-made mytoken shall live; empty for as long as the server allows. */
export const lifetimes = ['', '+12h', '+1d', '+7d', '+30d', '+1y'] as const;
export type Lifetime = (typeof lifetimes)[number];

/** One of ours, one of the server's (`server:group/name`), or made by hand. */
export type ProfileChoice = LoginProfileId | 'custom' | `server:${string}`;

export interface RequestDraft {
  readonly tokenName: string;
  readonly displayName: string;
  readonly shortname: string;
  readonly profile: ProfileChoice;
  readonly capabilities: readonly string[];
  readonly lifetime: Lifetime;
  readonly scopes: readonly string[];
  readonly rotate: boolean;
}

export function newDraft(providerName: string): RequestDraft {
  return {
    tokenName: 'Mytoken Desktop',
    displayName: providerName,
    shortname: '',
    profile: 'agent',
    capabilities: agentCapabilities,
    lifetime: '',
    scopes: [],
    rotate: false,
  };
}

const thirtyDaysSeconds = 30 * 24 * 3600;

/** What the mytoken server is asked for. */
export function wishOf(draft: RequestDraft): MytokenWish {
  const tokenName = draft.tokenName.trim();
  if (draft.profile.startsWith('server:')) {
    const [group = '_', ...name] = draft.profile.slice('server:'.length).split('/');
    return wishFor({ group, name: name.join('/') }, tokenName);
  }
  const known = loginProfileIds.find((id) => id === draft.profile);
  if (known) return wishFor(known, tokenName);

  const clause: ClauseRequest = {
    ...(draft.lifetime === '' ? {} : { exp: draft.lifetime }),
    ...(draft.scopes.length === 0 ? {} : { scope: draft.scopes.join(' ') }),
  };
  const rotation: Rotation | null = draft.rotate
    ? { on_AT: true, on_other: true, lifetime: thirtyDaysSeconds, auto_revoke: true }
    : null;
  return {
    tokenName,
    capabilities: draft.capabilities,
    restrictions: Object.keys(clause).length === 0 ? [] : [clause],
    rotation,
  };
}

export function loginRequest(
  draft: RequestDraft,
  instanceUrl: string,
  oidcIssuer: string,
): CallArgs<'login:start'> {
  const wish = wishOf(draft);
  return {
    instanceUrl,
    oidcIssuer,
    wish: {
      tokenName: wish.tokenName,
      capabilities: [...wish.capabilities],
      restrictions: wish.restrictions.map((clause) => ({ ...clause }) as CallClause),
      rotation: wish.rotation,
      ...(wish.include ? { include: [...wish.include] } : {}),
    },
    ...(draft.displayName.trim() === '' ? {} : { displayName: draft.displayName.trim() }),
    ...(draft.shortname === '' ? {} : { shortname: draft.shortname }),
  };
}

type CallClause = NonNullable<CallArgs<'login:start'>['wish']>['restrictions'][number];
