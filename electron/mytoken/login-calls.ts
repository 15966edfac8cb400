import { type Clock, type Logger, Secret } from '../ports/index.ts';
import { DomainError } from '../../shared/errors.ts';
import { readAs } from './answers.ts';
import type { HttpAnswer } from './http-types.ts';
import { requireSameOrigin } from './instance-url.ts';
import type { IssuedTokens } from './issued-tokens.ts';
import { isPending, pollingTimes } from './polling.ts';
import { notSupported, withSent } from './problems.ts';
import { clausesForServer, nameForServer, nonEmpty, rotationForServer } from './request-bodies.ts';
import { loginAnswerSchema, mytokenAnswerSchema } from './schemas.ts';
import type { CallSpec, ServerCalls } from './server-calls.ts';
import type { CallOptions, InstanceInfo, LoginRequest, LoginStarted, PollAnswer } from './types.ts';

export interface LoginCallsDeps {
  readonly calls: ServerCalls;
  readonly issued: IssuedTokens;
  readonly clock: Clock;
  readonly log: Logger;
  readonly applicationName: string;
}

const abandonTimeoutMs = 5_000;

/** Logging in with the browser (mytoken protocol, `oidc_flow` and `polling_code`). */
export class LoginCalls {
  readonly #deps: LoginCallsDeps;

  constructor(deps: LoginCallsDeps) {
    this.#deps = deps;
  }

  start(instanceUrl: string, request: LoginRequest, options?: CallOptions): Promise<LoginStarted> {
    const body = {
      grant_type: 'oidc_flow',
      oidc_flow: 'authorization_code',
      // A web client would get its token as a cookie of the server's own page only.
      client_type: 'native',
      oidc_issuer: request.oidcIssuer,
      name: nameForServer(request.tokenName),
      application_name: this.#deps.applicationName,
      capabilities: nonEmpty(request.capabilities),
      restrictions: nonEmpty(clausesForServer(request.restrictions)),
      rotation: rotationForServer(request.rotation),
      include: nonEmpty(request.include),
      response_type: 'token',
    };
    return this.#deps.calls.plain(
      instanceUrl,
      tokenEndpoint('public', 'login', body),
      this.#readStart,
      options,
    );
  }

  poll(instanceUrl: string, pollingCode: Secret, options?: CallOptions): Promise<PollAnswer> {
    const body = { grant_type: 'polling_code', polling_code: pollingCode };
    return this.#deps.calls.plain<PollAnswer>(
      instanceUrl,
      { ...tokenEndpoint('login', 'login', body), alsoAccepts: isPending },
      async (answer, info) => {
        if (isPending(answer)) return { kind: 'pending' };
        const token = await this.#deps.issued.mytoken(readAs(mytokenAnswerSchema, answer), info);
        return { kind: 'done', token };
      },
      options,
    );
  }

  /** Deletes the code; what was issued for it already is revoked along (mytoken protocol, "Revocation"). */
  async abandon(instanceUrl: string, pollingCode: Secret): Promise<void> {
    const spec: CallSpec = {
      kind: 'public',
      feature: 'revocation',
      endpoint: (info) => info.endpoints.revocation,
      body: { token: pollingCode },
      timeoutMs: abandonTimeoutMs,
    };
    try {
      await this.#deps.calls.plain(instanceUrl, spec, () => null);
    } catch (error) {
      // The code dies by itself within minutes.
      const code = error instanceof DomainError ? error.code : 'app/internal';
      this.#deps.log.info('mytoken.abandon-failed', { code });
    }
  }

  readonly #readStart = (answer: HttpAnswer, info: InstanceInfo): LoginStarted => {
    const started = readAs(loginAnswerSchema, answer);
    if (started.polling_code === undefined) throw notSupported('polling');
    let consentUri: string;
    try {
      consentUri = requireSameOrigin(started.consent_uri, info.issuer, 'consent_uri');
    } catch (error) {
      throw withSent(error, 'maybe');
    }
    return {
      consentUri: new Secret(consentUri),
      pollingCode: new Secret(started.polling_code),
      ...pollingTimes(started, this.#deps.clock.nowMs()),
    };
  };
}

export function tokenEndpoint(
  kind: CallSpec['kind'],
  feature: string,
  body: Readonly<Record<string, unknown>>,
): CallSpec {
  return { kind, feature, endpoint: (info) => info.endpoints.mytoken, body };
}
