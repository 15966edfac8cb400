import type { CallerView } from '../../../shared/model/caller.ts';
import type { AgentAnswer } from './answers.ts';
import type { AgentRequest } from './requests.ts';

/** What stands behind the socket. Never throws for what a client asks; what it throws all the same is answered as an error. */
export interface AgentService {
  handle(
    request: AgentRequest,
    context: { readonly caller: CallerView; readonly signal: AbortSignal },
  ): Promise<AgentAnswer>;
}
