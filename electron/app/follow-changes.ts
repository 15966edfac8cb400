import type { Accounts, Logins } from '../accounts/index.ts';
import type { ActivityLog } from '../activity/index.ts';
import type { HttpEndpoint } from '../agent/index.ts';
import type { AppLock, Pause } from '../lock/index.ts';
import type { Http } from '../mytoken/index.ts';
import type { TokenBroker } from '../tokens/index.ts';
import type { Vault } from '../vault/index.ts';
import type { AgentParts } from './agent-parts.ts';
import { forgetAnswersOnChange } from './answer-watch.ts';
import type { SettingsService } from './settings.ts';

export interface ChangingParts {
  readonly accounts: Accounts;
  readonly logins: Pick<Logins, 'onChange'>;
  readonly settings: SettingsService;
  readonly vault: Pick<Vault, 'onState'>;
  readonly broker: TokenBroker & { settle(): Promise<void> };
  readonly agent: Pick<AgentParts, 'approvals' | 'grants' | 'socket'>;
  readonly endpoint: Pick<HttpEndpoint, 'apply' | 'applySocket' | 'forgetAnswers'>;
  readonly activity: Pick<ActivityLog, 'prune'>;
  readonly http: Pick<Http, 'reconfigure'>;
  readonly lock: Pick<AppLock, 'onChange'>;
  readonly pause: Pick<Pause, 'onChange'>;
  /** What may not stay in memory once the store has been shut. */
  readonly forgetRead: () => void;
}

/** What has to happen elsewhere when an account, a login, a setting or the store changed. Returns how to end it. */
export function followChanges(parts: ChangingParts): () => void {
  const { accounts, logins, settings, vault, broker, agent, endpoint, activity, http, lock, pause } = parts;
  const ends = [
    forgetAnswersOnChange(
      { lock, pause, settings, grants: agent.grants, approvals: agent.approvals, accounts, broker, vault },
      () => {
        agent.socket.forgetAnswers();
        endpoint.forgetAnswers();
      },
    ),
    accounts.onChange(({ removed }) => {
      for (const accountId of removed) agent.approvals.forgetAccount(accountId);
      const { policies } = settings.get();
      if (removed.some((accountId) => accountId in policies)) {
        const kept = Object.entries(policies).filter(([accountId]) => !removed.includes(accountId));
        settings.update({ policies: Object.fromEntries(kept) });
      }
    }),
    // A login that renewed an account makes tokens of its former mytoken worthless.
    logins.onChange((login) => {
      if (login?.state === 'done' && login.renewsAccountId !== null) broker.forget(login.renewsAccountId);
    }),
    settings.onChange((now, before) => {
      if (now.activityDays < before.activityDays) activity.prune();
      if (now.extraCaFiles !== before.extraCaFiles) http.reconfigure();
      if (now.endpoint !== before.endpoint) void endpoint.apply(now.endpoint);
      if (now.httpSocket !== before.httpSocket) void endpoint.applySocket(now.httpSocket);
      if (now.socket.enabled !== before.socket.enabled) void agent.socket.apply(now.socket.enabled);
    }),
    vault.onState((state) => {
      // Whenever it opens, look into requests that a crash interrupted.
      if (state.kind === 'ok') void broker.settle();
      agent.approvals.gateMoved();
      if (state.kind === 'locked' || state.kind === 'closed') {
        agent.grants.clear();
        parts.forgetRead();
      }
    }),
  ];
  return () => {
    for (const end of ends) end();
  };
}
