import { splitList } from '../../shared/model/mytoken.ts';
import { Secret } from '../ports/index.ts';
import { readAs } from './answers.ts';
import type { IssuedTokens } from './issued-tokens.ts';
import { tokenEndpoint } from './login-calls.ts';
import {
  clausesForServer,
  commentForServer,
  joined,
  nameForServer,
  nonEmpty,
  rotationForServer,
} from './request-bodies.ts';
import { accessTokenAnswerSchema, mytokenAnswerSchema } from './schemas.ts';
import type { ServerCalls } from './server-calls.ts';
import type {
  AccessTokenAnswer,
  AccessTokenRequest,
  Answer,
  CallOptions,
  HeldMytoken,
  IssuedMytoken,
  IssuedTransferCode,
  SubMytokenRequest,
} from './types.ts';

/** Calls that make, use or end mytokens. */
export class TokenCalls {
  readonly #calls: ServerCalls;
  readonly #issued: IssuedTokens;

  constructor(calls: ServerCalls, issued: IssuedTokens) {
    this.#calls = calls;
    this.#issued = issued;
  }

  accessToken(
    token: HeldMytoken,
    request: AccessTokenRequest,
    options?: CallOptions,
  ): Promise<Answer<AccessTokenAnswer>> {
    const body = {
      grant_type: 'mytoken',
      scope: joined(request.scope),
      audience: joined(request.audience),
      comment: request.comment === undefined ? undefined : commentForServer(request.comment),
    };
    return this.#calls.withToken(
      token,
      { kind: 'mytoken', feature: 'AT', endpoint: (info) => info.endpoints.accessToken, body },
      (response): AccessTokenAnswer => {
        const answer = readAs(accessTokenAnswerSchema, response);
        return {
          accessToken: new Secret(answer.access_token),
          tokenType: answer.token_type ?? 'Bearer',
          // RFC 6749, 5.1 only recommends it. Zero keeps a token of unknown life out of every cache.
          expiresInSeconds: answer.expires_in ?? 0,
          scope: answer.scope === undefined ? (request.scope ?? []) : splitList(answer.scope),
          audience: answer.audience,
        };
      },
      options,
    );
  }

  createSub(
    token: HeldMytoken,
    request: SubMytokenRequest,
    options?: CallOptions,
  ): Promise<Answer<IssuedMytoken | IssuedTransferCode>> {
    const body = {
      grant_type: 'mytoken',
      name: request.name === undefined ? undefined : nameForServer(request.name),
      capabilities: nonEmpty(request.capabilities),
      restrictions: nonEmpty(clausesForServer(request.restrictions ?? [])),
      rotation: rotationForServer(request.rotation),
      include: nonEmpty(request.include),
      response_type: request.responseType ?? 'token',
      // Servers since 0.7 ignore it by mistake; those that do not refuse instead of widening.
      error_on_restrictions: true,
    };
    return this.#calls.withToken<IssuedMytoken | IssuedTransferCode>(
      token,
      tokenEndpoint('sub-mytoken', 'create_mytoken', body),
      (response, info) => {
        const answer = readAs(mytokenAnswerSchema, response);
        return answer.mytoken_type === 'transfer_code'
          ? this.#issued.transferCode(answer)
          : this.#issued.mytoken(answer, info);
      },
      options,
    );
  }

  createTransferCode(token: HeldMytoken, options?: CallOptions): Promise<Answer<IssuedTransferCode>> {
    return this.#calls.withToken(
      token,
      { kind: 'mytoken', feature: 'transfer_code', endpoint: (info) => info.endpoints.transfer },
      (response) => this.#issued.transferCode(readAs(mytokenAnswerSchema, response)),
      options,
    );
  }

  redeem(instanceUrl: string, code: Secret, options?: CallOptions): Promise<IssuedMytoken> {
    const body = { grant_type: 'transfer_code', transfer_code: code };
    return this.#calls.plain(
      instanceUrl,
      tokenEndpoint('code', 'transfer_code', body),
      (response, info) => this.#issued.mytoken(readAs(mytokenAnswerSchema, response), info),
      options,
    );
  }

  /** Without `momId` the mytoken itself is revoked, which servers also confirm for one that is gone already. */
  revoke(
    token: HeldMytoken,
    request: { readonly momId?: string | undefined; readonly recursive?: boolean | undefined },
    options?: CallOptions,
  ): Promise<Answer<null>> {
    const body = { mom_id: request.momId, recursive: request.recursive ?? false };
    return this.#calls.withToken(
      token,
      {
        kind: 'mytoken',
        feature: 'revocation',
        endpoint: (info) => info.endpoints.revocation,
        body,
        tokenField: 'token',
      },
      () => null,
      options,
    );
  }
}
