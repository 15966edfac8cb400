import { DomainError } from '../../shared/errors.ts';
import type { PlatformView } from '../../shared/model/state.ts';
import { terminalLines } from '../../shared/model/terminal-lines.ts';
import type { Accounts } from '../accounts/index.ts';
import type { HttpEndpoint } from '../agent/index.ts';
import type { Handlers } from '../ipc/index.ts';
import type { AgentParts } from './agent-parts.ts';
import type { Handover } from './handover-parts.ts';
import type { InPlace } from './in-place-parts.ts';

export interface TerminalHandlerDeps {
  readonly accounts: Accounts;
  readonly agent: AgentParts;
  readonly endpoint: Pick<HttpEndpoint, 'state'>;
  readonly handover: Handover;
  readonly inPlace: InPlace;
  readonly platform: () => PlatformView;
  /** Puts a text that is no secret into the clipboard. */
  readonly copyText: (text: string) => Promise<void>;
}

type TerminalChannel = Extract<keyof Handlers, `terminal:${string}`>;

/** Ready lines and the app in place of oidc-agent. A window names a line; what is copied is made here. */
export function terminalHandlers(deps: TerminalHandlerDeps): Pick<Handlers, TerminalChannel> {
  const { accounts, inPlace } = deps;
  return {
    async 'terminal:copy'({ line, accountId }) {
      const found = terminalLines({
        agent: deps.agent.view(),
        endpoint: deps.endpoint.state(),
        handover: deps.handover.view(),
        inPlace: inPlace.view(),
        platform: deps.platform().platform,
        account: accountId === null ? null : accounts.require(accountId),
      }).find(({ id }) => id === line);
      if (found === undefined) {
        throw new DomainError('ipc/invalid-argument', 'There is no such line now.');
      }
      await deps.copyText(found.text);
      return null;
    },

    async 'terminal:write-environment'() {
      await inPlace.writeEnvironment();
      return null;
    },

    async 'terminal:remove-environment'() {
      await inPlace.removeEnvironment();
      return null;
    },

    'terminal:self-test': async () => [...(await inPlace.selfTest())],
  };
}
