import { randomBytes } from 'node:crypto';
import type { AgentView } from '../../shared/model/state.ts';
import { lookupIn, templateKinds } from '../../shared/model/templates.ts';
import { type AccountRecord, type Accounts, refuseUnusable } from '../accounts/index.ts';
import {
  type AgentLock,
  type AgentSocket,
  createAgentLock,
  createAgentSocket,
  createCallerIdentifier,
  createSocketService,
  wishOfProfile,
} from '../agent/index.ts';
import {
  type Activity,
  type Approvals,
  createActivity,
  createApprovals,
  createGrants,
  type Grants,
} from '../approvals/index.ts';
import type { MytokenClient } from '../mytoken/index.ts';
import type { Clock, Logger } from '../ports/index.ts';
import type { Profiles } from '../profiles/index.ts';
import type { Minter, TokenBroker } from '../tokens/index.ts';
import type { VaultStateKind } from '../vault/index.ts';
import { serverTemplates } from './server-templates.ts';
import type { SettingsService } from './settings.ts';

export interface AgentPartsDeps {
  readonly accounts: Accounts;
  readonly broker: Pick<TokenBroker, 'accessToken'>;
  readonly minter: Minter;
  readonly client: MytokenClient;
  readonly profiles: Profiles;
  readonly settings: SettingsService;
  /** How the store of mytokens stands, once it has been looked at. */
  readonly storage: () => Promise<VaultStateKind>;
  readonly socketPath: string;
  readonly clock: Clock;
  readonly log: Logger;
  readonly appVersion: string;
}

/** The questions to the user, what was remembered of the answers, and the socket that makes them necessary. */
export interface AgentParts {
  readonly approvals: Approvals;
  readonly grants: Grants;
  readonly activity: Activity;
  readonly lock: AgentLock;
  readonly socket: AgentSocket;
  view(): AgentView;
}

/** What a window shows at once; the rest stays in memory. */
const mostShown = 100;

export function createAgentParts(deps: AgentPartsDeps): AgentParts {
  const { accounts, client, profiles, settings, clock, log } = deps;
  const grants = createGrants(clock);
  const activity = createActivity(clock);
  const approvals = createApprovals({ grants, activity, clock, log });
  const lock = createAgentLock(clock);
  const identify = createCallerIdentifier({
    platform: process.platform,
    userId: process.getuid?.() ?? null,
  });

  const wishFor = async (
    account: AccountRecord,
    profile: string | Readonly<Record<string, unknown>> | null,
    hint: string,
  ) => {
    const found = await Promise.all(
      templateKinds.map(async (kind) => {
        // A server without templates has none to include; a name that is missing is told by the expansion.
        const entries = await serverTemplates(client, account.instanceUrl, kind).catch(() => []);
        return [kind, entries] as const;
      }),
    );
    const { clockSkewMs } = await client.discover(account.instanceUrl);
    return wishOfProfile(
      account,
      profile,
      hint,
      lookupIn(profiles.list(), Object.fromEntries(found)),
      Math.floor((clock.nowMs() + (clockSkewMs ?? 0)) / 1000),
    );
  };

  const service = createSocketService({
    accounts,
    broker: deps.broker,
    minter: deps.minter,
    approvals,
    lock,
    policyOf: (accountId) => settings.get().policies[accountId] ?? 'ask-once',
    pause(accountIds) {
      const paused = Object.fromEntries(accountIds.map((accountId) => [accountId, 'deny' as const]));
      settings.update({ policies: { ...settings.get().policies, ...paused } });
    },
    async refuseUnusable(account) {
      const vaultState = { kind: await deps.storage() };
      refuseUnusable(accounts.require(account.id), { vaultState, nowMs: clock.nowMs() });
    },
    wishFor,
    appVersion: deps.appVersion,
  });
  const socket = createAgentSocket({
    path: deps.socketPath,
    service,
    identify: (connection) => identify(connection, 'agent-socket'),
    randomBytes: (count) => new Uint8Array(randomBytes(count)),
    clock,
    log,
  });

  return {
    approvals,
    grants,
    activity,
    lock,
    socket,
    view: () => ({
      socket: socket.state(),
      waiting: approvals.count(),
      grants: grants.list(),
      activity: activity.list().slice(0, mostShown),
      locked: lock.isLocked(),
    }),
  };
}
