import type { Accounts } from '../accounts/index.ts';
import type { Notifications } from '../notifications/index.ts';

/** One notification for each account that stops working, not one for each failed request. */
export function announceLostLogins(
  accounts: Pick<Accounts, 'all' | 'onChange'>,
  notifications: Pick<Notifications, 'loginNeeded'>,
): void {
  const broken = new Set(
    accounts
      .all()
      .filter(isBroken)
      .map((account) => account.id),
  );
  accounts.onChange(({ upsert, removed }) => {
    for (const id of removed) broken.delete(id);
    for (const account of upsert) {
      if (!isBroken(account)) broken.delete(account.id);
      else if (!broken.has(account.id)) {
        broken.add(account.id);
        notifications.loginNeeded(account);
      }
    }
  });
}

function isBroken(account: { readonly status: string }): boolean {
  return account.status === 'login-needed' || account.status === 'uncertain';
}
