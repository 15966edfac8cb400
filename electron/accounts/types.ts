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
  /** Puts a new mytoken in place after a new login: same id and shortname. Throws `login/different-user`. */
  replaceMytoken(accountId: string, token: IssuedMytoken, claims: MytokenClaims): Promise<AccountRecord>;
  edit(accountId: string, edit: AccountEdit): AccountRecord;
  reorder(accountIds: readonly string[]): void;
  setDefault(accountId: string): void;
  /** Removes record and mytoken here; says nothing to the server. */
  removeLocally(accountId: string): Promise<void>;

  /** For the broker: the newest mytoken; null when the vault has none (then the account needs a login). */
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
  readonly wish: MytokenWish;
  readonly shortname?: string | undefined;
  readonly displayName?: string | undefined;
  readonly defaultScopes?: readonly string[] | undefined;
  readonly renewsAccountId?: string | undefined;
}

/** Browser logins: one at a time is shown; starting another cancels the one under way. */
export interface Logins {
  view(): LoginView | null;
  onChange(listener: (view: LoginView | null) => void): () => void;
  /** Asks the server, opens the browser and polls until an end. Resolves once the browser was asked to open. */
  start(request: LoginStart): Promise<{ readonly flowId: string }>;
  /** Stops polling and tells the server to forget the code. Throws `login/unknown-flow`. */
  cancel(flowId: string): Promise<void>;
  openAgain(flowId: string): Promise<void>;
  /** The link to copy. Handle like a secret: whoever sees it can redeem the mytoken first. */
  link(flowId: string): Secret;
  dismiss(flowId: string): void;
  /** Wakes polling after sleep. */
  resumed(): void;
  stop(): Promise<void>;
}

/** Opens a page in the user's browser. Throws `login/browser-failed` when nothing could be started. */
export type OpenInBrowser = (url: string) => Promise<void>;

/** Brings in mytokens that exist already. All methods verify the mytoken at its server before storing it. */
export interface Imports {
  /** Text that holds a mytoken: a JWT, a short token (then `instanceUrl` is needed), or a line `NAME=TOKEN`. */
  fromText(text: string, options: ImportOptions): Promise<AccountRecord>;
  /** First line of the file, at most 64 KiB. */
  fromFile(path: string, options: ImportOptions): Promise<AccountRecord>;
  fromTransferCode(code: Secret, instanceUrl: string, options: ImportOptions): Promise<AccountRecord>;
  /** Mytokens in the environment of this app and of the user's running programs (Linux: /proc/PID/environ). */
  candidates(): Promise<readonly ImportCandidate[]>;
  fromCandidate(ref: string, options: ImportOptions): Promise<AccountRecord>;
}

export interface ImportOptions {
  readonly instanceUrl?: string | undefined;
  readonly shortname?: string | undefined;
  readonly displayName?: string | undefined;
}
