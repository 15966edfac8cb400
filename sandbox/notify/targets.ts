/** Which token a request is about, and whether the presented one may decide that (protocol 16.2, 17.1). */
import { ApiFailure } from '../http/exchange.ts';
import { has } from '../rules/capabilities.ts';
import type { ServerContext } from '../server/context.ts';
import { isInFamily } from '../tokens/lifecycle.ts';
import type { StoredToken } from '../tokens/model.ts';
import { requireCapability } from '../tokens/usage.ts';

function foreignMomId(verb: string): ApiFailure {
  return new ApiFailure(403, 'invalid_grant', `The provided token cannot be used to ${verb} this mom_id`);
}

/** Any token of the same user. @throws ApiFailure 403, also for unknown ones */
export function tokenOfUser(context: ServerContext, sub: string, momId: string): StoredToken {
  const target = context.store.state.tokens[momId];
  if (target?.claims.sub !== sub) throw foreignMomId('manage');
  return target;
}

/**
 * The token itself may always, for its descendants it needs `tokeninfo:notify`, for others of the user
 * `manage_mytokens:notify`. A missing `mom_id` is nobody's, not the token's own.
 * @throws ApiFailure 403
 */
export function subscriptionTarget(context: ServerContext, own: StoredToken, momId: string): StoredToken {
  if (momId === own.momId) return own;
  const target = context.store.state.tokens[momId];
  if (target && isInFamily(context, own.momId, target)) {
    requireCapability(own, 'tokeninfo:notify');
    return target;
  }
  if (!has(own.claims.capabilities, 'manage_mytokens:notify'))
    throw new ApiFailure(
      403,
      'insufficient_capabilities',
      "The provided token is neither a parent of the token with the mom_id nor does it have the required capability 'manage_mytokens:notify'",
    );
  return tokenOfUser(context, own.claims.sub, momId);
}
