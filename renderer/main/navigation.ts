import type { ActivityFilter } from '../../shared/model/activity.ts';
import type { NavigationTarget } from '../../shared/ipc/contract.ts';

/** Tabs of an account; `manage/account-tabs.ts` says what is on them. */
export type AccountTabId =
  'overview' | 'state' | 'mytokens' | 'history' | 'reminders' | 'server' | 'handover';

/** Where the window is. */
export type Place =
  | { readonly page: 'accounts' }
  | { readonly page: 'account'; readonly accountId: string; readonly tab?: AccountTabId }
  | { readonly page: 'compose'; readonly accountId: string }
  | {
      readonly page: 'add-account';
      readonly mode: 'login' | 'import';
      readonly issuer?: string;
      readonly waitsUntilMs?: number;
    }
  | { readonly page: 'inspect' }
  | { readonly page: 'programs' }
  | { readonly page: 'activity'; readonly filter?: Partial<ActivityFilter> }
  | { readonly page: 'settings' };

export function placeOf(target: NavigationTarget): Place {
  return target.page === 'add-account' ? { ...target, mode: 'login' } : target;
}
