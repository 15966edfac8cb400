import type { NavigationTarget } from '../../shared/ipc/contract.ts';

/** Where the window is. */
export type Place =
  | { readonly page: 'accounts' }
  | { readonly page: 'account'; readonly accountId: string }
  | { readonly page: 'compose'; readonly accountId: string }
  | { readonly page: 'add-account'; readonly mode: 'login' | 'import' }
  | { readonly page: 'programs' }
  | { readonly page: 'settings' };

export function placeOf(target: NavigationTarget): Place {
  return target.page === 'add-account' ? { page: 'add-account', mode: 'login' } : target;
}
