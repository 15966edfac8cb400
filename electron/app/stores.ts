import {
  type AccountStorage,
  accountsDocument,
  type DamagedEntry,
  parseStoredAccounts,
} from '../accounts/index.ts';
import { type ClientStorage, parseStoredClients } from '../agent/index.ts';
import { type PermissionStorage, parseStoredPermissions } from '../approvals/index.ts';
import type { Clock, Logger } from '../ports/index.ts';
import type { ProfileStorage } from '../profiles/index.ts';
import type { JsonStore } from './json-store.ts';

/** Account records in `accounts.json`. What cannot be read stays in the file, beside what can. */
export function accountStorage(store: JsonStore, clock: Clock, log: Logger): AccountStorage {
  let damaged: readonly DamagedEntry[] = [];
  return {
    load() {
      const stored = parseStoredAccounts(store.load(), clock.nowMs());
      damaged = stored.damaged;
      if (stored.newlyDamaged > 0) {
        store.setAside();
        log.error('accounts.unreadable-entries', { count: stored.newlyDamaged });
      }
      return { accounts: stored.accounts, defaultAccountId: stored.defaultAccountId };
    },
    save: (data) => store.save(accountsDocument(data, damaged)),
  };
}

/** Local profiles and templates in `profiles.json`. */
export function profileStorage(store: JsonStore): ProfileStorage {
  return { load: () => store.load(), save: (profiles) => store.save(profiles) };
}

/** What was decided about programs for good, in `permissions.json`. */
export function permissionStorage(store: JsonStore, log: Logger): PermissionStorage {
  return {
    load() {
      let rejected = 0;
      const permissions = parseStoredPermissions(store.load(), () => {
        rejected += 1;
      });
      if (rejected > 0) {
        store.setAside();
        log.error('permissions.unreadable-entries', { count: rejected });
      }
      return permissions;
    },
    save: (permissions) => store.save(permissions),
  };
}

/** Client keys, as hashes, in `clients.json`. */
export function clientStorage(store: JsonStore, log: Logger): ClientStorage {
  return {
    load() {
      let rejected = 0;
      const clients = parseStoredClients(store.load(), () => {
        rejected += 1;
      });
      if (rejected > 0) {
        store.setAside();
        log.error('clients.unreadable-entries', { count: rejected });
      }
      return clients;
    },
    save: (clients) => store.save(clients),
  };
}
