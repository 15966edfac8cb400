/** Tags on mytokens (protocol 18). */
import { badRequest } from '../http/exchange.ts';
import { hasTags, type ServerContext } from '../server/context.ts';
import { descendantsOf } from '../tokens/lifecycle.ts';
import type { StoredToken, StoredTokenTag } from '../tokens/model.ts';
import { userOf } from '../users/users.ts';

export function knowsTag(context: ServerContext, sub: string, tag: string): boolean {
  return userOf(context, sub).tags.some((entry) => entry.tag === tag);
}

function family(context: ServerContext, token: StoredToken, includeChildren: boolean): StoredToken[] {
  return includeChildren ? [token, ...descendantsOf(context, token.momId)] : [token];
}

function without(token: StoredToken, tag: string): StoredTokenTag[] {
  return (token.tags ?? []).filter((entry) => entry.tag !== tag);
}

/** @param includeChildren those there are and those to come */
export function attachTag(
  context: ServerContext,
  token: StoredToken,
  tag: string,
  includeChildren: boolean,
): void {
  for (const entry of family(context, token, includeChildren))
    entry.tags = [...without(entry, tag), { tag, includeChildren }];
  context.store.touch();
}

export function detachTag(
  context: ServerContext,
  token: StoredToken,
  tag: string,
  includeChildren: boolean,
): void {
  for (const entry of family(context, token, includeChildren)) entry.tags = without(entry, tag);
  context.store.touch();
}

/** Everything of the user that carries the tag gets the new name, or loses it. */
export function replaceTag(context: ServerContext, sub: string, tag: string, name: string | undefined): void {
  const { tokens, notifications, calendars } = context.store.state;
  for (const token of Object.values(tokens)) {
    const own = token.tags?.find((entry) => entry.tag === tag);
    if (!own || token.claims.sub !== sub) continue;
    const others = without(token, tag);
    token.tags = name === undefined ? others : [...others, { ...own, tag: name }];
  }
  for (const holder of [...notifications, ...calendars]) {
    if (holder.sub !== sub || !holder.tags.includes(tag)) continue;
    const others = holder.tags.filter((entry) => entry !== tag);
    holder.tags = name === undefined ? others : [...others, name];
  }
  context.store.touch();
}

/** As lists show them; undefined on servers without tags. */
export function tagsInList(
  context: ServerContext,
  token: StoredToken,
): { tag: string; color: string; include_children: boolean }[] | undefined {
  if (!hasTags(context) || !token.tags || token.tags.length === 0) return undefined;
  const known = userOf(context, token.claims.sub).tags;
  return token.tags.flatMap(({ tag, includeChildren }) => {
    const found = known.find((entry) => entry.tag === tag);
    return found ? [{ ...found, include_children: includeChildren }] : [];
  });
}

/** @throws ApiFailure 400 */
export function requireKnownTags(context: ServerContext, sub: string, tags: readonly StoredTokenTag[]): void {
  const unknown = tags.find(({ tag }) => !knowsTag(context, sub, tag));
  if (unknown) throw badRequest(`unknown tag '${unknown.tag}'`);
}
