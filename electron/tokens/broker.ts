import { DomainError } from '../../shared/errors.ts';
import type { Accounts } from '../accounts/index.ts';
import type { MytokenClient } from '../mytoken/index.ts';
import { type Clock, Emitter, type Logger } from '../ports/index.ts';
import type { Journal } from './journal.ts';
import { MytokenKeeper } from './mytoken-keeper.ts';
import { cacheKey, TokenCache } from './token-cache.ts';
import type { AccessTokenGrant, AccessTokenWish, TokenBroker } from './types.ts';

export interface BrokerDeps {
  readonly accounts: Accounts;
  readonly client: Pick<MytokenClient, 'accessToken' | 'introspect'>;
  readonly journal: Journal;
  readonly clock: Clock;
  readonly log: Logger;
  /** See MytokenKeeperDeps. */
  readonly beforeUse?: ((accountId: string) => Promise<void>) | undefined;
  /** See MytokenKeeperDeps; asked for cached tokens as well. */
  readonly refuseClosed?: (() => void) | undefined;
}

interface Request {
  readonly key: string;
  readonly accountId: string;
  readonly scope: readonly string[];
  readonly audience: readonly string[];
  readonly comment: string | undefined;
}

/** Makes the one {@link TokenBroker}. */
export function createTokenBroker(deps: BrokerDeps): TokenBroker & { settle(): Promise<void> } {
  const { accounts, clock } = deps;
  const cache = new TokenCache(clock);
  const keeper = new MytokenKeeper(deps);
  const forgotten = new Emitter<undefined>();
  const inFlight = new Map<string, Promise<AccessTokenGrant>>();
  let stopping = false;
  let unsubscribe: (() => void) | null = null;

  const requestOf = (wish: AccessTokenWish): Request => {
    const account = accounts.require(wish.accountId);
    const scope = wish.scope ?? account.defaultScopes;
    const audience = wish.audience ?? account.defaultAudience;
    return {
      key: cacheKey(account.id, scope, audience),
      accountId: account.id,
      scope,
      audience,
      comment: wish.comment,
    };
  };

  async function fetch(request: Request): Promise<AccessTokenGrant> {
    let askedAtMs = clock.nowMs();
    let askedMonotonicMs = clock.monotonicMs();
    const answer = await keeper.lend(request.accountId, (mytoken) => {
      // Counted from before the request: the token can only live longer than we think, whatever the server's clock says.
      askedAtMs = clock.nowMs();
      askedMonotonicMs = clock.monotonicMs();
      return deps.client.accessToken(mytoken, {
        scope: request.scope,
        audience: request.audience,
        comment: request.comment,
      });
    });
    deps.refuseClosed?.();
    const lifetimeMs = answer.expiresInSeconds * 1000;
    const grant: AccessTokenGrant = {
      accountId: request.accountId,
      accessToken: answer.accessToken,
      tokenType: answer.tokenType,
      expiresAtMs: askedAtMs + lifetimeMs,
      scope: answer.scope,
      audience: answer.audience,
      issuer: accounts.require(request.accountId).oidcIssuer,
      fromCache: false,
    };
    cache.put(request.key, { ...grant, fromCache: true }, lifetimeMs, askedMonotonicMs);
    accounts.markUsed(request.accountId, askedAtMs);
    return grant;
  }

  function fetchMerged(request: Request): Promise<AccessTokenGrant> {
    const running = inFlight.get(request.key);
    if (running) return running;
    const mine = fetch(request).finally(() => inFlight.delete(request.key));
    inFlight.set(request.key, mine);
    return mine;
  }

  return {
    async start() {
      await keeper.start();
      unsubscribe = accounts.onChange((change) => {
        for (const accountId of change.removed) cache.forget(accountId);
      });
    },

    settle: () => keeper.settleAll(),

    async stop() {
      stopping = true;
      unsubscribe?.();
      await Promise.allSettled([...inFlight.values()]);
      await keeper.stop();
      cache.forget();
    },

    async accessToken(wish) {
      if (stopping) throw shuttingDown();
      deps.refuseClosed?.();
      const request = requestOf(wish);
      if (wish.fresh !== true) {
        const cached = cache.get(request.key, wish.minValidMs);
        if (cached) {
          accounts.markUsed(request.accountId, clock.nowMs());
          return cached;
        }
      }
      try {
        return await fetchMerged(request);
      } catch (error) {
        const temporary = error instanceof DomainError && error.retryable;
        const fallback = temporary && wish.fresh !== true && wish.minValidMs === undefined;
        const cached = fallback ? cache.lastResort(request.key) : null;
        if (cached) return cached;
        throw error;
      }
    },

    withMytoken(accountId, task, use) {
      if (stopping) return Promise.reject(shuttingDown());
      return keeper.lend(accountId, task, use);
    },

    withStill(accountId, task) {
      if (stopping) return Promise.reject(shuttingDown());
      return keeper.withStill(accountId, task);
    },

    resolveUncertain: (accountId) => keeper.resolveUncertain(accountId),

    forget(accountId) {
      cache.forget(accountId);
      forgotten.emit(undefined);
    },
    onForgotten: (listener) => forgotten.on(listener),

    cachedUntilMs(accountId) {
      const account = accounts.get(accountId);
      return account === null
        ? null
        : cache.validUntilMs(cacheKey(accountId, account.defaultScopes, account.defaultAudience));
    },

    settled: (signal) => keeper.settled(signal),

    resumed: () => cache.prune(),
  };
}

function shuttingDown(): DomainError {
  return new DomainError('app/shutting-down', 'Mytoken Desktop is quitting.', { retryable: true });
}
