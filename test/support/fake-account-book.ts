import type { AccountChange, AccountRecord, Accounts } from '../../electron/accounts/index.ts';
import type { IssuedMytoken } from '../../electron/mytoken/index.ts';
import { Emitter, Secret } from '../../electron/ports/index.ts';
import { DomainError } from '../../shared/errors.ts';
import type { Rotation } from '../../shared/model/mytoken.ts';

export function accountRecord(over: Partial<AccountRecord> = {}): AccountRecord {
  return {
    id: 'a1',
    shortname: 'demo',
    displayName: 'Demo',
    instanceUrl: 'https://mytoken.example.org',
    oidcIssuer: 'https://op.example.org',
    providerName: 'Example',
    providerScopes: ['openid', 'profile'],
    tokenName: 'test',
    tokenKind: 'jwt',
    momId: 'mom-1',
    oidcSubject: 'alice',
    capabilities: ['AT'],
    restrictions: [],
    rotation: null,
    defaultScopes: [],
    defaultAudience: [],
    wish: null,
    createdAtMs: 0,
    issuedAtMs: 0,
    lastUsedAtMs: null,
    expiresAtMs: null,
    status: 'ok',
    problem: null,
    ...over,
  };
}

export const rotating: Rotation = { on_AT: true, lifetime: 86_400 };

export function issued(value: string, over: Partial<IssuedMytoken> = {}): IssuedMytoken {
  return {
    kind: 'jwt',
    value: new Secret(value),
    claims: null,
    momId: 'mom-1',
    expiresInSeconds: null,
    capabilities: ['AT'],
    restrictions: [],
    rotation: rotating,
    ...over,
  };
}

/** The part of {@link Accounts} that the broker uses, in memory, with switches for a vault that fails. */
export class FakeAccountBook {
  readonly records = new Map<string, AccountRecord>();
  readonly mytokens = new Map<string, string>();
  /** Every string ever stored for an account, oldest first. */
  readonly history: string[] = [];
  storeFailures = 0;
  readonly #changed = new Emitter<AccountChange>();

  add(record: AccountRecord, mytoken: string): void {
    this.records.set(record.id, record);
    this.mytokens.set(record.id, mytoken);
  }

  remove(accountId: string): void {
    this.records.delete(accountId);
    this.mytokens.delete(accountId);
    this.#changed.emit({ upsert: [], removed: [accountId], order: null, defaultAccountId: null });
  }

  status(accountId = 'a1'): string {
    return this.records.get(accountId)?.status ?? 'gone';
  }

  asAccounts(): Accounts {
    const unused = (): never => {
      throw new Error('not used by the broker');
    };
    return {
      all: () => [...this.records.values()],
      get: (id) => this.records.get(id) ?? null,
      require: (id) => {
        const record = this.records.get(id);
        if (!record) throw new DomainError('accounts/not-found', 'no such account');
        return record;
      },
      onChange: (listener) => this.#changed.on(listener),
      mytoken: (id) => {
        const value = this.mytokens.get(id);
        return Promise.resolve(value === undefined ? null : new Secret(value));
      },
      storeRotated: (id, token) => {
        if (this.storeFailures > 0) {
          this.storeFailures -= 1;
          return Promise.reject(new DomainError('vault/write-failed', 'disk full', { retryable: true }));
        }
        this.mytokens.set(id, token.value.reveal());
        this.history.push(token.value.reveal());
        return Promise.resolve();
      },
      markStatus: (id, status, problem) => {
        const record = this.records.get(id);
        if (record) this.records.set(id, { ...record, status, problem });
      },
      markUsed: (id, lastUsedAtMs) => {
        const record = this.records.get(id);
        if (record) this.records.set(id, { ...record, lastUsedAtMs });
      },
      defaultAccountId: unused,
      find: unused,
      add: unused,
      replaceMytoken: unused,
      edit: unused,
      reorder: unused,
      setDefault: unused,
      removeLocally: unused,
      flush: () => undefined,
    };
  }
}
