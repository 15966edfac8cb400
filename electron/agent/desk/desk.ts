import { DomainError } from '../../../shared/errors.ts';
import type {
  AccountPolicy,
  ApprovalAccount,
  ApprovalContent,
  MytokenContent,
} from '../../../shared/model/approval.ts';
import type { SubMytokenWish } from '../../../shared/model/sub-mytoken.ts';
import type { AccountRecord, Accounts } from '../../accounts/index.ts';
import type { Approvals } from '../../approvals/index.ts';
import type { Minter, TokenBroker } from '../../tokens/index.ts';
import { chooseAccount } from './choose-account.ts';
import type { AccountChoice, Asker, Desk, MytokenAsk } from './types.ts';

export interface DeskDeps {
  readonly accounts: Pick<Accounts, 'all' | 'find' | 'defaultAccountId'>;
  readonly broker: Pick<TokenBroker, 'accessToken'>;
  readonly minter: Pick<Minter, 'mint' | 'revoke'>;
  readonly approvals: Pick<Approvals, 'ask'>;
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
  const { accounts, broker, minter, approvals, policyOf } = deps;

  const choose = (choice: AccountChoice, { accountIds }: Asker): AccountRecord =>
    chooseAccount(accounts, { accountIds, serves: (accountId) => policyOf(accountId) !== 'deny' }, choice);

  /** Resolves to what may be given once somebody, or a rule, said yes and nothing else stands in the way. */
  const permitted = async (
    account: AccountRecord,
    content: ApprovalContent,
    from: Asker,
    signal: AbortSignal,
  ): Promise<ApprovalContent> => {
    const approved = await approvals.ask(
      {
        caller: from.caller,
        account: view(account),
        policy: policyOf(account.id),
        keyed: from.keyed,
        content,
        waitMs: from.waitMs,
      },
      signal,
    );
    await deps.refuseUnusable(account, 'before-serving');
    deps.refuseClosed();
    return approved;
  };

  return {
    async accessToken(ask, from, signal) {
      const account = choose(ask, from);
      await deps.refuseUnusable(account, 'before-asking');
      // What is shown is what is fetched and remembered, also when the account's defaults change meanwhile (R-67).
      const scope = ask.scope ?? account.defaultScopes;
      const audience = ask.audience ?? account.defaultAudience;
      const given = await permitted(account, { kind: 'access-token', scope, audience }, from, signal);
      if (given.kind !== 'access-token') throw aboutSomethingElse();
      const grant = await broker.accessToken({
        accountId: account.id,
        scope: given.scope,
        audience: given.audience,
        fresh: ask.fresh,
        minValidMs: ask.minValidMs ?? undefined,
        comment: ask.comment,
      });
      deps.refuseClosed();
      return { account, grant };
    },

    async mytoken(ask, from, signal) {
      const account = choose(ask, from);
      await deps.refuseUnusable(account, 'before-asking');
      const wish = await deps.wishFor(account, ask.wish, ask.hint ?? from.caller.program);
      const { capabilities, restrictions } = account;
      const content: MytokenContent = { kind: 'mytoken', wish, parent: { capabilities, restrictions } };
      const given = await permitted(account, content, from, signal);
      if (given.kind !== 'mytoken') throw aboutSomethingElse();
      const minted = await minter.mint(account.id, given.wish);
      try {
        if (signal.aborted) throw new DomainError('agent/withdrawn', 'The program withdrew its request.');
        deps.refuseClosed();
      } catch (error) {
        // Nobody is there to take it, or nobody may: a mytoken without a holder must not live on (R-64).
        await minter.revoke(minted);
        throw error;
      }
      return { account, minted, narrowed: given.wish !== wish };
    },
  };
}

function aboutSomethingElse(): Error {
  return new Error('The answer is about something else.');
}

function view({ id, displayName, shortname, instanceUrl, oidcIssuer }: AccountRecord): ApprovalAccount {
  return { id, displayName, shortname, instanceUrl, oidcIssuer };
}
