import { DomainError } from '../../../shared/errors.ts';
import type { AccountPolicy } from '../../../shared/model/approval.ts';
import type { CallerView } from '../../../shared/model/caller.ts';
import type { AccountRecord, Accounts } from '../../accounts/index.ts';
import { Secret } from '../../ports/index.ts';
import type { AppLock } from '../../lock/index.ts';
import type { AccountChoice, Asker, Desk } from '../desk/index.ts';
import type { AgentAnswer } from './answers.ts';
import type { AgentRequest, OfferedByClient } from './requests.ts';
import type { AgentService } from './types.ts';

export interface SocketServiceDeps {
  readonly desk: Desk;
  readonly accounts: Pick<Accounts, 'all'>;
  readonly lock: Pick<AppLock, 'isLocked' | 'state' | 'lockWith' | 'unlockWith'>;
  readonly policyOf: (accountId: string) => AccountPolicy;
  /** Stops serving these accounts until the user says otherwise; nothing is deleted. */
  readonly pause: (accountIds: readonly string[]) => void;
  readonly appVersion: string;
}

/** Clients of the agent protocol are used to patience: they wait without a limit of their own (ipc reference 2). */
const approvalMs = 300_000;
const agentLocked = refused('Agent locked');
const unknownAccount = refused('No account configured with that short name');
const elsewhere = 'Mytoken Desktop keeps mytokens only; add and remove accounts in its window';

/** Answers the requests of oidc-agent's protocol with what the app has (ipc reference 4). */
export function createSocketService(deps: SocketServiceDeps): AgentService {
  const { desk, accounts, lock, policyOf } = deps;

  const byName = (name: string): AccountRecord | null =>
    accounts.all().find(({ shortname }) => shortname === name) ?? null;
  const served = (): readonly AccountRecord[] => accounts.all().filter(({ id }) => policyOf(id) !== 'deny');

  const accessToken = async (
    request: Extract<AgentRequest, { kind: 'access_token' }>,
    caller: CallerView,
    signal: AbortSignal,
  ): Promise<AgentAnswer> => {
    const { grant, repeatable } = await desk.accessToken(
      {
        ...meant(request),
        scope: request.scope,
        audience: request.audience,
        fresh: request.minValidSeconds === null,
        minValidMs: request.minValidSeconds === null ? null : request.minValidSeconds * 1000,
        comment: `${caller.program} (oidc-agent protocol)`,
      },
      askerOf(caller, request.hint),
      signal,
    );
    return {
      kind: 'access-token',
      accessToken: grant.accessToken,
      issuer: grant.issuer,
      expiresAtMs: grant.expiresAtMs,
      repeatable,
    };
  };

  const mytoken = async (
    request: Extract<AgentRequest, { kind: 'mytoken' }>,
    caller: CallerView,
    signal: AbortSignal,
  ): Promise<AgentAnswer> => {
    const { account, minted, takeBack } = await desk.mytoken(
      {
        account: request.account,
        issuer: null,
        wish: { kind: 'profile', profile: request.profile },
        hint: request.hint,
      },
      askerOf(caller, request.hint),
      signal,
    );
    return {
      kind: 'mytoken',
      value: minted.value,
      tokenType: minted.kind,
      capabilities: minted.capabilities,
      restrictions: minted.restrictions,
      expiresAtMs: minted.expiresAtMs,
      issuer: account.oidcIssuer,
      instanceUrl: minted.instanceUrl,
      takeBack,
    };
  };

  const add = async (
    offered: OfferedByClient | null,
    caller: CallerView,
    signal: AbortSignal,
  ): Promise<AgentAnswer> => {
    if (offered === null) {
      return {
        kind: 'refused',
        error: 'Mytoken Desktop keeps mytokens, no refresh tokens of providers',
        info: 'Add the account in its window: that makes a mytoken',
      };
    }
    const { mytokenText, ...said } = offered;
    const account = { ...said, mytoken: new Secret(mytokenText) };
    await desk.importAccount(account, askerOf(caller, null), signal);
    return { kind: 'done' };
  };

  const unlock = async (password: string): Promise<AgentAnswer> => {
    switch (await lock.unlockWith(password)) {
      case 'unlocked':
        return { kind: 'done', info: 'Agent unlocked' };
      case 'not-locked':
        return refused('Agent not locked');
      case 'wrong':
        return refused('wrong password');
      case 'elsewhere':
        return {
          kind: 'refused',
          error: 'Mytoken Desktop was not locked with a password',
          info: 'Unlock it in its window',
        };
    }
  };

  return {
    async handle(request, { caller, signal }) {
      if (lock.isLocked() && !isHeardWhileLocked(request, lock.state()?.by === 'client')) return agentLocked;
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
            return (await lock.lockWith(request.password))
              ? { kind: 'done', info: 'Agent locked' }
              : agentLocked;
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
            return await add(request.offered, caller, signal);
          case 'unsupported':
            return { kind: 'refused', error: 'Not supported by Mytoken Desktop', info: elsewhere };
        }
      } catch (error) {
        const known = error instanceof DomainError ? inKnownWords(error, request) : null;
        if (known === null) throw error;
        return known;
      }
    },
  };
}

/** What asks its user can wait for him, unless a client wanted silence; the desk tells what cannot wait. */
function isHeardWhileLocked({ kind }: AgentRequest, byClient: boolean): boolean {
  if (kind === 'check' || kind === 'unlock') return true;
  return !byClient && (kind === 'access_token' || kind === 'mytoken' || kind === 'add');
}

/** By short name, else by issuer; some clients send an issuer in the place of the name. */
function meant({
  account,
  issuer,
}: {
  readonly account: string | null;
  readonly issuer: string | null;
}): AccountChoice {
  if (account === null) return { account: null, issuer };
  return account.startsWith('https://') ? { account: null, issuer: account } : { account, issuer: null };
}

/** What the client says of itself is shown second. */
function askerOf(caller: CallerView, hint: string | null): Asker {
  return {
    caller: { ...caller, claims: { application: hint } },
    accountIds: null,
    keyed: false,
    waitsForAccount: true,
    waitMs: approvalMs,
  };
}

/** What users of the protocol know as the answer (ipc reference 4.8); null where there is nothing of the kind. */
function inKnownWords({ code }: DomainError, request: AgentRequest): AgentAnswer | null {
  switch (code) {
    case 'agent/denied':
      return refused('operation forbidden');
    case 'app/locked':
      return agentLocked;
    case 'accounts/not-found':
    case 'accounts/none':
      return request.kind === 'access_token' && request.account === null && request.issuer !== null
        ? refused('No account configured for this issuer')
        : unknownAccount;
    default:
      return null;
  }
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
