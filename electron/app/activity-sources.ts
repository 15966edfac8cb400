import { toEnvelope } from '../../shared/errors.ts';
import type { ActivityDoor, ActivityKind, ActivityRule } from '../../shared/model/activity.ts';
import type { Accounts } from '../accounts/index.ts';
import type { Activity, ActivityEntry } from '../activity/index.ts';
import type { AppLock } from '../lock/index.ts';
import type { MintedMytoken, TokenBroker } from '../tokens/index.ts';

interface Source {
  readonly kind: ActivityKind;
  readonly door: ActivityDoor;
  readonly by: ActivityRule;
}

/** What the user or the app itself did: no program is named. */
const ownEntry = { program: '', verified: true, accountName: '', summary: '', durationMs: 0 } as const;

/** Fetches access tokens and writes down that it was done, for what needs nobody’s approval. */
export function recordedBroker(
  broker: Pick<TokenBroker, 'accessToken'>,
  { kind, door, by }: Source,
  { activity, accounts }: { readonly activity: Activity; readonly accounts: Pick<Accounts, 'get'> },
): Pick<TokenBroker, 'accessToken'> {
  return {
    async accessToken(wish) {
      const account = accounts.get(wish.accountId);
      const { scope = account?.defaultScopes ?? [], audience = account?.defaultAudience ?? [] } = wish;
      const entry: Omit<ActivityEntry, 'outcome'> = {
        ...ownEntry,
        ...{ kind, door, by },
        accountId: wish.accountId,
        accountName: account?.displayName ?? '',
        summary: [...scope, ...audience].join(' '),
      };
      try {
        const grant = await broker.accessToken(wish);
        activity.add({ ...entry, outcome: 'allowed' });
        return grant;
      } catch (error) {
        activity.add({ ...entry, outcome: 'failed', problem: toEnvelope(error).code });
        throw error;
      }
    },
  };
}

/** A mytoken that the user made in the window. */
export function recordComposed(
  activity: Activity,
  account: { readonly id: string; readonly displayName: string },
  { instanceUrl, momId, name, expiresAtMs, capabilities, restrictions }: MintedMytoken,
): void {
  activity.add({
    ...ownEntry,
    ...{ kind: 'mytoken', door: 'window', by: 'user', outcome: 'allowed' },
    accountId: account.id,
    accountName: account.displayName,
    summary: capabilities.join(' '),
    restrictions: restrictions.length === 0 ? undefined : JSON.stringify(restrictions),
    mytoken: { instanceUrl, momId, name, expiresAtMs, revokedAtMs: null, revokeProblem: null },
  });
}

export function recordLocks(
  activity: Activity,
  lock: Pick<AppLock, 'isLocked' | 'state' | 'onChange'>,
): void {
  let wasLocked = lock.isLocked();
  lock.onChange(() => {
    const isLocked = lock.isLocked();
    if (isLocked === wasLocked) return;
    wasLocked = isLocked;
    const by = lock.state()?.by;
    activity.add({
      ...ownEntry,
      kind: isLocked ? 'lock' : 'unlock',
      outcome: 'allowed',
      door: 'app',
      by: by === 'client' ? 'program' : by === 'sleep' || by === 'idle' ? 'app' : 'user',
    });
  });
}
