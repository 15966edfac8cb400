import type { CallArgs } from '../../../shared/ipc/contract.ts';
import { agentCapabilities } from '../../../shared/model/capabilities.ts';
import { type LoginProfileId, loginProfileIds, wishFor } from '../../../shared/model/login-profiles.ts';
import type { MytokenWish } from '../../../shared/model/mytoken.ts';
import { emptyDraft, type MytokenDraft } from '../../editor/index.ts';

/** One of ours, one of the server's (`server:group/name`), or made by hand. */
export type ProfileChoice = LoginProfileId | 'custom' | `server:${string}`;

export interface RequestDraft {
  readonly tokenName: string;
  readonly displayName: string;
  readonly shortname: string;
  readonly profile: ProfileChoice;
}

export function newDraft(providerName: string): RequestDraft {
  return {
    tokenName: 'Mytoken Desktop',
    displayName: providerName,
    shortname: '',
    profile: 'agent',
  };
}

/** Where “by hand” begins: what an agent asks for, to be taken away from. */
export const startOfCustom: MytokenDraft = {
  ...emptyDraft,
  capabilities: agentCapabilities,
  restrictions: [],
};

/** What the mytoken server is asked for; `custom` counts when the request is made by hand. */
export function wishOf(draft: RequestDraft, custom: MytokenDraft): MytokenWish {
  const tokenName = draft.tokenName.trim();
  if (draft.profile.startsWith('server:')) {
    const [group = '_', ...name] = draft.profile.slice('server:'.length).split('/');
    return wishFor({ group, name: name.join('/') }, tokenName);
  }
  const known = loginProfileIds.find((id) => id === draft.profile);
  if (known) return wishFor(known, tokenName);

  const { capabilities, restrictions, rotation } = custom;
  return { tokenName, capabilities, restrictions, rotation };
}

export function loginRequest(
  draft: RequestDraft,
  custom: MytokenDraft,
  instanceUrl: string,
  oidcIssuer: string,
): CallArgs<'login:start'> {
  const wish = wishOf(draft, custom);
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
