import { lookupIn, templateKinds } from '../../shared/model/templates.ts';
import { type DeskDeps, refuseStrangeText, wishOfProfile } from '../agent/index.ts';
import type { MytokenClient } from '../mytoken/index.ts';
import type { Clock } from '../ports/index.ts';
import type { Profiles } from '../profiles/index.ts';
import { refuseImpossible } from '../tokens/index.ts';
import { serverTemplates } from './server-templates.ts';

/** Makes wishes of what programs send: a profile by name from the account's server or this machine, its content, or a wish itself. */
export function createWishReader(deps: {
  readonly client: MytokenClient;
  readonly profiles: Pick<Profiles, 'list'>;
  readonly clock: Clock;
}): DeskDeps['wishFor'] {
  const { client, profiles, clock } = deps;
  return async (account, asked, hint) => {
    const { clockSkewMs } = await client.discover(account.instanceUrl);
    const nowSeconds = Math.floor((clock.nowMs() + (clockSkewMs ?? 0)) / 1000);
    if (asked.kind === 'wish') {
      const { restrictions, rotation } = asked.wish;
      refuseStrangeText(restrictions, rotation, nowSeconds);
      refuseImpossible(account, asked.wish, nowSeconds);
      return asked.wish;
    }
    const found = await Promise.all(
      templateKinds.map(async (kind) => {
        // A server without templates has none to include; a name that is missing is told by the expansion.
        const entries = await serverTemplates(client, account.instanceUrl, kind).catch(() => []);
        return [kind, entries] as const;
      }),
    );
    const lookup = lookupIn(profiles.list(), Object.fromEntries(found));
    return wishOfProfile(account, asked.profile, hint, lookup, nowSeconds);
  };
}
