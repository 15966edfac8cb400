import type { Clock, Secret } from '../ports/index.ts';
import { DomainError } from '../../shared/errors.ts';
import type { Discovery } from './discovery.ts';
import type { Http, HttpAnswer, HttpMethod } from './http-types.ts';
import type { IssuedTokens } from './issued-tokens.ts';
import { notSupported, problem } from './problems.ts';
import { RotatedAnswerError } from './rotated-answer-error.ts';
import { type CallKind, serverError } from './server-errors.ts';
import { decodeMytoken } from './token-verifier.ts';
import type { Answer, CallOptions, HeldMytoken, InstanceInfo } from './types.ts';

export interface CallSpec {
  readonly kind: CallKind;
  /** Name of the function, for `mytoken/not-supported`. */
  readonly feature: string;
  readonly endpoint: (info: InstanceInfo) => string | null;
  /** Default: POST when there is a body or a mytoken in it, else GET. */
  readonly method?: HttpMethod | undefined;
  /**
   * The mytoken travels in the `Authorization` header: for calls that have no body. Servers refuse headers beyond 8 KiB (mytoken protocol,
   * "Passing the mytoken").
   */
  readonly tokenInHeader?: true | undefined;
  /** Secrets stay wrapped; the HTTP layer reveals them. */
  readonly body?: Readonly<Record<string, unknown>> | undefined;
  /** Name of the field that carries the mytoken. Default `mytoken`. */
  readonly tokenField?: string | undefined;
  /** Answers with another status that the reader wants to see. */
  readonly alsoAccepts?: ((answer: HttpAnswer) => boolean) | undefined;
  readonly limitBytes?: number | undefined;
  readonly timeoutMs?: number | undefined;
}

export type ReadAnswer<T> = (answer: HttpAnswer, info: InstanceInfo) => T | Promise<T>;

export interface ServerCallsDeps {
  readonly http: Http;
  readonly clock: Clock;
  readonly discovery: Discovery;
  readonly issued: IssuedTokens;
  readonly userAgent: string;
}

/** 278 is a success only for browsers ("forward"), and nothing we ask for answers 202 or 206. */
const successes: ReadonlySet<number> = new Set([200, 201, 204]);

/** What all calls of mytoken servers have in common. Endpoints come from discovery alone. */
export class ServerCalls {
  readonly #deps: ServerCallsDeps;

  constructor(deps: ServerCallsDeps) {
    this.#deps = deps;
  }

  /** A call without a mytoken: a GET unless there is a body. */
  async plain<T>(
    instanceUrl: string,
    spec: CallSpec,
    read: ReadAnswer<T>,
    options: CallOptions = {},
  ): Promise<T> {
    const info = await this.#deps.discovery.get(instanceUrl, options);
    const answer = await this.#send(info, spec, spec.body, options);
    return read(answer, info);
  }

  /** A call that uses a mytoken, which travels in the body unless the call has none. */
  async withToken<T>(
    token: HeldMytoken,
    spec: CallSpec,
    read: ReadAnswer<T>,
    options: CallOptions = {},
  ): Promise<Answer<T>> {
    const info = await this.#deps.discovery.get(token.instanceUrl, options);
    refuseForeign(token.value, info);
    const answer =
      spec.tokenInHeader === true
        ? await this.#send(info, spec, spec.body, options, forHeader(token.value))
        : await this.#send(
            info,
            spec,
            { ...spec.body, [spec.tokenField ?? 'mytoken']: token.value },
            options,
          );
    const update = await this.#deps.issued.update(answer, token.value, info);
    try {
      return { value: await read(answer, info), update };
    } catch (error) {
      if (update && error instanceof DomainError) throw new RotatedAnswerError(error, update);
      throw error;
    }
  }

  async #send(
    info: InstanceInfo,
    spec: CallSpec,
    json: Readonly<Record<string, unknown>> | undefined,
    options: CallOptions,
    bearer?: Secret,
  ): Promise<HttpAnswer> {
    const url = spec.endpoint(info);
    if (url === null) throw notSupported(spec.feature);
    const answer = await this.#deps.http.request({
      method: spec.method ?? (json ? 'POST' : 'GET'),
      url,
      json,
      bearer,
      headers: { 'user-agent': this.#deps.userAgent },
      limitBytes: spec.limitBytes,
      timeoutMs: spec.timeoutMs,
      signal: options.signal,
    });
    if (successes.has(answer.status) || spec.alsoAccepts?.(answer) === true) return answer;
    throw serverError(answer, spec.kind, this.#deps.clock.nowMs());
  }
}

/** Longer ones are cut off by servers with an error that says nothing. */
const longestHeaderToken = 7_000;

function forHeader(value: Secret): Secret {
  if (value.reveal().length <= longestHeaderToken) return value;
  throw problem('mytoken/invalid-request', 'This mytoken is too long for this request.', {
    sent: 'no',
    details: { reason: 'too-large' },
  });
}

/** A mytoken is shown to no server but its own, whatever the records say (mytoken protocol, "Client algorithms"). */
function refuseForeign(value: Secret, info: InstanceInfo): void {
  const decoded = decodeMytoken(value);
  if (!decoded || decoded.claims.iss === info.issuer) return;
  throw problem('mytoken/issuer-mismatch', 'This mytoken belongs to another mytoken server.', { sent: 'no' });
}
