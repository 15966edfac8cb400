/** The frame of calls which count as an "other" use of the presented token (protocol 24). */
import type { Fields } from '../http/body.ts';
import { json, withCookie, type Exchange, type Reply } from '../http/exchange.ts';
import { presentedToken, type Authenticated } from '../tokens/authenticate.ts';
import type { Caller } from '../tokens/lifecycle.ts';
import {
  callerOf,
  chargeableOther,
  jsonWithUpdate,
  requireCapability,
  rotateAfter,
  tokenCookie,
} from '../tokens/usage.ts';
import type { ServerContext } from './context.ts';
import { withToken } from './with-token.ts';

export interface Outcome {
  /** Without a body: what is sent unless the token rotated. */
  empty?: Reply;
  /** Status with a body, i.e. also when only `token_update` is told. */
  status: number;
  body?: object;
  /** The server loses the JSON field `token_update` here; only the cookie tells (protocol 2.6). */
  losesUpdate?: boolean;
}

export interface OtherUse {
  /** A capability, or a check that throws. */
  needs: string | ((used: Authenticated) => void);
  /** Changes and logs; what it throws leaves the token uncharged and not rotated. */
  work: (used: Authenticated, caller: Caller) => Outcome | Promise<Outcome>;
}

/** @throws ApiFailure in the server's order: token, capability, restrictions, the operation itself */
export function otherUse(
  context: ServerContext,
  exchange: Exchange,
  fields: Fields | undefined,
  { needs, work }: OtherUse,
): Promise<Reply> {
  const presented = presentedToken(context, exchange, fields);
  return withToken(context, exchange, presented, async (used) => {
    if (typeof needs === 'string') requireCapability(used.token, needs);
    else needs(used);
    const pay = chargeableOther(context, used.token, exchange.ip);
    const caller = callerOf(exchange);
    const outcome = await work(used, caller);
    pay();
    const update = rotateAfter(context, used, 'on_other', caller);
    if (!update && outcome.empty) return outcome.empty;
    const body = outcome.body ?? {};
    if (update && outcome.losesUpdate && context.quirks.lostTokenUpdate)
      return withCookie(json(outcome.status, body), tokenCookie(context, update.mytoken ?? ''));
    return jsonWithUpdate(context, outcome.status, body, update);
  });
}
