import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { DomainError } from '../../../shared/errors.ts';
import { refusals } from '../../approvals/index.ts';
import type { Clock, Logger } from '../../ports/index.ts';
import { mayUse } from '../desk/index.ts';
import { type AgentResponse, sendJson } from './answers.ts';
import { type Asking, stillIn } from './askers.ts';
import { type Body, readJsonBody } from './body.ts';
import type { EndpointLimits } from './limits.ts';
import { parseMytokenRequest } from './mytoken-request.ts';
import { mytokenBody, requestBody, tokenBody } from './payloads.ts';
import { parseIdempotencyKey, parsePreferences, type Preferences } from './preferences.ts';
import { problemOf, refusal, type Refusal } from './problems.ts';
import { parseAccessTokenRequest, type Parsed, plainName } from './requests.ts';
import { pathOfRequest } from './routes.ts';
import { newRequestId, type Remembrance, type Served, type TokenJob, type TokenWish } from './token-job.ts';
import type { TokenRequests } from './token-requests.ts';
import type { ClientKeys } from './types.ts';

type TokenOperation = TokenWish['kind'];

export interface TokenAnswersDeps {
  readonly tokens: TokenRequests;
  readonly keys: Pick<ClientKeys, 'get'>;
  readonly clock: Clock;
  readonly log: Logger;
  readonly limits: EndpointLimits;
  readonly closed: () => 'locked' | 'paused' | null;
  /** False when the rate is too high; then the request was answered. */
  readonly admit: (response: AgentResponse, asking: Asking) => boolean;
  readonly refund: (asking: Asking) => void;
  readonly wait: (response: AgentResponse, deadlineMs: number) => void;
  readonly fail: (response: AgentResponse, error: unknown, close?: boolean) => void;
  /** As `fail`, for what nobody foresaw. */
  readonly failed: (response: AgentResponse, error: unknown) => void;
  readonly release: (response: AgentResponse) => void;
}

const unauthorized = refusal('agent/unauthorized', 'Send a valid client key as Authorization: Bearer KEY.');
const noWayBack = refusal(
  'agent/invalid-request',
  'respond-async needs an Idempotency-Key: the result is fetched by sending the same request again.',
  { field: 'Idempotency-Key' },
);
const nobodyInParticular = refusal(
  'agent/invalid-request',
  'This program cannot be recognised on another connection: use a client key, or no Idempotency-Key.',
  { field: 'Idempotency-Key' },
);

/** The two requests that yield tokens: waits for the desk, hands over the result, or tells how to come back for it. */
export class TokenAnswers {
  readonly #deps: TokenAnswersDeps;

  constructor(deps: TokenAnswersDeps) {
    this.#deps = deps;
  }

  handle(operation: TokenOperation, asking: Asking, request: IncomingMessage, response: AgentResponse): void {
    readJsonBody(
      request,
      this.#deps.limits,
      (body) => void this.#answer(operation, asking, request, response, body),
    );
  }

  async #answer(
    operation: TokenOperation,
    asking: Asking,
    { headers }: IncomingMessage,
    response: AgentResponse,
    body: Body,
  ): Promise<void> {
    const { fail } = this.#deps;
    if (!body.ok) {
      fail(response, body.refusal, body.close);
      return;
    }
    const wish = parseWish(operation, body.value, asking.client?.name ?? 'a program');
    if (!wish.ok) {
      fail(response, wish.refusal);
      return;
    }
    const named = parseIdempotencyKey(headers);
    const preferences = parsePreferences(headers['prefer']);
    const strange = named.ok ? wayBackProblem(asking, named.key, preferences) : named.refusal;
    if (strange !== null || !named.ok) {
      fail(response, strange);
      return;
    }
    if (!this.#deps.admit(response, asking)) return;
    try {
      const job = this.#jobFor(wish.value, asking, named.key, preferences);
      if ('code' in job) fail(response, job);
      else await this.#follow(job, response, preferences);
    } catch (error) {
      this.#deps.failed(response, error);
    }
  }

  /** The work that was begun for this request before, or newly begun. */
  #jobFor(
    wish: TokenWish,
    asking: Asking,
    idempotencyKey: string | null,
    preferences: Preferences,
  ): TokenJob | Refusal {
    const { tokens, clock, keys } = this.#deps;
    const now = stillIn(asking, keys);
    if (now === null) return unauthorized;
    const waitMs = this.#userMs(preferences);
    if (idempotencyKey === null) return tokens.start(wish, now, waitMs, null);
    const { ledger } = tokens;
    const remembrance = { askingId: asking.id, idempotencyKey, fingerprint: fingerprintOf(wish) };
    const known = ledger.find(remembrance);
    if (known !== null && 'code' in known) return known;
    if (known !== null && !isStale(known, clock.nowMs())) return known;
    if (known !== null) ledger.forget(known);
    const full = ledger.makeRoom(asking.id);
    if (full !== null) return full;
    const remembered: Remembrance = { ...remembrance, id: newRequestId() };
    return tokens.start(wish, now, waitMs, remembered);
  }

  /** How long the user has to answer. */
  #userMs({ respondAsync, waitSeconds }: Preferences): number {
    const { approvalMs, asyncApprovalMs } = this.#deps.limits;
    if (respondAsync) return asyncApprovalMs;
    return waitSeconds === null ? approvalMs : Math.min(asyncApprovalMs, Math.max(1, waitSeconds) * 1000);
  }

  async #follow(job: TokenJob, response: AgentResponse, preferences: Preferences): Promise<void> {
    const { limits, clock, tokens } = this.#deps;
    response.job = job;
    job.attached.add(response);
    this.#deps.wait(response, this.#userMs(preferences) + limits.answerDeadlineMs);
    const { respondAsync, waitSeconds } = preferences;
    const waitMs = waitSeconds === null ? limits.asyncWaitMs : waitSeconds * 1000;
    const cancel = respondAsync
      ? clock.after(Math.min(waitMs, limits.asyncApprovalMs), () => this.#comeBack(job, response))
      : null;
    const outcome = await job.done;
    cancel?.();
    if (response.answered) {
      tokens.left(job, response);
      return;
    }
    if (outcome.ok) {
      this.#deliver(job, outcome.served, response);
      return;
    }
    const { error } = outcome;
    this.#deps.failed(response, error);
    // What may work the next time is tried anew the next time.
    if (error instanceof DomainError && problemOf(error).members['retryable'] === true) {
      tokens.ledger.forget(job);
    }
  }

  /** 202: the work goes on without the connection (RFC 7240, 4.1). */
  #comeBack(job: TokenJob, response: AgentResponse): void {
    if (response.answered || job.remembered === null) return;
    job.detached = true;
    const location = pathOfRequest(job.remembered.id);
    const headers = ['Location', location, 'Retry-After', '2', 'Preference-Applied', 'respond-async'];
    sendJson(response, 202, requestBody(job), headers);
    job.attached.delete(response);
    this.#deps.release(response);
  }

  #deliver(job: TokenJob, served: Served, response: AgentResponse): void {
    const { keys, clock, log, tokens } = this.#deps;
    const { asking } = response;
    const closed = this.#deps.closed();
    if (closed !== null) {
      // Decided before; whoever can come back finds it when it is open again, else nobody shall have it.
      this.#deps.fail(response, refusals[closed]());
      tokens.left(job, response);
      return;
    }
    // The key may have been revoked or limited while the server or the user was asked.
    const now = asking === null ? null : stillIn(asking, keys);
    if (now === null) {
      tokens.ledger.forget(job);
      this.#deps.fail(response, unauthorized, true);
      return;
    }
    if (!mayUse(now.client?.accountIds ?? null, served.account.id)) {
      tokens.ledger.forget(job);
      this.#deps.fail(
        response,
        new DomainError('agent/account-not-allowed', 'This key may not use this account any more.'),
      );
      return;
    }
    const nowMs = clock.nowMs();
    const cached = served.kind === 'access-token' && served.grant.fromCache;
    if (cached) this.#deps.refund(now);
    else {
      log.info('agent.token-served', {
        kind: served.kind,
        client: now.client?.id,
        account: served.account.id,
      });
    }
    job.handedOver += 1;
    if (served.kind === 'mytoken') {
      response.once('close', () => {
        if (response.writableFinished) return;
        job.handedOver -= 1;
        tokens.left(job, response);
      });
    }
    sendJson(
      response,
      200,
      served.kind === 'mytoken'
        ? mytokenBody(served, nowMs)
        : tokenBody(served.grant, served.account.shortname, nowMs),
    );
    job.attached.delete(response);
    this.#deps.release(response);
  }
}

function parseWish(operation: TokenOperation, body: unknown, name: string): Parsed<TokenWish> {
  if (operation === 'mytoken') return parseMytokenRequest(body, name);
  const parsed = parseAccessTokenRequest(body);
  if (!parsed.ok) return parsed;
  const { account = null, issuer = null, scope = null, audience = null, application } = parsed.value;
  const { min_valid_seconds: minValidSeconds, fresh = false } = parsed.value;
  const ask = {
    account,
    issuer,
    scope,
    audience,
    fresh,
    minValidMs: minValidSeconds === undefined ? null : minValidSeconds * 1000,
  };
  const words = application === undefined ? '' : plainName(application);
  return { ok: true, value: { kind: 'access-token', ask, application: words } };
}

/** Whoever wants to come back must be able to name the request, and be known again. */
function wayBackProblem(
  asking: Asking,
  idempotencyKey: string | null,
  { respondAsync }: Preferences,
): Refusal | null {
  if (idempotencyKey === null) return respondAsync ? noWayBack : null;
  return asking.recognisable ? null : nobodyInParticular;
}

/** Of the fields and their values: other spacing and another order of the body make no other request. */
function fingerprintOf(wish: TokenWish): string {
  return createHash('sha256').update(JSON.stringify(wish)).digest('hex');
}

/** An access token that has ended meanwhile is no use to anybody. */
function isStale({ outcome }: TokenJob, nowMs: number): boolean {
  return (
    outcome?.ok === true &&
    outcome.served.kind === 'access-token' &&
    outcome.served.grant.expiresAtMs <= nowMs
  );
}
