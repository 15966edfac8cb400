import type { IncomingMessage } from 'node:http';
import { DomainError } from '../../../shared/errors.ts';
import { refusals } from '../../approvals/index.ts';
import type { Clock, Logger } from '../../ports/index.ts';
import { type AgentResponse, sendError, sendJson } from './answers.ts';
import { type Body, readJsonBody } from './body.ts';
import type { DoorAddress } from './guards.ts';
import type { EndpointLimits } from './limits.ts';
import type { Pairing } from './pairing.ts';
import { challengeBody, challengeMessage, pairedBody, pairingBody } from './payloads.ts';
import type { Peers } from './peers.ts';
import { refusal } from './problems.ts';
import { rateLimited, TokenBuckets } from './rate-limit.ts';
import { type Parsed, parseChallengeRequest, parsePairKeyRequest, parsePairRequest } from './requests.ts';
import type { Operation } from './routes.ts';
import type { ClientKeys } from './types.ts';

export interface OpenRequestsDeps {
  readonly keys: Pick<ClientKeys, 'answerChallenge'>;
  readonly pairing: Pairing;
  readonly peers: Peers;
  readonly closed: () => 'locked' | 'paused' | null;
  readonly clock: Clock;
  readonly log: Logger;
  readonly limits: EndpointLimits;
}

const keyWhereNone = refusal('agent/invalid-request', 'This request is sent without a client key.');
const numericOnly = refusal('agent/bad-host', 'A challenge needs the numeric address, not a name.');
const notYet = JSON.stringify({ state: 'waiting' });

/** Requests that need no key: the proof who we are, and the way to a first key. Nothing in them depends on accounts. */
export class OpenRequests {
  readonly #deps: OpenRequestsDeps;
  readonly #challenges: TokenBuckets;
  readonly #pairings: TokenBuckets;
  readonly #fetches: TokenBuckets;

  constructor(deps: OpenRequestsDeps) {
    this.#deps = deps;
    const { limits } = deps;
    this.#challenges = new TokenBuckets(limits.challengeBurst, limits.challengePerSecond);
    this.#pairings = new TokenBuckets(limits.pairBurst, limits.pairPerSecond);
    this.#fetches = new TokenBuckets(limits.pairPollBurst, limits.pairPollPerSecond);
  }

  handle(operation: Operation, request: IncomingMessage, response: AgentResponse, door: DoorAddress): void {
    const { host, authorization } = request.headers;
    if (authorization !== undefined) {
      sendError(response, keyWhereNone, { close: true });
      return;
    }
    // A name may lead to another address than ours, where somebody could pass the challenge on to us.
    if (operation === 'challenge' && host !== door.host) {
      sendError(response, numericOnly, { close: true });
      return;
    }
    readJsonBody(request, this.#deps.limits, (body) => {
      if (operation === 'challenge') this.#challenge(body, request, response, door);
      else if (operation === 'pair') this.#pair(body, request, response);
      else this.#pairKey(body, request, response);
    });
  }

  #challenge(body: Body, request: IncomingMessage, response: AgentResponse, door: DoorAddress): void {
    const wish = this.#read(body, parseChallengeRequest, this.#challenges, request, response);
    if (wish === null) return;
    this.#guarded(response, () => {
      const hmac = this.#deps.keys.answerChallenge(wish.key_hint, challengeMessage(door.host, wish.nonce));
      sendJson(response, 200, challengeBody(hmac));
    });
  }

  #pair(body: Body, request: IncomingMessage, response: AgentResponse): void {
    const wish = this.#read(body, parsePairRequest, this.#pairings, request, response);
    if (wish === null) return;
    void this.#deps.peers
      .of(request.socket)
      .describe()
      .then((caller) => {
        this.#guarded(response, () => {
          this.#refuseClosed();
          sendJson(response, 202, pairingBody(this.#deps.pairing.begin(wish.label, caller)));
        });
      });
  }

  #pairKey(body: Body, request: IncomingMessage, response: AgentResponse): void {
    const wish = this.#read(body, parsePairKeyRequest, this.#fetches, request, response);
    if (wish === null) return;
    this.#guarded(response, () => {
      this.#refuseClosed();
      const paired = this.#deps.pairing.fetch(wish.pairing);
      if (paired === null) sendJson(response, 202, notYet, ['Retry-After', '2']);
      else sendJson(response, 200, pairedBody(paired.key, paired.name));
    });
  }

  #refuseClosed(): void {
    const closed = this.#deps.closed();
    if (closed !== null) throw refusals[closed]();
  }

  /** Guards 10 and 11; null when the request was answered. */
  #read<T>(
    body: Body,
    parse: (value: unknown) => Parsed<T>,
    buckets: TokenBuckets,
    request: IncomingMessage,
    response: AgentResponse,
  ): T | null {
    if (!body.ok) {
      sendError(response, body.refusal, { close: body.close });
      return null;
    }
    const parsed = parse(body.value);
    if (!parsed.ok) {
      sendError(response, parsed.refusal);
      return null;
    }
    const nowMs = this.#deps.clock.monotonicMs();
    const waitMs = buckets.of(request.socket.remoteAddress ?? '', nowMs).take(nowMs);
    if (waitMs === 0) return parsed.value;
    sendError(response, rateLimited(waitMs));
    return null;
  }

  #guarded(response: AgentResponse, task: () => void): void {
    try {
      task();
    } catch (error) {
      if (!(error instanceof DomainError)) {
        this.#deps.log.error('agent.internal', { error: error instanceof Error ? error.name : typeof error });
      }
      sendError(response, error);
    }
  }
}
