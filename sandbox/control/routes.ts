/** The control surface over HTTP, for tests in another process. Only exists when the option says so. */
import { rawJson } from '../http/body.ts';
import { badRequest, json, noContent, type Exchange, type Handler } from '../http/exchange.ts';
import type { Router } from '../http/router.ts';
import type {
  CompleteLoginOptions,
  FaultSpec,
  IssueMytokenOptions,
  OpBehaviour,
  PlantTreeOptions,
  Quirks,
  SandboxControl,
  SandboxProvider,
  SandboxUser,
  SetEmailOptions,
  SshAttempt,
} from '../types.ts';

export interface ControlFacts {
  control: SandboxControl;
  users: readonly SandboxUser[];
  providers: readonly SandboxProvider[];
}

/** Any shape: the caller is a test of this repository, a wrong one shows at once. */
function bodyOf(exchange: Exchange): unknown {
  return JSON.parse(exchange.body.length === 0 ? '{}' : exchange.body.toString('utf8'));
}

/** A page in a browser can reach loopback ports, too; it can forge neither its Host nor its Origin. */
function guarded(handler: Handler): Handler {
  return (exchange) => {
    const host = (exchange.headers['host'] ?? '').replace(/:\d+$/, '');
    if (host !== '127.0.0.1' && host !== 'localhost') throw badRequest('control is for this machine');
    if (exchange.headers['origin'] !== undefined) throw badRequest('control is not for browsers');
    return handler(exchange);
  };
}

export function addControlRoutes(router: Router, facts: ControlFacts): void {
  const { control } = facts;
  const faults = new Map<string, ReturnType<SandboxControl['injectFault']>>();
  const on = (method: string, path: string, handler: Handler): void => {
    router.add(method, `/__sandbox/${path}`, guarded(handler));
  };
  on('GET', 'info', () =>
    json(200, { users: facts.users, providers: facts.providers, nowMs: control.nowMs() }),
  );
  on('POST', 'faults', (exchange) => {
    const handle = control.injectFault(bodyOf(exchange) as FaultSpec);
    faults.set(handle.id, handle);
    return json(200, { id: handle.id });
  });
  on('GET', 'faults/:id', (exchange) => {
    const handle = faults.get(exchange.params['id'] ?? '');
    return handle ? json(200, { id: handle.id, hits: handle.hits() }) : json(404, {});
  });
  on('DELETE', 'faults/:id', (exchange) => {
    faults.get(exchange.params['id'] ?? '')?.remove();
    return noContent();
  });
  on('DELETE', 'faults', () => {
    control.clearFaults();
    faults.clear();
    return noContent();
  });
  on('POST', 'clock', (exchange) => {
    const { advanceSeconds = 0 } = bodyOf(exchange) as { advanceSeconds?: number };
    return json(200, { nowMs: control.advanceClock(advanceSeconds) });
  });
  on('POST', 'op', (exchange) => {
    const { provider, ...behaviour } = bodyOf(exchange) as OpBehaviour & { provider?: number | string };
    control.setOp(behaviour, provider);
    return noContent();
  });
  on('POST', 'quirks', (exchange) => {
    control.setQuirks(bodyOf(exchange) as Partial<Quirks>);
    return noContent();
  });
  on('GET', 'requests', () => json(200, control.requests()));
  on('DELETE', 'requests', () => {
    control.clearRequests();
    return noContent();
  });
  on('GET', 'tokens', () => json(200, control.tokens()));
  on('POST', 'login', async (exchange) => {
    const { consentUri, ...options } = bodyOf(exchange) as CompleteLoginOptions & { consentUri: string };
    try {
      return json(200, await control.completeLogin(consentUri, options));
    } catch (error) {
      throw badRequest(error instanceof Error ? error.message : 'login failed');
    }
  });
  on('POST', 'issue', async (exchange) =>
    json(200, await control.issueMytoken(bodyOf(exchange) as IssueMytokenOptions)),
  );
  on('GET', 'mails', () => json(200, control.mails()));
  on('DELETE', 'mails', () => {
    control.clearMails();
    return noContent();
  });
  on('POST', 'email', (exchange) => {
    control.setEmail(bodyOf(exchange) as SetEmailOptions);
    return noContent();
  });
  on('POST', 'ssh-login', (exchange) =>
    json(200, { allowed: control.tryAsSsh(bodyOf(exchange) as SshAttempt) }),
  );
  on('POST', 'server', (exchange) => {
    control.setServer(bodyOf(exchange) as Parameters<SandboxControl['setServer']>[0]);
    return noContent();
  });
  on('POST', 'plant', (exchange) => json(200, control.plantTree(bodyOf(exchange) as PlantTreeOptions)));
  on('POST', 'drop-refresh-token', (exchange) => {
    control.dropRefreshToken(rawJson(exchange).string('momId') ?? '');
    return noContent();
  });
  on('POST', 'revoke-at-provider', async (exchange) => {
    await control.revokeAtProvider(rawJson(exchange).string('momId') ?? '');
    return noContent();
  });
}
