import { z } from '../../shared/zod.ts';
import { readAs } from './answers.ts';
import { momIdOf } from './identity.ts';
import { problem } from './problems.ts';
import { nonEmpty } from './request-bodies.ts';
import { historySchema, introspectedUsesSchema, introspectionSchema } from './schemas.ts';
import type { CallSpec, ServerCalls } from './server-calls.ts';
import { readTree } from './token-trees.ts';
import type { Answer, CallOptions, HeldMytoken, HistoryEvent, Introspection, TokenTree } from './types.ts';

/** Nothing is paginated (mytoken protocol, "Rate limits and misc"). */
const listLimitBytes = 16 * 1024 * 1024;

const anyTree = z.object({ mytokens: z.unknown() });
const anyTrees = z.object({ mytokens: z.array(z.unknown()).nullish() });

/** The tokeninfo endpoint (mytoken protocol, "Tokeninfo"). */
export class TokeninfoCalls {
  readonly #calls: ServerCalls;

  constructor(calls: ServerCalls) {
    this.#calls = calls;
  }

  async introspect(token: HeldMytoken, options?: CallOptions): Promise<Introspection> {
    const answer = await this.#calls.withToken(
      token,
      tokeninfo('introspect'),
      (response, info): Introspection => {
        const { token: claims, token_type: type, mom_id: momId } = readAs(introspectionSchema, response);
        if (claims.iss !== info.issuer) {
          throw problem('mytoken/issuer-mismatch', 'This mytoken belongs to another mytoken server.', {
            sent: 'rejected',
          });
        }
        return {
          kind: type === 'short_token' ? 'short' : 'jwt',
          momId: momId ?? momIdOf(claims.jti),
          claims,
          uses: readAs(introspectedUsesSchema, response).token.restrictions.map((clause) => ({
            AT: clause.usages_AT_done ?? null,
            other: clause.usages_other_done ?? null,
          })),
        };
      },
      options,
    );
    return answer.value;
  }

  history(
    token: HeldMytoken,
    momIds: readonly string[] | undefined,
    options?: CallOptions,
  ): Promise<Answer<readonly HistoryEvent[]>> {
    // Not "this" or "children": with some capabilities servers refuse those words.
    const spec = tokeninfo('event_history', { mom_ids: nonEmpty(momIds) });
    return this.#calls.withToken(
      token,
      spec,
      (answer) =>
        readAs(historySchema, answer).events.map((event) => ({
          event: event.event,
          atMs: event.time * 1000,
          comment: event.comment ?? null,
          ip: event.ip ?? null,
          userAgent: event.user_agent ?? null,
          momId: event.mom_id ?? null,
        })),
      options,
    );
  }

  subtokens(token: HeldMytoken, options?: CallOptions): Promise<Answer<TokenTree>> {
    return this.#calls.withToken(
      token,
      tokeninfo('subtokens'),
      (answer) => readTree(readAs(anyTree, answer).mytokens),
      options,
    );
  }

  list(token: HeldMytoken, options?: CallOptions): Promise<Answer<readonly TokenTree[]>> {
    return this.#calls.withToken(
      token,
      tokeninfo('list_mytokens'),
      (answer) => (readAs(anyTrees, answer).mytokens ?? []).map((tree) => readTree(tree)),
      options,
    );
  }
}

function tokeninfo(action: string, more: Readonly<Record<string, unknown>> = {}): CallSpec {
  return {
    kind: 'mytoken',
    feature: 'tokeninfo',
    endpoint: (info) => info.endpoints.tokeninfo,
    body: { action, ...more },
    limitBytes: listLimitBytes,
  };
}
