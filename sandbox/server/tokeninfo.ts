/** The tokeninfo endpoint (protocol 13). */
import { rawJson, type Fields } from '../http/body.ts';
import { ApiFailure, badRequest, json, type Exchange, type Reply } from '../http/exchange.ts';
import { calendarsOf, notificationsOf, shownCalendar, shownNotification } from '../notify/show.ts';
import { has } from '../rules/capabilities.ts';
import { presentedToken, type Authenticated } from '../tokens/authenticate.ts';
import { tagsInList } from '../tags/attach.ts';
import { addEvent, byParent, descendantsOf, isInFamily, tokensOfUser } from '../tokens/lifecycle.ts';
import type { StoredToken } from '../tokens/model.ts';
import {
  callerFacts,
  callerOf,
  jsonWithUpdate,
  requireCapability,
  rotateAfter,
  useOther,
} from '../tokens/usage.ts';
import { isAtLeast, listOf, type ServerContext } from './context.ts';
import { withToken } from './with-token.ts';

export async function tokeninfo(context: ServerContext, exchange: Exchange): Promise<Reply> {
  const body = rawJson(exchange);
  const action = body.string('action') ?? 'introspect';
  const known = ['introspect', 'event_history', 'subtokens', 'list_mytokens'];
  // Never listed in discovery, although it exists from 0.10 on.
  if (isAtLeast(context, 0, 10)) known.push('notifications');
  if (!known.includes(action)) throw badRequest(`unknown action '${action}'`);
  const presented = presentedToken(context, exchange, body);
  return withToken(context, exchange, presented, (used) => {
    switch (action) {
      case 'event_history':
        return history(context, exchange, used, momIds(body));
      case 'subtokens':
        return subtokens(context, exchange, used);
      case 'list_mytokens':
        return list(context, exchange, used);
      case 'notifications':
        return notifications(context, exchange, used, momIds(body));
      default:
        return introspect(context, exchange, used);
    }
  });
}

function momIds(body: Fields): string[] {
  const raw = body.get('mom_ids') ?? [];
  if (Array.isArray(raw) && raw.every((entry) => typeof entry === 'string')) return raw;
  throw badRequest('json: cannot unmarshal into Go struct field .mom_ids of type []string');
}

/** Never counts, never rotates, ignores restrictions. */
function introspect(context: ServerContext, exchange: Exchange, used: Authenticated): Reply {
  const { token } = used;
  requireCapability(token, 'tokeninfo:introspect');
  addEvent(context, token, 'tokeninfo_introspect', '', callerOf(exchange));
  const facts = callerFacts(context, token, exchange.ip);
  const restrictions = token.claims.restrictions?.map((clause) => {
    const done = facts.done(clause);
    const used = done.AT !== undefined || done.other !== undefined;
    return used ? { ...clause, usages_AT_done: done.AT ?? 0, usages_other_done: done.other ?? 0 } : clause;
  });
  return json(200, {
    valid: true,
    token_type: used.type,
    mom_id: token.momId,
    token: { ...token.claims, ...(restrictions ? { restrictions } : {}) },
  });
}

/** Only tokens with restrictions log the event and rotate: the server does both where it counts. */
function countedAnswer(
  context: ServerContext,
  exchange: Exchange,
  used: Authenticated,
  event: string,
  comment: string,
  answer: () => object,
): Reply {
  const { token } = used;
  useOther(context, token, exchange.ip);
  const body = answer();
  if ((token.claims.restrictions ?? []).length === 0) return json(200, body);
  const caller = callerOf(exchange);
  addEvent(context, token, event, comment, caller);
  return jsonWithUpdate(context, 200, body, rotateAfter(context, used, 'on_other', caller));
}

function forbiddenMomId(): ApiFailure {
  return new ApiFailure(
    403,
    'invalid_grant',
    'The provided token cannot be used to obtain history for this mom_id',
  );
}

function neitherParentNorCapable(capability: string): ApiFailure {
  return new ApiFailure(
    403,
    'insufficient_capabilities',
    `The provided token is neither a parent of the requested token nor does it have the required capability '${capability}'`,
  );
}

/** The tokens one entry of `mom_ids` stands for. @throws ApiFailure 403 */
function tokensFor(
  context: ServerContext,
  own: StoredToken,
  entry: string,
  capability: string,
): StoredToken[] {
  const manages = has(own.claims.capabilities, capability);
  const special = entry === 'this' || entry.startsWith('children');
  // With the capability the server compares the literal text with the user's tokens, and finds nothing.
  if (special && manages && context.quirks.thisMomId403) throw forbiddenMomId();
  if (entry === 'this') return [own];
  if (entry === 'children') return descendantsOf(context, own.momId);
  const below = entry.startsWith('children@');
  const momId = below ? entry.slice('children@'.length) : entry;
  const target = context.store.state.tokens[momId];
  if (!target || !isInFamily(context, own.momId, target)) {
    if (!manages) throw neitherParentNorCapable(capability);
    if (target?.claims.sub !== own.claims.sub) throw forbiddenMomId();
  }
  return below ? descendantsOf(context, momId) : [target];
}

function history(
  context: ServerContext,
  exchange: Exchange,
  used: Authenticated,
  wanted: readonly string[],
): Reply {
  const { token } = used;
  if (wanted.length === 0) requireCapability(token, 'tokeninfo:history');
  const targets =
    wanted.length === 0
      ? [token]
      : wanted.flatMap((entry) => tokensFor(context, token, entry, 'manage_mytokens:history'));
  const event = wanted.length === 0 ? 'tokeninfo_history' : 'tokeninfo_history_other_token';
  const comment = wanted.length === 0 ? '' : `mom_id: ${wanted.join(' ')}`.slice(0, 100);
  return countedAnswer(context, exchange, used, event, comment, () => ({
    events: listOf(
      context,
      [...new Set(targets)]
        .flatMap((entry) => entry.events.map((stored, order) => ({ stored, order, momId: entry.momId })))
        .sort((a, b) => b.stored.time - a.stored.time || b.order - a.order)
        .map(({ stored, momId }) => ({ ...stored, mom_id: momId })),
    ),
  }));
}

interface TreeNode {
  token: {
    mom_id: string;
    name: string;
    created: number;
    expires_at?: number;
    ip: string;
    tags?: ReturnType<typeof tagsInList>;
  };
  children?: TreeNode[];
}

function tree(
  context: ServerContext,
  token: StoredToken,
  groups: ReadonlyMap<string, StoredToken[]>,
): TreeNode {
  const children = (groups.get(token.momId) ?? []).map((child) => tree(context, child, groups));
  const { exp, name } = token.claims;
  const tags = tagsInList(context, token);
  return {
    token: {
      mom_id: token.momId,
      name: name ?? '',
      created: token.created,
      ...(exp === undefined ? {} : { expires_at: exp }),
      ip: token.ip,
      ...(tags === undefined ? {} : { tags }),
    },
    ...(children.length > 0 ? { children } : {}),
  };
}

function subtokens(context: ServerContext, exchange: Exchange, used: Authenticated): Reply {
  requireCapability(used.token, 'tokeninfo:subtokens');
  return countedAnswer(context, exchange, used, 'tokeninfo_subtokens', '', () => ({
    mytokens: tree(context, used.token, byParent(tokensOfUser(context, used.token))),
  }));
}

function list(context: ServerContext, exchange: Exchange, used: Authenticated): Reply {
  requireCapability(used.token, 'manage_mytokens:list');
  return countedAnswer(context, exchange, used, 'tokeninfo_list_mytokens', '', () => {
    const tokens = tokensOfUser(context, used.token);
    const known = new Set(tokens.map((entry) => entry.momId));
    const roots = tokens.filter((entry) => entry.parent === undefined || !known.has(entry.parent));
    const children = byParent(tokens);
    return {
      mytokens: listOf(
        context,
        roots.map((root) => tree(context, root, children)),
      ),
    };
  });
}

/** Which token an entry of `mom_ids` means. Special words are not understood here. @throws ApiFailure 403 */
function notificationTarget(
  context: ServerContext,
  own: StoredToken,
  entry: string,
): { key: string; target?: StoredToken } {
  const manages = has(own.claims.capabilities, 'read@manage_mytokens:notify');
  // Alone "this" goes to the database as it is, in lists it becomes the jti: nothing has either as its mom_id.
  if (entry === 'this' && !manages) return { key: own.claims.jti };
  const target = context.store.state.tokens[entry];
  if (target && isInFamily(context, own.momId, target)) return { key: entry, target };
  if (!manages) throw neitherParentNorCapable('read@manage_mytokens:notify');
  if (target?.claims.sub !== own.claims.sub) throw forbiddenMomId();
  return { key: entry, target };
}

function subscriptionsOf(context: ServerContext, target: StoredToken | undefined): object {
  const notifications = target ? notificationsOf(context, target) : [];
  const calendars = target ? calendarsOf(context, target) : [];
  return {
    notifications: listOf(
      context,
      notifications.map((entry) => shownNotification(context, entry)),
    ),
    calendars: listOf(
      context,
      calendars.map((entry) => shownCalendar(context, entry)),
    ),
  };
}

function notifications(
  context: ServerContext,
  exchange: Exchange,
  used: Authenticated,
  wanted: readonly string[],
): Reply {
  const { token } = used;
  if (wanted.length === 0) requireCapability(token, 'tokeninfo:notify');
  const targets =
    wanted.length === 0
      ? [{ key: token.momId, target: token }]
      : wanted.map((entry) => notificationTarget(context, token, entry));
  const event = wanted.length === 0 ? 'tokeninfo_notifications' : 'tokeninfo_notifications_other_token';
  const comment = wanted.length === 0 ? '' : `mom_id: ${wanted.join(' ')}`.slice(0, 100);
  return countedAnswer(context, exchange, used, event, comment, () =>
    wanted.length < 2
      ? subscriptionsOf(context, targets[0]?.target)
      : {
          mom_id_mapping: Object.fromEntries(
            targets.map(({ key, target }) => [key, subscriptionsOf(context, target)]),
          ),
        },
  );
}
