import { DomainError } from '../../../shared/errors.ts';
import type { AccountPolicy, ApprovalAccount } from '../../../shared/model/approval.ts';
import type { CallerView } from '../../../shared/model/caller.ts';
import type { SubMytokenWish } from '../../../shared/model/sub-mytoken.ts';
import type { AccountRecord, Accounts } from '../../accounts/index.ts';
import type { Approvals } from '../../approvals/index.ts';
import type { Minter, TokenBroker } from '../../tokens/index.ts';
import type { AgentAnswer } from './answers.ts';
import type { AgentLock } from './lock.ts';
import type { AgentRequest } from './requests.ts';
import type { AgentService } from './types.ts';

export interface SocketServiceDeps {
  readonly accounts: Pick<Accounts, 'all' | 'find' | 'defaultAccountId'>;
  readonly broker: Pick<TokenBroker, 'accessToken'>;
  readonly minter: Minter;
  readonly approvals: Pick<Approvals, 'ask'>;
  readonly lock: AgentLock;
  readonly policyOf: (accountId: string) => AccountPolicy;
  /** Rejects when the account cannot be used now, so that nobody is asked in vain. Waits for the store's first look. */
  readonly refuseUnusable: (account: AccountRecord) => Promise<void>;
  /** Stops serving these accounts until the user says otherwise; nothing is deleted. */
  readonly pause: (accountIds: readonly string[]) => void;
  /** The wish a profile stands for: by name from the account's server, or as JSON. Throws DomainError. */
  readonly wishFor: (
    account: AccountRecord,
    profile: string | Readonly<Record<string, unknown>> | null,
    hint: string,
  ) => Promise<SubMytokenWish>;
  readonly appVersion: string;
}

/** Clients of the agent protocol are used to patience: they wait without a limit of their own (ipc reference 2). */
const approvalMs = 300_000;
const agentLocked = refused('Agent locked');
const unknownAccount = refused('No account configured with that short name');
const elsewhere = 'Mytoken Desktop keeps mytokens only; add and remove accounts in its window';

/** Answers the requests of oidc-agent's protocol with what the app has (ipc reference 4). */
export function createSocketService(deps: SocketServiceDeps): AgentService {
  const { accounts, broker, minter, approvals, lock, policyOf } = deps;

  const byName = (name: string): AccountRecord | null =>
    accounts.all().find(({ shortname }) => shortname === name) ?? null;
  const served = (): readonly AccountRecord[] => accounts.all().filter(({ id }) => policyOf(id) !== 'deny');

  /** By issuer, or the default account when nothing is named. */
  const choose = (account: string | null, issuer: string | null): AccountRecord | null => {
    if (account !== null && !account.startsWith('https://')) return byName(account);
    try {
      return accounts.find(account ?? issuer);
    } catch (error) {
      if (error instanceof DomainError && error.code.startsWith('accounts/')) return null;
      throw error;
    }
  };

  const accessToken = async (
    request: Extract<AgentRequest, { kind: 'access_token' }>,
    caller: CallerView,
    signal: AbortSignal,
  ): Promise<AgentAnswer> => {
    const account = choose(request.account, request.issuer);
    if (account === null) {
      return request.account === null && request.issuer !== null
        ? refused('No account configured for this issuer')
        : unknownAccount;
    }
    await deps.refuseUnusable(account);
    // What is shown is what is fetched and remembered, also when the account's defaults change meanwhile.
    const scope = request.scope ?? account.defaultScopes;
    const audience = request.audience ?? account.defaultAudience;
    await approvals.ask(
      {
        caller: claiming(caller, request.hint),
        account: view(account),
        policy: policyOf(account.id),
        content: { kind: 'access-token', scope, audience },
        waitMs: approvalMs,
      },
      signal,
    );
    if (lock.isLocked()) return agentLocked;
    const grant = await broker.accessToken({
      accountId: account.id,
      scope,
      audience,
      fresh: request.minValidSeconds === null,
      minValidMs: request.minValidSeconds === null ? undefined : request.minValidSeconds * 1000,
      comment: `${caller.program} (oidc-agent protocol)`,
    });
    return {
      kind: 'access-token',
      accessToken: grant.accessToken,
      issuer: grant.issuer,
      expiresAtMs: grant.expiresAtMs,
    };
  };

  const mytoken = async (
    request: Extract<AgentRequest, { kind: 'mytoken' }>,
    caller: CallerView,
    signal: AbortSignal,
  ): Promise<AgentAnswer> => {
    const account = byName(request.account);
    if (account === null) return unknownAccount;
    await deps.refuseUnusable(account);
    const wish = await deps.wishFor(account, request.profile, request.hint ?? caller.program);
    const approved = await approvals.ask(
      {
        caller: claiming(caller, request.hint),
        account: view(account),
        policy: policyOf(account.id),
        content: {
          kind: 'mytoken',
          wish,
          parent: { capabilities: account.capabilities, restrictions: account.restrictions },
        },
        waitMs: approvalMs,
      },
      signal,
    );
    if (approved.kind !== 'mytoken') throw new Error('The answer is about something else.');
    if (lock.isLocked()) return agentLocked;
    const minted = await minter.mint(account.id, approved.wish);
    if (signal.aborted) {
      // Nobody is there to take it: a mytoken without a holder must not live on.
      await minter.revoke(minted);
      throw new DomainError('agent/withdrawn', 'The program withdrew its request.');
    }
    return {
      kind: 'mytoken',
      value: minted.value,
      tokenType: minted.kind,
      capabilities: minted.capabilities,
      restrictions: minted.restrictions,
      expiresAtMs: minted.expiresAtMs,
      issuer: account.oidcIssuer,
      instanceUrl: minted.instanceUrl,
    };
  };

  const unlock = async (password: string): Promise<AgentAnswer> => {
    switch (await lock.unlock(password)) {
      case 'unlocked':
        return { kind: 'done', info: 'Agent unlocked' };
      case 'not-locked':
        return refused('Agent not locked');
      case 'wrong':
        return refused('wrong password');
    }
  };

  return {
    async handle(request, { caller, signal }) {
      if (lock.isLocked() && request.kind !== 'check' && request.kind !== 'unlock') return agentLocked;
      try {
        switch (request.kind) {
          case 'access_token':
            return await accessToken(request, caller, signal);
          case 'mytoken':
            return await mytoken(request, caller, signal);
          case 'check':
            return { kind: 'done' };
          case 'loaded_accounts':
            return { kind: 'done', info: served().map(({ shortname }) => shortname) };
          case 'account_info':
            return { kind: 'done', info: accountInfo(accounts.all(), policyOf) };
          case 'status':
            return { kind: 'done', info: statusText(deps.appVersion, served().length) };
          case 'status_json':
            return {
              kind: 'done',
              info: {
                version: `Mytoken Desktop ${deps.appVersion}`,
                command_line_options: '',
                loaded_accounts: served().map(({ shortname }) => shortname),
              },
            };
          case 'lock':
            return (await lock.lock(request.password)) ? { kind: 'done', info: 'Agent locked' } : agentLocked;
          case 'unlock':
            return await unlock(request.password);
          case 'remove': {
            const account = byName(request.account);
            if (account === null) return refused('account not loaded');
            deps.pause([account.id]);
            return { kind: 'done' };
          }
          case 'remove_all':
            deps.pause(accounts.all().map(({ id }) => id));
            return { kind: 'done' };
          case 'file_read':
            return refused('File not found');
          case 'add':
          case 'unsupported':
            return { kind: 'refused', error: 'Not supported by Mytoken Desktop', info: elsewhere };
        }
      } catch (error) {
        // What users of the protocol know as the answer to “no” (ipc reference 4.8).
        if (error instanceof DomainError && error.code === 'agent/denied')
          return refused('operation forbidden');
        throw error;
      }
    },
  };
}

/** What the client says of itself is shown second. */
function claiming(caller: CallerView, hint: string | null): CallerView {
  return { ...caller, claims: { application: hint } };
}

function view({ id, displayName, shortname, instanceUrl, oidcIssuer }: AccountRecord): ApprovalAccount {
  return { id, displayName, shortname, instanceUrl, oidcIssuer };
}

function accountInfo(
  all: readonly AccountRecord[],
  policyOf: (accountId: string) => AccountPolicy,
): Record<string, { pubclient: boolean; accounts: Record<string, boolean> }> {
  const info: Record<string, { pubclient: boolean; accounts: Record<string, boolean> }> = {};
  for (const { id, oidcIssuer, shortname } of all) {
    const entry = (info[oidcIssuer] ??= { pubclient: false, accounts: {} });
    entry.accounts[shortname] = policyOf(id) !== 'deny';
  }
  return info;
}

function statusText(version: string, count: number): string {
  return `Mytoken Desktop ${version}\nNumber of loaded accounts: ${count}\n`;
}

function refused(error: string): AgentAnswer {
  return { kind: 'refused', error };
}
