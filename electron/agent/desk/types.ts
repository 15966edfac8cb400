import type { CallerView } from '../../../shared/model/caller.ts';
import type { SubMytokenWish } from '../../../shared/model/sub-mytoken.ts';
import type { AccountRecord } from '../../accounts/index.ts';
import type { Secret } from '../../ports/index.ts';
import type { AccessTokenGrant, MintedMytoken } from '../../tokens/index.ts';

/** Whoever asks at one of the doors, as far as the door could tell. */
export interface Asker {
  readonly caller: CallerView;
  /** The accounts that exist for this asker; null: all. Client keys can be limited. */
  readonly accountIds: readonly string[] | null;
  /**
   * The user gave this asker a client key: for access tokens that is the remembered “yes” of accounts that ask once per program. An
   * account that asks every time, or that serves nobody, does so for keys too (R-47); a mytoken is always asked about.
   */
  readonly keyed: boolean;
  /** Whoever asks for a provider without an account waits until its user added one, or declined. Else it is `accounts/not-found` at once. */
  readonly waitsForAccount?: boolean;
  /** How long the user has to answer, in milliseconds; then the answer is no (R-64). */
  readonly waitMs: number;
}

/** Which account is meant: by short name, else by issuer, where its user may choose among several, else the default one. */
export interface AccountChoice {
  readonly account: string | null;
  readonly issuer: string | null;
}

export interface AccessTokenAsk extends AccountChoice {
  /** Null: the account's default. */
  readonly scope: readonly string[] | null;
  readonly audience: readonly string[] | null;
  readonly minValidMs: number | null;
  readonly fresh: boolean;
  /** For the history at the mytoken server. */
  readonly comment: string;
}

export interface MytokenAsk extends AccountChoice {
  /**
   * The wish itself, or a profile that stands for one: its name, or what it holds. Null: the whole of what the account can give, within
   * the default profile.
   */
  readonly wish:
    | { readonly kind: 'wish'; readonly wish: SubMytokenWish }
    | { readonly kind: 'profile'; readonly profile: string | Readonly<Record<string, unknown>> | null };
  /** What the program calls itself, for the name of the new mytoken. */
  readonly hint: string | null;
}

/** A mytoken that a program hands over to be kept here. All but the mytoken itself is what the program says. */
export interface OfferedAccount {
  readonly name: string;
  readonly instanceUrl: string;
  readonly oidcIssuer: string;
  readonly mytoken: Secret;
}

/** An answer that needs no new decision for a while, when the same program asks the same again and nothing changed. */
export interface Repeatable {
  /** Counted from now: until the token is too old for the request, or the permission ends. */
  readonly forMs: number;
  /** It was given so many times more: counted and recorded like the first time (R-69). */
  repeated(times: number): void;
}

export interface ServedAccessToken {
  readonly account: AccountRecord;
  readonly grant: AccessTokenGrant;
  /** Null when the next request has to be decided on anew. */
  readonly repeatable: Repeatable | null;
}

export interface ServedMytoken {
  readonly account: AccountRecord;
  readonly minted: MintedMytoken;
  /** What the request came to, and what the user made of it. */
  readonly asked: SubMytokenWish;
  readonly given: SubMytokenWish;
  /** What was issued is less than what was asked for, because the user made it so. */
  readonly narrowed: boolean;
  /** Revokes it at the server, for when it could not be handed over. Throws what the minter throws. */
  readonly takeBack: () => Promise<void>;
}

/**
 * The one way from a door to a token: finds the account, waits until the app is unlocked, asks the user where that is needed, lets the
 * broker or the minter work, and records what became of it. Every door goes through it, so that the rules are the same at all of them.
 */
export interface Desk {
  /**
   * Rejects with `accounts/not-found`, `accounts/none`, `agent/account-not-allowed`, the codes of a refused or unanswered question
   * (`agent/denied`, `agent/approval-timeout`, `agent/withdrawn`, `agent/too-many-requests`, `agent/blocked`), `app/locked` and `app/paused`
   * (both retryable), what makes the account unusable, and what broker and server say.
   */
  accessToken(ask: AccessTokenAsk, from: Asker, signal: AbortSignal): Promise<ServedAccessToken>;
  /**
   * As `accessToken`; always asks the user (R-67). When `signal` aborts after the mytoken was made, it is revoked, for nobody would hold it
   * (R-64).
   */
  mytoken(ask: MytokenAsk, from: Asker, signal: AbortSignal): Promise<ServedMytoken>;
  /**
   * Makes an account of a mytoken that a program hands over; always asks the user. Rejects as `accessToken`, and with what the import says
   * (`accounts/already-there`, `import/*`, `mytoken/*`).
   */
  importAccount(offered: OfferedAccount, from: Asker, signal: AbortSignal): Promise<AccountRecord>;
}
