import type { AccountPolicy } from '../../shared/model/approval.ts';
import type { AgentView } from '../../shared/model/state.ts';
import { type Accounts, type Imports, refuseUnusable } from '../accounts/index.ts';
import type { Activity } from '../activity/index.ts';
import {
  type AgentSocket,
  createAgentSocket,
  createDesk,
  createSocketService,
  type Desk,
} from '../agent/index.ts';
import {
  type Approvals,
  type Blocks,
  createApprovals,
  createBlocks,
  createGrants,
  type Gate,
  type Grants,
  type PermissionStorage,
  refusals,
} from '../approvals/index.ts';
import type { AppLock, Pause } from '../lock/index.ts';
import type { MytokenClient } from '../mytoken/index.ts';
import type { Clock, Logger } from '../ports/index.ts';
import type { Profiles } from '../profiles/index.ts';
import type { Minter, TokenBroker } from '../tokens/index.ts';
import type { VaultStateKind } from '../vault/index.ts';
import type { SettingsService } from './settings.ts';
import { createWishReader } from './wish-reader.ts';

export interface AgentPartsDeps {
  readonly accounts: Accounts;
  readonly activity: Activity;
  readonly broker: Pick<TokenBroker, 'accessToken'>;
  readonly minter: Minter;
  readonly imports: Pick<Imports, 'fromText'>;
  /** Brings the page for a new account of this provider onto the screen. */
  readonly openAddAccount: (oidcIssuer: string, waitsUntilMs: number) => void;
  readonly client: MytokenClient;
  readonly profiles: Profiles;
  readonly settings: SettingsService;
  /** How the store of mytokens stands, once it has been looked at. */
  readonly storage: () => Promise<VaultStateKind>;
  readonly storageNow: () => VaultStateKind;
  readonly lock: AppLock;
  readonly pause: Pause;
  readonly permissions: PermissionStorage;
  readonly socketPath: string;
  /** Module of the thread that holds the socket's connections. */
  readonly socketThreadUrl: URL;
  readonly clock: Clock;
  readonly log: Logger;
  readonly appVersion: string;
}

/** The questions to the user, what was remembered of the answers, and the socket that makes them necessary. */
export interface AgentParts {
  readonly desk: Desk;
  readonly approvals: Approvals;
  readonly grants: Grants;
  readonly blocks: Blocks;
  readonly socket: AgentSocket;
  view(): AgentView;
}

export function createAgentParts(deps: AgentPartsDeps): AgentParts {
  const { accounts, activity, client, profiles, settings, lock, pause, clock, log } = deps;
  const { permissions } = deps;
  const stored = permissions.load();
  const grants: Grants = createGrants(clock, stored.grants, (kept) => {
    permissions.save({ grants: kept, blocked: blocks.stored() });
  });
  const blocks: Blocks = createBlocks(clock, stored.blocked, (blocked) => {
    permissions.save({ grants: grants.stored(), blocked });
  });
  /** Who locks with a password of its own wants silence; to its user, everything else can be put. */
  const gate = (): Gate => {
    const kind = deps.storageNow();
    return {
      closed: pause.isPaused() ? 'paused' : lock.state()?.by === 'client' ? 'locked' : null,
      unlockFirst: lock.isLocked() ? 'app' : kind === 'locked' || kind === 'closed' ? 'store' : null,
    };
  };
  const approvals = createApprovals({
    gate,
    grants,
    blocks,
    activity,
    clock,
    log,
  });
  lock.onChange(() => approvals.gateMoved());
  pause.onChange(() => approvals.gateMoved());

  const policyOf = (accountId: string): AccountPolicy => settings.get().policies[accountId] ?? 'ask-once';
  const desk = createDesk({
    accounts,
    imports: deps.imports,
    openAddAccount: deps.openAddAccount,
    broker: deps.broker,
    minter: deps.minter,
    approvals,
    activity,
    clock,
    policyOf,
    async refuseUnusable(account, when) {
      const kind = await deps.storage();
      const unlockable = when === 'before-asking' && (kind === 'locked' || kind === 'closed');
      refuseUnusable(accounts.require(account.id), {
        vaultState: { kind: unlockable ? 'ok' : kind },
        nowMs: clock.nowMs(),
      });
    },
    refuseClosed() {
      if (pause.isPaused()) throw refusals.paused();
      if (lock.isLocked()) throw refusals.locked();
    },
    wishFor: createWishReader({ client, profiles, clock }),
  });
  const service = createSocketService({
    desk,
    accounts,
    lock,
    policyOf,
    pause(accountIds) {
      const paused = Object.fromEntries(accountIds.map((accountId) => [accountId, 'deny' as const]));
      settings.update({ policies: { ...settings.get().policies, ...paused } });
    },
    appVersion: deps.appVersion,
  });
  const socket = createAgentSocket({
    path: deps.socketPath,
    service,
    threadUrl: deps.socketThreadUrl,
    clock,
    log,
  });

  return {
    desk,
    approvals,
    grants,
    blocks,
    socket,
    view: () => ({
      socket: socket.state(),
      waiting: approvals.count(),
      grants: grants.list(),
      blocked: blocks.list(),
    }),
  };
}
