import type { CallerView } from './caller.ts';
import type { ParentMytoken, SubMytokenWish } from './sub-mytoken.ts';

/**
 * What happens when a local program asks for an access token of an account. Mytokens are always asked for, whatever the policy,
 * except `deny`.
 */
export const accountPolicies = ['ask-once', 'ask-always', 'allow', 'deny'] as const;
export type AccountPolicy = (typeof accountPolicies)[number];

/** For how long a program need not be asked about again; offered in this order, `once` chosen beforehand. */
export const grantDurations = ['once', '15min', '1h', 'until-quit'] as const;
export type GrantDuration = (typeof grantDurations)[number];

export interface ApprovalAccount {
  readonly id: string;
  readonly displayName: string;
  readonly shortname: string;
  readonly instanceUrl: string;
  readonly oidcIssuer: string;
}

export interface AccessTokenContent {
  readonly kind: 'access-token';
  /** Empty: what the provider gives when nothing is named. */
  readonly scope: readonly string[];
  readonly audience: readonly string[];
  /**
   * The account's mytoken has no restrictions: its server then gives every scope and no audience, whatever is asked for (mytoken protocol,
   * "Which clause, which scope?"). There is nothing less to give.
   */
  readonly unlimited?: true | undefined;
}

export interface MytokenContent {
  readonly kind: 'mytoken';
  readonly wish: SubMytokenWish;
  readonly parent: ParentMytoken;
}

/** A program hands over a mytoken to be kept here as an account. What is said of it is what it says of itself. */
export interface ImportAccountContent {
  readonly kind: 'import-account';
  /** What the program calls it. */
  readonly name: string;
  readonly instanceUrl: string;
  readonly oidcIssuer: string;
  /** Null when the mytoken does not tell. */
  readonly capabilities: readonly string[] | null;
}

/** A program wants a token of a provider without an account here. “Yes” opens the page for adding one; the program waits. */
export interface AddAccountContent {
  readonly kind: 'add-account';
  readonly oidcIssuer: string;
}

/** What a program asks for, as it is shown and as it will be issued at most. */
export type ApprovalContent = AccessTokenContent | MytokenContent | ImportAccountContent | AddAccountContent;

/** What the user made of a request before saying yes; only ever less. */
export type NarrowedContent =
  AccessTokenContent | { readonly kind: 'mytoken'; readonly wish: SubMytokenWish };

/** An account that can answer a request, and what it would give. */
export interface ApprovalOption {
  readonly account: ApprovalAccount;
  readonly content: ApprovalContent;
  readonly grantable: boolean;
}

/** The one request that is on the screen. */
export interface ApprovalView {
  readonly id: string;
  /** Of everything below that a decision is about: a decision names it, so that it cannot be about something else. */
  readonly contentHash: string;
  readonly caller: CallerView;
  /** Null where there is none yet: importing and adding one. */
  readonly account: ApprovalAccount | null;
  readonly content: ApprovalContent;
  /** The program named a provider of which there are several accounts: those that its user may choose instead of `account`. */
  readonly others: readonly ApprovalOption[];
  readonly deadlineAtMs: number;
  /** What has to be unlocked before the answer can be yes: the app, or the store of mytokens. Refusing works all the time. */
  readonly unlockFirst: 'app' | 'store' | null;
  /** Requests that wait behind this one. */
  readonly waiting: number;
  /** How many identical requests this decision answers. */
  readonly asked: number;
  /** False when the program cannot be recognised again, and for all but access tokens: there is nothing to remember. */
  readonly grantable: boolean;
  /** After three refusals of this program: blocking it, until that is taken back, is offered. */
  readonly offerBlock: boolean;
}

/** Timers and clocks differ a little. */
const slackMs = 200;

/** Whether a question that is not asked any more ended because nobody answered in time. */
export function ranOut({ deadlineAtMs }: Pick<ApprovalView, 'deadlineAtMs'>, nowMs: number): boolean {
  return nowMs >= deadlineAtMs - slackMs;
}

export interface ApprovalDecision {
  readonly id: string;
  readonly contentHash: string;
  readonly decision: 'allow' | 'deny' | 'deny-all' | 'block';
  /** Which of the accounts answers; not named where there is no choice. */
  readonly accountId?: string | undefined;
  readonly grant: GrantDuration;
  readonly narrowed?: NarrowedContent | undefined;
}

/** A remembered “yes”. */
export interface GrantView {
  readonly id: string;
  readonly program: string;
  readonly accountId: string;
  /** Empty: the account's default. */
  readonly scope: readonly string[];
  readonly audience: readonly string[];
  readonly createdAtMs: number;
  /** `always` comes from the settings alone; it survives the app. */
  readonly duration: Exclude<GrantDuration, 'once'> | 'always';
  /** Null: until the app quits, or for good. */
  readonly expiresAtMs: number | null;
  readonly uses: number;
}

/** A program that gets nothing and that nobody is asked about. */
export interface BlockedProgramView {
  readonly id: string;
  readonly program: string;
  readonly blockedAtMs: number;
}
