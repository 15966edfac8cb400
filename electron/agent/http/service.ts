import type { IncomingMessage } from 'node:http';
import { DomainError } from '../../../shared/errors.ts';
import { refusals } from '../../approvals/index.ts';
import type { Accounts } from '../../accounts/index.ts';
import type { Clock, Logger } from '../../ports/index.ts';
import type { VaultStateKind } from '../../vault/index.ts';
import { type AgentResponse, sendError, sendJson } from './answers.ts';
import { type Asking, keyed, keyless } from './askers.ts';
import type { Crowd } from './crowd.ts';
import { bearerKey, type DoorAddress, firstObjection } from './guards.ts';
import type { EndpointLimits } from './limits.ts';
import { OpenRequests } from './open-requests.ts';
import type { Pairing } from './pairing.ts';
import { accountsBody, requestBody, statusBody } from './payloads.ts';
import type { Peers } from './peers.ts';
import { refusal } from './problems.ts';
import { rateLimited, TokenBuckets } from './rate-limit.ts';
import { requestIdOf, type Route, routeOf } from './routes.ts';
import { TokenAnswers } from './token-answers.ts';
import type { TokenRequests } from './token-requests.ts';
import type { ClientKeys } from './types.ts';

export interface ServiceDeps {
  readonly accounts: Pick<Accounts, 'all' | 'find' | 'defaultAccountId'>;
  readonly keys: Pick<ClientKeys, 'authenticate' | 'get' | 'answerChallenge' | 'usedBy'>;
  readonly tokens: TokenRequests;
  readonly pairing: Pairing;
  readonly peers: Peers;
  readonly crowd: Crowd;
  readonly clock: Clock;
  readonly log: Logger;
  readonly appVersion: string;
  readonly storageState: () => VaultStateKind;
  readonly closed: () => 'locked' | 'paused' | null;
  readonly limits: EndpointLimits;
}

const unauthorized = refusal('agent/unauthorized', 'Send a valid client key as Authorization: Bearer KEY.');
const noExpectations = refusal('agent/invalid-request', 'Expect is not supported; send the body right away.');
const tooManyConnections = refusal('agent/too-many-connections', 'Too many connections.', {}, true);
const tooManyAtOnce = refusal('agent/too-many-connections', 'Too many requests at once.', {}, true);
const tooManyWaiting = refusal('agent/too-many-requests', 'Too many requests wait for the user.', {}, true);
const noAnswerInTime = refusal('mytoken/timeout', 'The mytoken server did not answer in time.', {}, true);
const quitting = refusal('app/shutting-down', 'Mytoken Desktop stopped serving.', {}, true);
const noSuchRequest = refusal('agent/request-gone', 'There is no such request, or not any more.');
const sweepEveryMs = 1000;
/** Finding out which process holds a key takes some work. */
const lookAtUserEveryMs = 60_000;

/**
 * Answers requests, from whichever door they came in. The order of the guards is the order of the code; nothing before
 * the key is checked depends on accounts, keys or storage.
 */
export class RequestService {
  readonly #deps: ServiceDeps;
  readonly #open: OpenRequests;
  readonly #answers: TokenAnswers;
  readonly #perAsker: TokenBuckets;
  readonly #failures: TokenBuckets;
  readonly #inFlight = new Map<string, number>();
  readonly #waiting = new Set<AgentResponse>();
  readonly #lookedAtMs = new Map<string, number>();
  #cancelSweep: (() => void) | null = null;
  /** One function for the `close` of all responses. */
  readonly #onClose: (this: AgentResponse) => void;

  constructor(deps: ServiceDeps) {
    this.#deps = deps;
    const { limits } = deps;
    this.#perAsker = new TokenBuckets(limits.keyBurst, limits.keyPerSecond);
    this.#failures = new TokenBuckets(limits.failureBurst, limits.failurePerSecond);
    this.#open = new OpenRequests(deps);
    this.#answers = new TokenAnswers({
      ...deps,
      admit: (response, asking) => this.#admit(response, asking),
      refund: (asking) => {
        const nowMs = deps.clock.monotonicMs();
        this.#perAsker.of(asking.id, nowMs).refund(1 - limits.cachedCost);
      },
      wait: (response, deadlineMs) => this.#wait(response, deadlineMs),
      fail: (response, error, close) => this.#fail(response, error, close),
      failed: (response, error) => this.#failed(response, error),
      release: (response) => this.#release(response),
    });
    const closed = (response: AgentResponse): void => {
      const { job, answered } = response;
      if (job !== null && !answered) deps.tokens.left(job, response);
      this.#release(response);
    };
    this.#onClose = function onClose(this: AgentResponse) {
      closed(this);
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
    const { limits, log } = this.#deps;
    const remote = request.socket.remoteAddress;
    const objection = firstObjection(request, remote, door, limits.headerCount);
    const route = routeOf(request.url);
    if (objection !== null || route === null) {
      const status = objection?.code === 'agent/too-large' ? 431 : undefined;
      const wrongMethod = objection?.code === 'agent/method-not-allowed';
      const allow = wrongMethod ? route?.methods.join(', ') : undefined;
      log.debug('agent.refused', { code: objection?.code });
      // The body was not read; closing is the only way not to take it for the next request or to read it to its end.
      sendError(response, objection, { close: true, status, allow });
      return;
    }
    if (route.open) {
      if (crowded && request.headers.authorization === undefined) {
        sendError(response, tooManyConnections, { close: true });
      } else this.#open.handle(route.operation, request, response, door);
      return;
    }
    const asking = this.#askingOf(request, door);
    if (asking === null) {
      this.#unauthorized(response, remote);
      return;
    }
    if (crowded) {
      sendError(response, tooManyConnections, { close: true });
      return;
    }
    const count = this.#inFlight.get(asking.id) ?? 0;
    if (count >= limits.requestsInFlightPerKey) {
      sendError(response, tooManyAtOnce, { close: true });
      return;
    }
    this.#inFlight.set(asking.id, count + 1);
    response.asking = asking;
    response.counted = true;
    response.on('close', this.#onClose);
    this.#noteUser(asking);
    this.#dispatch(route, asking, request, response);
  }

  #dispatch(route: Route, asking: Asking, request: IncomingMessage, response: AgentResponse): void {
    const { operation } = route;
    if (operation === 'access-token' || operation === 'mytoken') {
      this.#answers.handle(operation, asking, request, response);
      return;
    }
    if (!this.#admit(response, asking)) return;
    this.#guarded(response, () => {
      if (operation === 'status') sendJson(response, 200, statusBody(this.#deps));
      else if (operation === 'accounts') {
        const closed = this.#deps.closed();
        if (closed !== null) throw refusals[closed]();
        sendJson(response, 200, accountsBody(this.#deps, asking.client?.accountIds ?? null));
      } else this.#request(asking, request, response);
    });
  }

  /** `GET` tells how a request stands, `DELETE` withdraws it. */
  #request(asking: Asking, { method, url }: IncomingMessage, response: AgentResponse): void {
    const { ledger } = this.#deps.tokens;
    const job = ledger.byId(asking.id, requestIdOf(url ?? '') ?? '');
    if (job === null) {
      sendError(response, noSuchRequest);
      return;
    }
    if (method === 'DELETE') {
      ledger.forget(job);
      sendJson(response, 200, requestBody(job, 'withdrawn'));
      return;
    }
    sendJson(response, 200, requestBody(job), job.outcome === null ? ['Retry-After', '2'] : []);
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

  /** Guard 8. Whoever shows a key is its holder or nobody, also where none is needed. */
  #askingOf(request: IncomingMessage, door: DoorAddress): Asking | null {
    const { keys, peers } = this.#deps;
    const { authorization } = request.headers;
    const name = door.kind === 'tcp' ? 'http' : 'http-socket';
    if (authorization === undefined && door.keyless) return keyless(name, peers.of(request.socket));
    const presented = bearerKey(authorization);
    const client = presented === null ? null : keys.authenticate(presented);
    return client === null ? null : keyed(client, name, peers.of(request.socket));
  }

  /** So that the user can see who used a key last, as far as the system tells. */
  #noteUser({ client, peer }: Asking): void {
    if (client === null) return;
    const nowMs = this.#deps.clock.monotonicMs();
    if (nowMs - (this.#lookedAtMs.get(client.id) ?? -Infinity) < lookAtUserEveryMs) return;
    this.#lookedAtMs.set(client.id, nowMs);
    void peer.describe().then((caller) => {
      if (caller.verified) this.#deps.keys.usedBy(client.id, caller.program);
    });
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
  #admit(response: AgentResponse, asking: Asking): boolean {
    const nowMs = this.#deps.clock.monotonicMs();
    const waitMs = this.#perAsker.of(asking.id, nowMs).take(nowMs);
    if (waitMs === 0) return true;
    this.#fail(response, rateLimited(waitMs));
    return false;
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
    if (response.job !== null) this.#deps.tokens.left(response.job, response);
    this.#release(response);
  }

  /** Marks a request as waiting. One timer looks after all of them; none is made per request. */
  #wait(response: AgentResponse, deadlineMs: number): void {
    response.waitsSinceMs = this.#deps.clock.monotonicMs();
    response.deadlineMs = response.waitsSinceMs + deadlineMs;
    this.#waiting.add(response);
    this.#cancelSweep ??= this.#deps.clock.after(sweepEveryMs, () => this.#sweep());
  }

  #sweep(): void {
    this.#cancelSweep = null;
    const nowMs = this.#deps.clock.monotonicMs();
    for (const response of [...this.#waiting]) {
      if (response.deadlineMs <= nowMs) this.#fail(response, noAnswerInTime);
      else if (!response.parked && nowMs - response.waitsSinceMs >= this.#deps.limits.parkAfterMs) {
        this.#park(response);
      }
    }
    if (this.#waiting.size > 0) {
      this.#cancelSweep = this.#deps.clock.after(sweepEveryMs, () => this.#sweep());
    }
  }

  /** A request that waits for a person gives its place among connections and requests at work to others, up to a limit of its own. */
  #park(response: AgentResponse): void {
    const { parkedPerKey, parkedInAll } = this.#deps.limits;
    let [own, all] = [0, 0];
    for (const { parked, asking } of this.#waiting) {
      if (!parked) continue;
      all += 1;
      if (asking?.id === response.asking?.id) own += 1;
    }
    if (own >= parkedPerKey || all >= parkedInAll || response.socket === null) {
      this.#fail(response, tooManyWaiting);
      return;
    }
    response.parked = true;
    this.#deps.crowd.park(response.socket);
    this.#leaveFlight(response);
  }

  #leaveFlight(response: AgentResponse): void {
    const { asking } = response;
    if (!response.counted || asking === null) return;
    response.counted = false;
    const count = (this.#inFlight.get(asking.id) ?? 1) - 1;
    if (count === 0) this.#inFlight.delete(asking.id);
    else this.#inFlight.set(asking.id, count);
  }

  /** Called when a request was answered and when its connection closed, whichever is first. */
  #release(response: AgentResponse): void {
    this.#waiting.delete(response);
    if (response.parked) {
      response.parked = false;
      if (response.socket !== null) this.#deps.crowd.unpark(response.socket);
    }
    // From here on nobody waits: a late answer of the desk or its error goes nowhere and is no news to the log.
    response.answered = true;
    this.#leaveFlight(response);
  }
}
