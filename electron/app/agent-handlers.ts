import type { PlatformView } from '../../shared/model/state.ts';
import type { ClientKeys } from '../agent/index.ts';
import type { Handlers } from '../ipc/index.ts';
import type { AgentParts } from './agent-parts.ts';
import type { StateHub } from './state-hub.ts';

export interface AgentHandlerDeps {
  readonly hub: StateHub;
  readonly keys: ClientKeys;
  readonly agent: AgentParts;
  readonly platform: () => PlatformView;
  readonly showApproval: () => void;
  readonly approvalPainted: (approvalId: string) => void;
}

type AgentChannel = Extract<
  keyof Handlers,
  | `clients:${string}`
  | `grants:${string}`
  | `blocks:${string}`
  | 'approval:show'
  | 'approval:get'
  | 'approval:painted'
  | 'approval:decide'
>;

/** Local programs: their keys, what was remembered about them, and the questions they raise. */
export function agentHandlers(deps: AgentHandlerDeps): Pick<Handlers, AgentChannel> {
  const { hub, keys, agent } = deps;
  return {
    'clients:create'(wish) {
      const { clientId, key } = keys.create(wish);
      return Promise.resolve({ clientId, key: key.reveal() });
    },

    'clients:revoke'({ clientId }) {
      keys.revoke(clientId);
      return Promise.resolve(null);
    },

    'clients:rotate'(wish) {
      const { clientId, key } = keys.rotate(wish.clientId);
      return Promise.resolve({ clientId, key: key.reveal() });
    },

    'grants:revoke'({ grantId }) {
      agent.grants.revoke(grantId);
      hub.changed('agent');
      return Promise.resolve(null);
    },

    'grants:keep'({ grantId }) {
      agent.grants.keep(grantId);
      hub.changed('agent');
      return Promise.resolve(null);
    },

    'blocks:remove'({ blockId }) {
      agent.blocks.remove(blockId);
      hub.changed('agent');
      return Promise.resolve(null);
    },

    'approval:show'() {
      deps.showApproval();
      return Promise.resolve(null);
    },

    'approval:get': () => Promise.resolve({ approval: agent.approvals.current(), platform: deps.platform() }),

    'approval:painted'({ id }) {
      deps.approvalPainted(id);
      return Promise.resolve(null);
    },

    'approval:decide'(decision) {
      agent.approvals.decide(decision);
      return Promise.resolve(null);
    },
  };
}
