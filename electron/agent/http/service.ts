import type { IncomingMessage } from 'node:http';
import { DomainError } from '../../../shared/errors.ts';
import type { Accounts } from '../../accounts/index.ts';
import type { Clock, Logger } from '../../ports/index.ts';
import type { TokenBroker } from '../../tokens/index.ts';
import type { VaultStateKind } from '../../vault/index.ts';
import { type AgentResponse, refusal, sendError, sendJson } from './answers.ts';
import { type Body, readJsonBody } from './body.ts';
import { chooseAccount, mayUse } from '../desk/index.ts';
import { bearerKey, type DoorAddress, firstObjection, routes } from './guards.ts';
import type { EndpointLimits } from './limits.ts';
import {
  accountsBody,
  brokerWish,
  challengeBody,
  challengeMessage,
  statusBody,
  tokenBody,
} from './payloads.ts';
import { TokenBuckets } from './rate-limit.ts';
import { parseAccessTokenRequest, parseChallengeRequest } from './requests.ts';
import type { ClientKeys, ClientRecord } from './types.ts';

export interface ServiceDeps {
  readonly broker: Pick<TokenBroker, 'accessToken'>;
  readonly accounts: Pick<Accounts, 'all' | 'find' | 'defaultAccountId'>;
  readonly keys: Pick<ClientKeys, 'authenticate' | 'get' | 'answerChallenge'>;
  readonly clock: Clock;
  readonly log: Logger;
  readonly appVersion: string;
  readonly storageState: () => VaultStateKind;
  readonly limits: EndpointLimits;
}

const unauthorized = refusal('agent/unauthorized', 'Send a valid client key as Authorization: Bearer KEY.');
const keyOnChallenge = refusal('agent/invalid-request', 'A challenge is sent without the client key.');
const numericOnly = refusal('agent/bad-host', 'A challenge needs the numeric address, not a name.');
const noExpectations = refusal('agent/invalid-request', 'Expect is not supported; send the body right away.');
const tooManyConnections = refusal('agent/too-many-connections', 'Too many connections.', {}, true);
const tooManyAtOnce = refusal('agent/too-many-connections', 'Too many requests at once.', {}, true);
const noAnswerInTime = refusal('mytoken/timeout', 'The mytoken server did not answer in time.', {}, true);
const quitting = refusal('app/shutting-down', 'Mytoken Desktop stopped serving.', {}, true);
const sweepEveryMs = 1000;

/**
 * Answers requests, from whichever door they came in. The order of the guards is the order of the code; nothing before
 * the key is checked depends on accounts, keys or storage.
 */
export class RequestService {
  readonly #deps: ServiceDeps;
  readonly #perKey: TokenBuckets;
  readonly #failures: TokenBuckets;
  readonly #challenges: TokenBuckets;
  readonly #inFlight = new Map<string, number>();
  readonly #waiting = new Set<AgentResponse>();
  #cancelSweep: (() => void) | null = null;
  /** One function for the `close` of all responses. */
  readonly #onClose: (this: AgentResponse) => void;

  constructor(deps: ServiceDeps) {
    this.#deps = deps;
    const { limits } = deps;
    this.#perKey = new TokenBuckets(limits.keyBurst, limits.keyPerSecond);
    this.#failures = new TokenBuckets(limits.failureBurst, limits.failurePerSecond);
    this.#challenges = new TokenBuckets(limits.challengeBurst, limits.challengePerSecond);
    const release = (response: AgentResponse): void => this.#release(response);
    this.#onClose = function onClose(this: AgentResponse) {
      release(this);
    };
  }

  /** Requests that are being worked on, for tests and for diagnostics. */
  inFlight(): number {
    let sum = 0;
    for (const count of this.#inFlight.values()) sum += count;
    return sum;
  }

  /** Ends all waiting with `app/shutting-down`. */
  abandonAll(): void {
    for (const response of [...this.#waiting]) this.#fail(response, quitting, true);
  }

  handle(request: IncomingMessage, response: AgentResponse, door: DoorAddress, crowded: boolean): void {
    const { keys, limits } = this.#deps;
    const remote = request.socket.remoteAddress;
    const objection = firstObjection(request, remote, door, limits.headerCount);
    if (objection !== null) {
      const status = objection.code === 'agent/too-large' ? 431 : undefined;
      const method = routes.get(request.url ?? '');
      const allow = objection.code === 'agent/method-not-allowed' ? method : undefined;
      this.#deps.log.debug('agent.refused', { code: objection.code });
      // The body was not read; closing is the only way not to take it for the next request or to read it to its end.
      sendError(response, objection, { close: true, status, allow });
      return;
    }
    const { url } = request;
    if (url === '/v1/challenge') {
      this.#challenge(request, response, door, crowded);
      return;
    }

    const presented = bearerKey(request.headers.authorization);
    const client = presented === null ? null : keys.authenticate(presented);
    if (client === null) {
      this.#unauthorized(response, remote);
      return;
    }
    if (crowded) {
      sendError(response, tooManyConnections, { close: true });
      return;
    }
    const count = this.#inFlight.get(client.id) ?? 0;
    if (count >= limits.requestsInFlightPerKey) {
      sendError(response, tooManyAtOnce, { close: true });
      return;
    }
    this.#inFlight.set(client.id, count + 1);
    response.client = client;
    response.counted = true;
    response.on('close', this.#onClose);

    if (url === '/v1/access-token') {
      readJsonBody(request, limits, (body) => void this.#accessToken(response, client, body));
    } else if (this.#admit(response, client)) {
      this.#guarded(response, () =>
        sendJson(
          response,
          200,
          url === '/v1/accounts' ? accountsBody(this.#deps, client) : statusBody(this.#deps),
        ),
      );
    }
  }

  /** `Expect: 100-continue` and others; a client repeats the request without (RFC 9110, 10.1.1). */
  refuseExpectation(request: IncomingMessage, response: AgentResponse, door: DoorAddress): void {
    const remote = request.socket.remoteAddress;
    const objection = firstObjection(request, remote, door, this.#deps.limits.headerCount);
    if (objection !== null) {
      this.handle(request, response, door, false);
      return;
    }
    sendError(response, noExpectations, { close: true, status: 417 });
  }

  /**
   * A right key is never held back for wrong ones: on a shared machine all users have the same loopback address, and one of
   * them must not be able to lock out the others. 256 random bits need no help against guessing; the limit saves work.
   */
  #unauthorized(response: AgentResponse, remote: string | undefined): void {
    const nowMs = this.#deps.clock.monotonicMs();
    const waitMs = this.#failures.of(remote ?? '', nowMs).take(nowMs);
    this.#deps.log.debug('agent.refused', { code: 'agent/unauthorized' });
    if (waitMs > 0) {
      sendError(response, rateLimited(waitMs), { close: true });
      return;
    }
    sendError(response, unauthorized, { close: true });
  }

  /** Guard 11. */
  #admit(response: AgentResponse, client: ClientRecord): boolean {
    const nowMs = this.#deps.clock.monotonicMs();
    const waitMs = this.#perKey.of(client.id, nowMs).take(nowMs);
    if (waitMs === 0) return true;
    this.#fail(response, rateLimited(waitMs));
    return false;
  }

  async #accessToken(response: AgentResponse, client: ClientRecord, body: Body): Promise<void> {
    if (!body.ok) {
      this.#fail(response, body.refusal, body.close);
      return;
    }
    const wish = parseAccessTokenRequest(body.value);
    if (!wish.ok) {
      this.#fail(response, wish.refusal);
      return;
    }
    if (!this.#admit(response, client)) return;
    try {
      const record = this.#deps.keys.get(client.id);
      if (record === null) {
        this.#fail(response, unauthorized, true);
        return;
      }
      const { accountIds } = record;
      const { account: name = null, issuer = null } = wish.value;
      const account = chooseAccount(
        this.#deps.accounts,
        { accountIds, serves: () => true },
        { account: name, issuer },
      );
      this.#wait(response);
      const grant = await this.#deps.broker.accessToken(brokerWish(account.id, client, wish.value));
      if (response.answered) return;
      // The key may have been revoked or limited while the server was asked.
      const now = this.#deps.keys.get(client.id);
      if (now === null) {
        this.#fail(response, unauthorized, true);
        return;
      }
      if (!mayUse(now.accountIds, grant.accountId)) {
        throw new DomainError('agent/account-not-allowed', 'This key may not use this account any more.');
      }
      if (grant.fromCache) {
        const nowMs = this.#deps.clock.monotonicMs();
        this.#perKey.of(client.id, nowMs).refund(1 - this.#deps.limits.cachedCost);
      } else this.#deps.log.info('agent.token-served', { client: client.id, account: account.id });
      sendJson(response, 200, tokenBody(grant, account.shortname, this.#deps.clock.nowMs()));
      this.#release(response);
    } catch (error) {
      this.#failed(response, error);
    }
  }

  #challenge(request: IncomingMessage, response: AgentResponse, door: DoorAddress, crowded: boolean): void {
    const { host, authorization } = request.headers;
    if (authorization !== undefined) {
      sendError(response, keyOnChallenge, { close: true });
      return;
    }
    // A name may lead to another address than ours, where somebody could pass the challenge on to us.
    if (host !== door.host) {
      sendError(response, numericOnly, { close: true });
      return;
    }
    if (crowded) {
      sendError(response, tooManyConnections, { close: true });
      return;
    }
    readJsonBody(request, this.#deps.limits, (body) => {
      if (!body.ok) {
        sendError(response, body.refusal, { close: body.close });
        return;
      }
      const parsed = parseChallengeRequest(body.value);
      if (!parsed.ok) {
        sendError(response, parsed.refusal);
        return;
      }
      const nowMs = this.#deps.clock.monotonicMs();
      const waitMs = this.#challenges.of(request.socket.remoteAddress ?? '', nowMs).take(nowMs);
      if (waitMs > 0) {
        sendError(response, rateLimited(waitMs));
        return;
      }
      this.#guarded(response, () => {
        const message = challengeMessage(door.host, parsed.value.nonce);
        const hmac = this.#deps.keys.answerChallenge(parsed.value.key_hint, message);
        sendJson(response, 200, challengeBody(hmac));
      });
    });
  }

  #guarded(response: AgentResponse, task: () => void): void {
    try {
      task();
      this.#release(response);
    } catch (error) {
      this.#failed(response, error);
    }
  }

  #failed(response: AgentResponse, error: unknown): void {
    if (!response.answered && !(error instanceof DomainError)) {
      // The type only: the message of an unforeseen error may quote anything.
      this.#deps.log.error('agent.internal', { error: error instanceof Error ? error.name : typeof error });
    }
    this.#fail(response, error);
  }

  #fail(response: AgentResponse, error: unknown, close = false): void {
    sendError(response, error, { close });
    this.#release(response);
  }

  /** Marks a request as waiting for the broker. One timer looks after all of them; none is made per request. */
  #wait(response: AgentResponse): void {
    response.deadlineMs = this.#deps.clock.monotonicMs() + this.#deps.limits.answerDeadlineMs;
    this.#waiting.add(response);
    this.#cancelSweep ??= this.#deps.clock.after(sweepEveryMs, () => this.#sweep());
  }

  #sweep(): void {
    this.#cancelSweep = null;
    const nowMs = this.#deps.clock.monotonicMs();
    for (const response of [...this.#waiting]) {
      if (response.deadlineMs <= nowMs) this.#fail(response, noAnswerInTime);
    }
    if (this.#waiting.size > 0) {
      this.#cancelSweep = this.#deps.clock.after(sweepEveryMs, () => this.#sweep());
    }
  }

  /** Called when a request was answered and when its connection closed, whichever is first. */
  #release(response: AgentResponse): void {
    this.#waiting.delete(response);
    if (!response.counted || response.client === null) return;
    response.counted = false;
    // From here on nobody waits: a late answer of the broker or its error goes nowhere and is no news to the log.
    response.answered = true;
    const { id } = response.client;
    const count = (this.#inFlight.get(id) ?? 1) - 1;
    if (count === 0) this.#inFlight.delete(id);
    else this.#inFlight.set(id, count);
  }
}

function rateLimited(waitMs: number): ReturnType<typeof refusal> {
  const retryAfterSeconds = Math.max(1, Math.ceil(waitMs / 1000));
  return refusal('agent/rate-limited', 'Too many requests; wait a little.', { retryAfterSeconds }, true);
}
