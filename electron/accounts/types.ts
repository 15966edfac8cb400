import type { ImportCandidate } from '../../shared/ipc/contract.ts';
import type { AccountStatus } from '../../shared/model/account.ts';
import type { Clause, MytokenWish, Rotation } from '../../shared/model/mytoken.ts';
import type { LoginView } from '../../shared/model/state.ts';
import type { IssuedMytoken, MytokenClaims } from '../mytoken/index.ts';
import type { Secret } from '../ports/index.ts';

/** What is stored of an account in plain settings: metadata only, never the mytoken. The vault record has the same id. */
export interface AccountRecord {
  readonly id: string;
  readonly shortname: string;
  readonly displayName: string;
  readonly instanceUrl: string;
  readonly oidcIssuer: string;
  readonly providerName: string | null;
  readonly providerScopes: readonly string[];
  readonly tokenName: string;
  readonly tokenKind: 'jwt' | 'short';
  readonly momId: string;
  readonly oidcSubject: string;
  readonly capabilities: readonly string[];
  readonly restrictions: readonly Clause[];
  readonly rotation: Rotation | null;
  readonly defaultScopes: readonly string[];
  readonly defaultAudience: readonly string[];
  /** What was asked for at login, so that logging in again asks for the same. */
  readonly wish: MytokenWish | null;
  readonly createdAtMs: number;
  readonly issuedAtMs: number;
  readonly lastUsedAtMs: number | null;
  readonly expiresAtMs: number | null;
  /** Only states that outlive a restart are stored: `ok`, `login-needed`, `uncertain`. */
  readonly status: Extract<AccountStatus, 'ok' | 'login-needed' | 'uncertain' | 'unreachable'>;
  readonly problem: { readonly code: string; readonly atMs: number } | null;
  /** The mytoken is in memory only (the vault is in session mode). Never stored: gone with the process. */
  readonly sessionOnly?: boolean | undefined;
}

/** Where account records live; electron-store in the app, memory in tests. Order is the user's. */
export interface AccountStorage {
  load(): { readonly accounts: readonly AccountRecord[]; readonly defaultAccountId: string | null };
  /** Durable when it returns; throws `settings/could-not-save`. */
  save(data: { readonly accounts: readonly AccountRecord[]; readonly defaultAccountId: string | null }): void;
}

export interface AccountChange {
  readonly upsert: readonly AccountRecord[];
  readonly removed: readonly string[];
  /** Present when the order or the default changed. */
  readonly order: readonly string[] | null;
  readonly defaultAccountId: string | null;
}

export interface AccountEdit {
  readonly shortname?: string | undefined;
  readonly displayName?: string | undefined;
  readonly defaultScopes?: readonly string[] | undefined;
  readonly defaultAudience?: readonly string[] | undefined;
}

export interface NewAccount {
  /** Made up from provider and instance when absent; made unique when taken and not chosen by the user. */
  readonly shortname?: string | undefined;
  readonly displayName?: string | undefined;
  readonly instanceUrl: string;
  readonly token: IssuedMytoken;
  readonly claims: MytokenClaims;
  readonly wish: MytokenWish | null;
  readonly providerName: string | null;
  readonly providerScopes: readonly string[];
  /** Scopes and audience used when a request names none. */
  readonly defaultScopes?: readonly string[] | undefined;
  readonly defaultAudience?: readonly string[] | undefined;
}

/** Account records and the mytokens that belong to them. */
export interface Accounts {
  all(): readonly AccountRecord[];
  get(accountId: string): AccountRecord | null;
  /** Throws `accounts/not-found`. */
  require(accountId: string): AccountRecord;
  /** By shortname, or by OIDC issuer (with or without trailing slash; `accounts/ambiguous` resolved by the default account, else the first). Throws `accounts/not-found`, `accounts/none`. */
  find(nameOrIssuer: string | null): AccountRecord;
  defaultAccountId(): string | null;
  onChange(listener: (change: AccountChange) => void): () => void;
  /** Stores the mytoken first (durably), then the record. Throws `accounts/shortname-taken`, `accounts/shortname-invalid`, `accounts/already-there`, `vault/*`. */
  add(account: NewAccount): Promise<AccountRecord>;
  /**
   * Puts a new mytoken in place after a new login: same id, names and defaults. Throws `login/different-user` for another user,
   * provider or mytoken server, `accounts/already-there` for the mytoken of another account, `vault/*`, and
   * `settings/could-not-save`; the former mytoken is then in place again.
   */
  replaceMytoken(
    accountId: string,
    token: IssuedMytoken,
    claims: MytokenClaims,
    options?: { readonly wish?: MytokenWish | null | undefined },
  ): Promise<AccountRecord>;
  edit(accountId: string, edit: AccountEdit): AccountRecord;
  reorder(accountIds: readonly string[]): void;
  setDefault(accountId: string): void;
  /** Removes mytoken and record here; says nothing to the server. Throws `vault/*`; then the account stays. */
  removeLocally(accountId: string): Promise<void>;

  /**
   * For the broker: the newest mytoken; null when the vault has none (then the account needs a login). Throws `vault/*`, also
   * `vault/locked` for accounts of the real vault while the session mode is on.
   */
  mytoken(accountId: string): Promise<Secret | null>;
  /** For the broker: stores a rotated mytoken durably, then its claims. */
  storeRotated(accountId: string, token: IssuedMytoken): Promise<void>;
  markStatus(accountId: string, status: AccountRecord['status'], problem: AccountRecord['problem']): void;
  /** Remembers use; written to disk at most once a minute and on flush. */
  markUsed(accountId: string, atMs: number): void;
  flush(): void;
}

export interface LoginStart {
  readonly instanceUrl: string;
  readonly oidcIssuer: string;
  /** May be left out when renewing: then the account's former wish, or one made from what its mytoken could do. */
  readonly wish?: MytokenWish | undefined;
  readonly shortname?: string | undefined;
  readonly displayName?: string | undefined;
  readonly defaultScopes?: readonly string[] | undefined;
  /** Server and provider are then the account's own. */
  readonly renewsAccountId?: string | undefined;
}

/** Browser logins: one at a time is shown; starting another cancels the one under way. */
export interface Logins {
  view(): LoginView | null;
  onChange(listener: (view: LoginView | null) => void): () => void;
  /**
   * Asks the server, opens the browser and polls until an end. Resolves once the browser was asked to open, also when that
   * failed (`problem` of the view). Rejects, with no view left, when the server cannot be asked.
   */
  start(request: LoginStart): Promise<{ readonly flowId: string }>;
  /** Stops polling and tells the server to forget the code. Throws `login/unknown-flow`. */
  cancel(flowId: string): Promise<void>;
  openAgain(flowId: string): Promise<void>;
  /** The link to copy, as long as it is of use. Handle like a secret: whoever sees it can redeem the mytoken first. */
  link(flowId: string): Secret;
  dismiss(flowId: string): void;
  /** Wakes polling after sleep. */
  resumed(): void;
  stop(): Promise<void>;
}

/** Opens a page in the user's browser. Throws `login/browser-failed` when nothing could be started. */
export type OpenInBrowser = (url: string) => Promise<void>;

/**
 * What to tell the user after an import:
 * - `rotating-shared`: the mytoken rotates and somebody else holds the same string; whoever uses it second is locked out,
 *   and with `auto_revoke` both are (mytoken protocol, "Rotation")
 * - `file-readable-by-others`: other users of this machine can read the file it came from
 * - `not-checked`: the server offers no way to find out whether the mytoken still lives; only its signature was checked
 */
export type ImportWarning = 'rotating-shared' | 'file-readable-by-others' | 'not-checked';

export interface ImportedAccount extends AccountRecord {
  readonly warnings: readonly ImportWarning[];
}

/**
 * Brings in mytokens that exist already. All methods verify the mytoken at its server before storing it, and throw
 * `mytoken/*` when that fails, `accounts/*` and `vault/*` as `Accounts.add` does. An account whose mytoken needs a login or is
 * uncertain is put right when the same mytoken is imported; otherwise that is `accounts/already-there`.
 */
export interface Imports {
  /**
   * Text that holds a mytoken: a JWT, a short token, a line `NAME=TOKEN`, or a server's JSON answer. Throws
   * `import/no-mytoken-found`, `import/not-a-mytoken`, and `import/server-needed` for a short token without `instanceUrl`.
   */
  fromText(text: string, options: ImportOptions): Promise<ImportedAccount>;
  /** First line of the file that is not empty, at most 64 KiB. Throws `import/file-unreadable` with `details.reason`. */
  fromFile(path: string, options: ImportOptions): Promise<ImportedAccount>;
  /** A code is good for one use: what it stood for is kept in memory for a while when storing failed, for another try. */
  fromTransferCode(code: Secret, instanceUrl: string, options: ImportOptions): Promise<ImportedAccount>;
  /** Mytokens in the environment of this app and of the user's running programs (Linux: /proc/PID/environ). */
  candidates(): Promise<readonly ImportCandidate[]>;
  /** Throws `import/no-mytoken-found` once the reference is older than five minutes. */
  fromCandidate(ref: string, options: ImportOptions): Promise<ImportedAccount>;
  /** Forgets what is kept in memory. */
  stop(): void;
}

export interface ImportOptions {
  readonly instanceUrl?: string | undefined;
  readonly shortname?: string | undefined;
  readonly displayName?: string | undefined;
}
