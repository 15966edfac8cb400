import { randomUUID } from 'node:crypto';
import { DomainError, toEnvelope } from '../../../shared/errors.ts';
import type { IssuedMytokenNote } from '../../../shared/model/activity.ts';
import type {
  AccessTokenContent,
  AccountPolicy,
  ApprovalAccount,
  ApprovalContent,
  MytokenContent,
} from '../../../shared/model/approval.ts';
import type { SubMytokenWish } from '../../../shared/model/sub-mytoken.ts';
import type { AccountRecord, Accounts } from '../../accounts/index.ts';
import { type Activity, type ActivityAmendment, activityOf } from '../../activity/index.ts';
import type { Approvals, Question } from '../../approvals/index.ts';
import type { MintedMytoken, Minter, TokenBroker } from '../../tokens/index.ts';
import { type FittingAccounts, fittingAccounts } from './choose-account.ts';
import { importAccount, type ImportAccountDeps } from './import-account.ts';
import { isAddableIssuer, type MissingAccountDeps, waitForAccount } from './missing-account.ts';
import { repeatableOf } from './repeatable.ts';
import type { AccountChoice, Asker, Desk, MytokenAsk } from './types.ts';

export interface DeskDeps extends MissingAccountDeps, ImportAccountDeps {
  readonly accounts: Pick<Accounts, 'all' | 'find' | 'defaultAccountId' | 'markUsed' | 'onChange'>;
  readonly broker: Pick<TokenBroker, 'accessToken'>;
  readonly minter: Pick<Minter, 'mint' | 'revoke'>;
  readonly approvals: Pick<Approvals, 'ask' | 'standing'>;
  /** Approvals write down the decision; here what became of it is added. */
  readonly activity: Pick<Activity, 'add' | 'amend'>;
  readonly policyOf: (accountId: string) => AccountPolicy;
  /**
   * Rejects when the account cannot be used, so that nobody is asked in vain. Before the question a store that is only locked is no reason:
   * it can be unlocked before the answer. Waits for the store's first look.
   */
  readonly refuseUnusable: (
    account: AccountRecord,
    when: 'before-asking' | 'before-serving',
  ) => Promise<void>;
  /** Rejects with `app/locked` or `app/paused` while nothing may leave, whoever allowed it. */
  readonly refuseClosed: () => void;
  /** The wish a request stands for, made to fit the account's mytoken. Throws `compose/*` for what cannot be given. */
  readonly wishFor: (
    account: AccountRecord,
    wish: MytokenAsk['wish'],
    hint: string,
  ) => Promise<SubMytokenWish>;
}

/** See {@link Desk} for what it promises. */
export function createDesk(deps: DeskDeps): Desk {
  const { accounts, broker, minter, approvals, activity, policyOf } = deps;

  const choose = (choice: AccountChoice, { accountIds }: Asker): FittingAccounts =>
    fittingAccounts(accounts, { accountIds, serves: (accountId) => policyOf(accountId) !== 'deny' }, choice);

  /**
   * What each account would give. Rejects with what keeps the one that is meant from it; others that cannot give are no choice. Another
   * account never answers just because the one that is meant cannot.
   */
  const offersOf = async <C extends ApprovalContent>(
    [meant, ...others]: FittingAccounts,
    contentOf: (account: AccountRecord) => C | Promise<C>,
  ): Promise<Offers<C>> => {
    const offer = async (account: AccountRecord): Promise<Offer<C>> => {
      await deps.refuseUnusable(account, 'before-asking');
      return { account, content: await contentOf(account) };
    };
    const first = await offer(meant);
    const further = await Promise.allSettled(others.map(offer));
    return [first, ...further.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []))];
  };

  const questionOf = ([meant, ...others]: Offers<ApprovalContent>, from: Asker): Question => {
    const way = <C extends ApprovalContent>({ account, content }: Offer<C>) => ({
      account: view(account),
      policy: policyOf(account.id),
      content,
    });
    return {
      ...way(meant),
      ...(others.length === 0 ? {} : { others: others.map(way) }),
      caller: from.caller,
      keyed: from.keyed,
      waitMs: from.waitMs,
    };
  };

  /** Resolves once somebody, or a rule, said yes and nothing else stands in the way: to what that account may give. */
  const permitted = async <C extends ApprovalContent>(
    offers: Offers<C>,
    from: Asker,
    signal: AbortSignal,
    recordId: string,
  ): Promise<Offer<C> & { readonly given: ApprovalContent }> => {
    const approved = await approvals.ask({ ...questionOf(offers, from), recordId }, signal);
    const offer = offers.find(({ account }) => account.id === approved.account?.id);
    if (offer === undefined) throw aboutSomethingElse();
    try {
      await deps.refuseUnusable(offer.account, 'before-serving');
      deps.refuseClosed();
    } catch (error) {
      note(recordId, { ...offer, from }, failure(error));
      throw error;
    }
    return { ...offer, given: approved.content };
  };

  /** Several requests may share a question and its record: what became of the others gets records of their own. */
  const note = (
    recordId: string,
    { account, content, from }: { account: AccountRecord; content: ApprovalContent; from: Asker },
    amendment: ActivityAmendment,
  ): void => {
    if (activity.amend(recordId, amendment)) return;
    const asked = activityOf({ caller: from.caller, account, content });
    activity.add({ ...asked, durationMs: 0, outcome: 'allowed', by: 'user', ...amendment });
  };

  /** A provider without an account is no reason to give up for those that can wait. */
  const chooseOrAdd = async (
    ask: AccountChoice,
    from: Asker,
    signal: AbortSignal,
  ): Promise<FittingAccounts> => {
    try {
      return choose(ask, from);
    } catch (error) {
      const missing = error instanceof DomainError && error.code === 'accounts/not-found';
      const { account, issuer } = ask;
      const addable =
        account === null && issuer !== null && from.accountIds === null && isAddableIssuer(issuer);
      if (!missing || !addable || from.waitsForAccount !== true) throw error;
      const added = await waitForAccount(deps, issuer, from, signal);
      if (added === null) throw error;
      return [added];
    }
  };

  return {
    importAccount: (offered, from, signal) => importAccount(deps, offered, from, signal),

    async accessToken(ask, from, signal) {
      // What is shown is what is fetched and remembered, also when the account's defaults change meanwhile (R-67).
      const offers = await offersOf(
        await chooseOrAdd(ask, from, signal),
        ({ defaultScopes, defaultAudience, restrictions }): AccessTokenContent => ({
          kind: 'access-token',
          scope: ask.scope ?? defaultScopes,
          audience: ask.audience ?? defaultAudience,
          ...(restrictions.length === 0 ? { unlimited: true } : {}),
        }),
      );
      const recordId = randomUUID();
      const { account, given } = await permitted(offers, from, signal, recordId);
      if (given.kind !== 'access-token') throw aboutSomethingElse();
      const fetched = broker.accessToken({
        accountId: account.id,
        scope: given.scope,
        audience: given.audience,
        fresh: ask.fresh,
        minValidMs: ask.minValidMs ?? undefined,
        comment: ask.comment,
      });
      try {
        const grant = await fetched;
        deps.refuseClosed();
        const repeatable = ask.fresh
          ? null
          : repeatableOf(deps, {
              question: questionOf(offers, from),
              given,
              accountId: account.id,
              grant,
              minValidMs: ask.minValidMs,
            });
        return { account, grant, repeatable };
      } catch (error) {
        note(recordId, { account, content: given, from }, failure(error));
        throw error;
      }
    },

    async mytoken(ask, from, signal) {
      const offers = await offersOf(choose(ask, from), async (account): Promise<MytokenContent> => {
        const { capabilities, restrictions } = account;
        const wish = await deps.wishFor(account, ask.wish, ask.hint ?? from.caller.program);
        return { kind: 'mytoken', wish, parent: { capabilities, restrictions } };
      });
      const recordId = randomUUID();
      const { account, content, given } = await permitted(offers, from, signal, recordId);
      if (given.kind !== 'mytoken') throw aboutSomethingElse();
      const { wish } = content;
      const subject = { account, content: given, from };
      let minted: MintedMytoken;
      try {
        minted = await minter.mint(account.id, given.wish);
      } catch (error) {
        note(recordId, subject, failure(error));
        throw error;
      }
      note(recordId, subject, { mytoken: noteOf(minted) });
      const takeBack = async (): Promise<void> => {
        await minter.revoke(minted);
        const revokedAtMs = deps.clock.nowMs();
        note(recordId, subject, { mytoken: { ...noteOf(minted), revokedAtMs } });
      };
      try {
        if (signal.aborted) throw new DomainError('agent/withdrawn', 'The program withdrew its request.');
        deps.refuseClosed();
      } catch (error) {
        // Nobody is there to take it, or nobody may: a mytoken without a holder must not live on (R-64).
        note(recordId, subject, failure(error));
        await takeBack();
        throw error;
      }
      return { account, minted, asked: wish, given: given.wish, narrowed: given.wish !== wish, takeBack };
    },
  };
}

interface Offer<C extends ApprovalContent> {
  readonly account: AccountRecord;
  readonly content: C;
}
/** The account that is meant comes first. */
type Offers<C extends ApprovalContent> = readonly [Offer<C>, ...Offer<C>[]];

function failure(error: unknown): ActivityAmendment {
  return { outcome: 'failed', problem: toEnvelope(error).code };
}

function noteOf({ instanceUrl, momId, name, expiresAtMs }: MintedMytoken): IssuedMytokenNote {
  return { instanceUrl, momId, name, expiresAtMs, revokedAtMs: null, revokeProblem: null };
}

function aboutSomethingElse(): Error {
  return new Error('The answer is about something else.');
}

function view({ id, displayName, shortname, instanceUrl, oidcIssuer }: AccountRecord): ApprovalAccount {
  return { id, displayName, shortname, instanceUrl, oidcIssuer };
}
