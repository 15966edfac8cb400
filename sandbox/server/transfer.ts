/** Creation of transfer codes (protocol 12). */
import { rawJson } from '../http/body.ts';
import { json, type Exchange, type Reply } from '../http/exchange.ts';
import { presentedToken } from '../tokens/authenticate.ts';
import { addEvent } from '../tokens/lifecycle.ts';
import { newTransferCode } from '../tokens/respond.ts';
import { callerOf } from '../tokens/usage.ts';
import type { ServerContext } from './context.ts';
import { withToken } from './with-token.ts';

/** Any valid token will do: no capability, no restriction, no count, no rotation. */
export async function createTransferCode(context: ServerContext, exchange: Exchange): Promise<Reply> {
  const presented = presentedToken(context, exchange, rawJson(exchange));
  return withToken(context, exchange, presented, ({ token, jwt }) => {
    addEvent(context, token, 'transfer_code_created', `token type: ${presented.type}`, callerOf(exchange));
    return json(200, {
      mytoken_type: 'transfer_code',
      transfer_code: newTransferCode(context, jwt, false),
      expires_in: context.settings.codeSeconds,
    });
  });
}
