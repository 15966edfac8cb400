/** The user's tags, and putting them on mytokens (protocol 18). */
import { byContentType, type Fields } from '../http/body.ts';
import { ApiFailure, badRequest, noContent, type Exchange, type Reply } from '../http/exchange.ts';
import { tokenOfUser } from '../notify/targets.ts';
import { listOf, type ServerContext } from '../server/context.ts';
import { otherUse } from '../server/other-use.ts';
import { addEvent } from '../tokens/lifecycle.ts';
import { momIdOf } from '../tokens/signer.ts';
import { requireCapability } from '../tokens/usage.ts';
import type { StoredTag } from '../users/model.ts';
import { userOf } from '../users/users.ts';
import { attachTag, detachTag, knowsTag, replaceTag } from './attach.ts';

const DEFAULT_COLOR = '#808080';

function requiredTag(fields: Fields): string {
  const tag = fields.string('tag') ?? '';
  if (tag === '') throw badRequest("required parameter 'tag' is missing");
  return tag;
}

function tagNotFound(): ApiFailure {
  return new ApiFailure(404, 'not_found', 'tag not found');
}

function requireFree(context: ServerContext, sub: string, tag: string): void {
  if (knowsTag(context, sub, tag)) throw new ApiFailure(409, 'invalid_request', 'tag already exists');
}

function find(context: ServerContext, sub: string, exchange: Exchange): StoredTag {
  const wanted = exchange.params['tag'];
  const found = userOf(context, sub).tags.find(({ tag }) => tag === wanted);
  if (!found) throw tagNotFound();
  return found;
}

export function listTags(context: ServerContext, exchange: Exchange): Promise<Reply> {
  return otherUse(context, exchange, undefined, {
    needs: 'read@settings:tags',
    work: ({ token }, caller) => {
      addEvent(context, token, 'tags_listed', '', caller);
      return { status: 200, body: { tags: listOf(context, userOf(context, token.claims.sub).tags) } };
    },
  });
}

export async function createTag(context: ServerContext, exchange: Exchange): Promise<Reply> {
  const { fields } = await byContentType(exchange);
  const tag = requiredTag(fields);
  return otherUse(context, exchange, fields, {
    needs: 'settings:tags',
    work: ({ token }, caller) => {
      const { sub } = token.claims;
      requireFree(context, sub, tag);
      userOf(context, sub).tags.push({ tag, color: fields.string('color') ?? DEFAULT_COLOR });
      addEvent(context, token, 'tag_created', tag, caller);
      return { status: 200, empty: noContent() };
    },
  });
}

export async function updateTag(context: ServerContext, exchange: Exchange): Promise<Reply> {
  const { fields } = await byContentType(exchange);
  return otherUse(context, exchange, fields, {
    needs: 'settings:tags',
    work: ({ token }, caller) => {
      const { sub } = token.claims;
      const found = find(context, sub, exchange);
      const name = fields.string('tag') ?? found.tag;
      if (name !== found.tag) {
        requireFree(context, sub, name);
        replaceTag(context, sub, found.tag, name);
      }
      found.tag = name;
      found.color = fields.string('color') ?? found.color;
      addEvent(context, token, 'tag_updated', name, caller);
      return { status: 200, empty: noContent() };
    },
  });
}

export async function deleteTag(context: ServerContext, exchange: Exchange): Promise<Reply> {
  const fields = exchange.body.length === 0 ? undefined : (await byContentType(exchange)).fields;
  return otherUse(context, exchange, fields, {
    needs: 'settings:tags',
    work: ({ token }, caller) => {
      const { sub } = token.claims;
      const found = find(context, sub, exchange);
      replaceTag(context, sub, found.tag, undefined);
      const user = userOf(context, sub);
      user.tags = user.tags.filter((entry) => entry !== found);
      addEvent(context, token, 'tag_deleted', found.tag, caller);
      return { status: 200, empty: noContent() };
    },
  });
}

/** POST puts a tag on a token, DELETE takes it off. */
export async function tagToken(context: ServerContext, exchange: Exchange): Promise<Reply> {
  const { fields } = await byContentType(exchange);
  const tag = requiredTag(fields);
  const momId = fields.string('mom_id') ?? '';
  const includeChildren = fields.boolean('include_children');
  const adds = exchange.method === 'POST';
  return otherUse(context, exchange, fields, {
    needs: ({ token, claims }) => {
      const other = momId !== '' && momId !== momIdOf(claims.jti);
      requireCapability(token, other ? 'manage_mytokens:tags' : 'tokeninfo:tags');
    },
    work: ({ token }, caller) => {
      const target = momId === '' ? token : tokenOfUser(context, token.claims.sub, momId);
      if (!knowsTag(context, token.claims.sub, tag)) throw tagNotFound();
      if (adds) attachTag(context, target, tag, includeChildren);
      else detachTag(context, target, tag, includeChildren);
      const where = target === token ? 'token' : 'other_token';
      addEvent(context, token, adds ? `tag_added_to_${where}` : `tag_removed_from_${where}`, tag, caller);
      return { status: 200, empty: noContent() };
    },
  });
}
