import { randomBytes } from 'node:crypto';
import { DomainError } from '../../shared/errors.ts';
import { shortnamePattern } from '../../shared/model/account.ts';
import { plainText } from '../../shared/model/untrusted-text.ts';
import type { IssuedMytoken, MytokenClaims } from '../mytoken/index.ts';
import type { Clock, Logger, Secret } from '../ports/index.ts';
import type { Vault } from '../vault/index.ts';
import { AccountTable, type Entry } from './account-table.ts';
import { hostOf } from './host-of.ts';
import { sameIssuer } from '../../shared/model/issuers.ts';
import {
  fieldsAheadOfRecord,
  longestName,
  momIdFor,
  mytokenFields,
  requireSameOwner,
  rotatedFields,
} from './record-fields.ts';
import { Serial } from './serial.ts';
import { suggestShortname, uniqueShortname } from './shortnames.ts';
import type {
  AccountChange,
  AccountEdit,
  AccountRecord,
  Accounts,
  AccountStorage,
  NewAccount,
} from './types.ts';

export interface AccountsDeps {
  readonly storage: AccountStorage;
  readonly vault: Pick<Vault, 'state' | 'onState' | 'get' | 'put' | 'remove'>;
  readonly clock: Clock;
  readonly log: Logger;
  readonly random?: (bytes: number) => Buffer;
}

/** Reads what is stored; the vault may still be closed. See {@link Accounts} for what it promises. */
export function createAccounts(deps: AccountsDeps): Accounts {
  return new AccountBook(deps);
}

class AccountBook implements Accounts {
  readonly #deps: AccountsDeps;
  readonly #random: (bytes: number) => Buffer;
  readonly #table: AccountTable;
  /** Everything that writes the mytoken of an account which is there, in order for each account. */
  readonly #serial = new Serial();

  constructor(deps: AccountsDeps) {
    this.#deps = deps;
    this.#random = deps.random ?? ((bytes) => randomBytes(bytes));
    this.#table = new AccountTable(deps);
    deps.vault.onState(({ kind }) => {
      if (kind === 'ok') void this.#lookAtBlocked();
    });
  }

  all(): readonly AccountRecord[] {
    return this.#table.all();
  }

  get(accountId: string): AccountRecord | null {
    return this.#table.entry(accountId)?.record ?? null;
  }

  require(accountId: string): AccountRecord {
    return this.#entry(accountId).record;
  }

  find(nameOrIssuer: string | null): AccountRecord {
    const standard = this.#table.defaultId();
    if (nameOrIssuer === null) {
      if (standard !== null) return this.require(standard);
      throw new DomainError('accounts/none', 'There is no account yet.');
    }
    const named = this.#table.byShortname(nameOrIssuer);
    if (named !== null) return named;
    const candidates = this.all().filter(({ oidcIssuer }) => sameIssuer(oidcIssuer, nameOrIssuer));
    const found = candidates.find(({ id }) => id === standard) ?? candidates[0];
    if (found !== undefined) return found;
    throw new DomainError('accounts/not-found', 'There is no account of that name or issuer.');
  }

  defaultAccountId(): string | null {
    return this.#table.defaultId();
  }

  onChange(listener: (change: AccountChange) => void): () => void {
    return this.#table.onChange(listener);
  }

  async add(account: NewAccount): Promise<AccountRecord> {
    const { vault, log } = this.#deps;
    const id = this.#random(16).toString('hex');
    this.#newRecord(id, account);
    await vault.put(id, account.token.value);
    try {
      // Names may have been taken while the vault was written; from here to the commit nothing comes in between.
      const record = this.#newRecord(id, account);
      const stored = record.sessionOnly === true ? null : record;
      this.#table.commit([...this.#table.entries(), { record, stored }], this.#table.defaultId());
      log.info('accounts.added', { accountId: id, sessionOnly: stored === null });
      return record;
    } catch (error) {
      await vault.remove(id).catch((failure: unknown) => {
        log.error('accounts.orphan-left-in-vault', { accountId: id, code: codeOf(failure) });
      });
      throw error;
    }
  }

  replaceMytoken(
    accountId: string,
    token: IssuedMytoken,
    claims: MytokenClaims,
    options: { readonly wish?: AccountRecord['wish'] | undefined } = {},
  ): Promise<AccountRecord> {
    return this.#serial.run(accountId, async () => {
      const { vault, log } = this.#deps;
      requireSameOwner(this.require(accountId), claims);
      this.#refuseKnown(claims.iss, momIdFor(token, claims), accountId);
      // An unreadable former mytoken is no reason to refuse the one that replaces it.
      const former = await vault.get(accountId).catch(() => null);
      await vault.put(accountId, token.value);
      try {
        const entry = this.#entry(accountId);
        const isSession = this.#isSession();
        const record: AccountRecord = {
          ...entry.record,
          ...mytokenFields(token, claims),
          wish: options.wish === undefined ? entry.record.wish : options.wish,
          status: 'ok',
          problem: null,
          sessionOnly: isSession ? true : undefined,
        };
        // In session mode the closed vault goes on holding the former mytoken: that is what a restart will find.
        this.#put(entry, { record, stored: isSession ? entry.stored : record });
        log.info('accounts.mytoken-replaced', { accountId });
        return record;
      } catch (error) {
        const undone = former === null ? vault.remove(accountId) : vault.put(accountId, former);
        await undone.catch((failure: unknown) => {
          log.error('accounts.former-mytoken-lost', { accountId, code: codeOf(failure) });
        });
        throw error;
      }
    });
  }

  edit(accountId: string, edit: AccountEdit): AccountRecord {
    const entry = this.#entry(accountId);
    const { shortname, displayName, defaultScopes, defaultAudience } = edit;
    if (shortname !== undefined) this.#refuseShortname(shortname, accountId);
    const shown = displayName === undefined ? '' : plainText(displayName, longestName);
    const change: Partial<AccountRecord> = {
      ...(shortname === undefined ? {} : { shortname }),
      ...(shown === '' ? {} : { displayName: shown }),
      ...(defaultScopes === undefined ? {} : { defaultScopes: [...new Set(defaultScopes)] }),
      ...(defaultAudience === undefined ? {} : { defaultAudience: [...new Set(defaultAudience)] }),
    };
    const record = { ...entry.record, ...change };
    const stored = entry.stored === entry.record ? record : entry.stored && { ...entry.stored, ...change };
    this.#put(entry, { record, stored });
    return record;
  }

  reorder(accountIds: readonly string[]): void {
    const ids = new Set(accountIds);
    const wanted = [...ids].flatMap((id) => this.#table.entry(id) ?? []);
    const rest = this.#table.entries().filter(({ record }) => !ids.has(record.id));
    this.#table.commit([...wanted, ...rest], this.#table.defaultId());
  }

  setDefault(accountId: string): void {
    this.require(accountId);
    this.#table.commit(this.#table.entries(), accountId);
  }

  removeLocally(accountId: string): Promise<void> {
    return this.#serial.run(accountId, async () => {
      const entry = this.#entry(accountId);
      // Behind a vault that does not open, the mytoken would stay on disk with nobody knowing of it.
      if (entry.stored !== null && this.#isSession()) throw lockedAway(entry.record);
      await this.#deps.vault.remove(accountId);
      const rest = this.#table.entries().filter(({ record }) => record.id !== accountId);
      this.#table.commit(rest, this.#table.defaultId());
      this.#deps.log.info('accounts.removed', { accountId });
    });
  }

  async mytoken(accountId: string): Promise<Secret | null> {
    const { record } = this.#entry(accountId);
    if (this.#isSession() && record.sessionOnly !== true) throw lockedAway(record);
    const mytoken = await this.#deps.vault.get(accountId);
    const now = this.get(accountId);
    const ahead = mytoken === null || now === null ? null : fieldsAheadOfRecord(now, mytoken);
    if (ahead !== null) {
      this.#deps.log.warn('accounts.record-was-behind', { accountId });
      this.#table.touch(accountId, ahead, 'soon');
    }
    return mytoken;
  }

  storeRotated(accountId: string, token: IssuedMytoken): Promise<void> {
    return this.#serial.run(accountId, async () => {
      const { vault, log, clock } = this.#deps;
      const record = this.get(accountId);
      const isSuccessor = record !== null && (token.momId === null || token.momId === record.momId);
      if (!isSuccessor) {
        // The account went away or got another mytoken by a login while the request was under way.
        log.warn('accounts.rotated-without-account', { accountId });
        return;
      }
      if (this.#isSession() && record.sessionOnly !== true) throw lockedAway(record);
      await vault.put(accountId, token.value);
      this.#table.touch(accountId, rotatedFields(record, token, clock.nowMs()), 'soon');
    });
  }

  markStatus(accountId: string, status: AccountRecord['status'], problem: AccountRecord['problem']): void {
    const record = this.get(accountId);
    if (record === null || (record.status === status && record.problem?.code === problem?.code)) return;
    this.#table.touch(accountId, { status, problem }, 'soon');
  }

  markUsed(accountId: string, atMs: number): void {
    this.#table.touch(accountId, { lastUsedAtMs: atMs }, 'lazy');
  }

  flush(): void {
    this.#table.flush();
  }

  #entry(accountId: string): Entry {
    const entry = this.#table.entry(accountId);
    if (entry !== null) return entry;
    throw new DomainError('accounts/not-found', 'There is no such account.');
  }

  #put(before: Entry, after: Entry): void {
    const entries = this.#table
      .entries()
      .map((entry) => (entry.record.id === before.record.id ? after : entry));
    this.#table.commit(entries, this.#table.defaultId());
  }

  #isSession(): boolean {
    return this.#deps.vault.state().kind === 'session';
  }

  #newRecord(id: string, account: NewAccount): AccountRecord {
    const { instanceUrl, token, claims, wish, providerScopes } = account;
    const fields = mytokenFields(token, claims);
    this.#refuseKnown(instanceUrl, fields.momId, null);
    if (account.shortname !== undefined) this.#refuseShortname(account.shortname, null);
    const providerName = account.providerName === null ? null : plainText(account.providerName, longestName);
    const shortname =
      account.shortname ??
      uniqueShortname(
        suggestShortname(providerName, fields.oidcIssuer),
        (name) => this.#table.byShortname(name) !== null,
      );
    return {
      ...fields,
      id,
      shortname,
      displayName:
        plainText(account.displayName ?? '', longestName) ||
        providerName ||
        (hostOf(fields.oidcIssuer) ?? shortname),
      instanceUrl,
      providerName,
      providerScopes: [...providerScopes],
      defaultScopes: [...new Set(account.defaultScopes ?? [])],
      defaultAudience: [...new Set(account.defaultAudience ?? [])],
      wish,
      createdAtMs: this.#deps.clock.nowMs(),
      lastUsedAtMs: null,
      status: 'ok',
      problem: null,
      ...(this.#isSession() ? { sessionOnly: true } : {}),
    };
  }

  #refuseShortname(shortname: string, ownerId: string | null): void {
    if (!shortnamePattern.test(shortname)) {
      throw new DomainError('accounts/shortname-invalid', 'This short name has characters it must not have.');
    }
    const holder = this.#table.byShortname(shortname);
    if (holder === null || holder.id === ownerId) return;
    throw new DomainError('accounts/shortname-taken', 'Another account has this short name.', {
      details: { accountId: holder.id, shortname: holder.shortname },
    });
  }

  #refuseKnown(instanceUrl: string, momId: string, ownerId: string | null): void {
    const known = this.all().find(
      (record) => record.momId === momId && sameIssuer(record.instanceUrl, instanceUrl),
    );
    if (known === undefined || known.id === ownerId) return;
    throw new DomainError(
      'accounts/already-there',
      'This mytoken belongs to an account that is there already.',
      {
        details: { accountId: known.id, shortname: known.shortname },
      },
    );
  }

  /** Accounts nobody will use any more because of what their record says: perhaps the vault knows better. */
  async #lookAtBlocked(): Promise<void> {
    const nowMs = this.#deps.clock.nowMs();
    const isBlocked = (record: AccountRecord): boolean =>
      record.status === 'login-needed' || (record.expiresAtMs !== null && record.expiresAtMs <= nowMs);
    for (const { id } of this.all().filter(isBlocked)) {
      await this.mytoken(id).catch((error: unknown) => {
        this.#deps.log.info('accounts.not-readable', { accountId: id, code: codeOf(error) });
      });
    }
  }
}

function lockedAway(record: AccountRecord): DomainError {
  return new DomainError('vault/locked', 'The mytoken of this account is in the vault, which is not open.', {
    retryable: true,
    details: { accountId: record.id, account: record.shortname },
  });
}

function codeOf(error: unknown): string {
  return error instanceof DomainError ? error.code : 'app/internal';
}
