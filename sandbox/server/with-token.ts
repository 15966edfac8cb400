/** The frame of every call a mytoken authorises. */
import { ApiFailure, type Exchange, type Reply } from '../http/exchange.ts';
import { noteAddress, noteRefusal, noteRevokedUse } from '../notify/security.ts';
import {
  authenticate,
  treeKey,
  verifiedClaims,
  type Authenticated,
  type Presented,
} from '../tokens/authenticate.ts';
import { momIdOf } from '../tokens/signer.ts';
import type { ServerContext } from './context.ts';

/**
 * Runs the task alone in the token's tree, with the token checked; users who want to are told about suspicious uses.
 * @throws ApiFailure 401, or what the task throws
 */
export function withToken(
  context: ServerContext,
  exchange: Exchange,
  presented: Presented,
  task: (used: Authenticated) => Promise<Reply> | Reply,
): Promise<Reply> {
  return context.trees.run(treeKey(context, presented), async () => {
    const claims = verifiedClaims(context, presented.jwt);
    if (!context.store.state.tokens[momIdOf(claims.jti)]) noteRevokedUse(context, claims, exchange.ip);
    const used = await authenticate(context, presented);
    noteAddress(context, used.token, exchange.ip);
    try {
      return await task(used);
    } catch (error) {
      if (error instanceof ApiFailure) noteRefusal(context, used.token, error.code, exchange.ip);
      throw error;
    }
  });
}
