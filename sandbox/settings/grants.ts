/** Which grants a user has switched on (protocol 14.2). */
import { byContentType } from '../http/body.ts';
import { badRequest, json, noContent, text, type Exchange, type Reply } from '../http/exchange.ts';
import { listOf, type ServerContext } from '../server/context.ts';
import { otherUse } from '../server/other-use.ts';
import { addEvent } from '../tokens/lifecycle.ts';
import { userOf } from '../users/users.ts';

/** All may be toggled, only `ssh` has an effect. */
const GRANTS = ['mytoken', 'oidc_flow', 'polling_code', 'transfer_code', 'ssh'];

export function listGrants(context: ServerContext, exchange: Exchange): Promise<Reply> {
  return otherUse(context, exchange, undefined, {
    needs: 'read@settings:grants',
    work: ({ token }, caller) => {
      addEvent(context, token, 'settings_grants_listed', '', caller);
      const { grants } = userOf(context, token.claims.sub);
      const shown = Object.entries(grants).map(([grant_type, enabled]) => ({ grant_type, enabled }));
      return { status: 200, body: { grant_types: listOf(context, shown) } };
    },
  });
}

/** POST enables, DELETE disables. */
export async function toggleGrant(context: ServerContext, exchange: Exchange): Promise<Reply> {
  const { fields } = await byContentType(exchange);
  const grant = fields.string('grant_type') ?? '';
  if (!GRANTS.includes(grant)) throw badRequest("no valid 'grant_type' found");
  const enable = exchange.method === 'POST';
  return otherUse(context, exchange, fields, {
    needs: 'settings:grants',
    work: ({ token }, caller) => {
      userOf(context, token.claims.sub).grants[grant] = enable;
      const event = enable ? 'settings_grant_enabled' : 'settings_grant_disabled';
      addEvent(context, token, event, grant, caller);
      if (!enable) return { status: 200, empty: noContent() };
      return { status: 201, empty: context.quirks.textBodies ? text(201, 'Created') : json(201, {}) };
    },
  });
}
