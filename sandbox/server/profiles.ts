/** Profiles and templates over HTTP (protocol 19.1). */
import { randomUUID } from 'node:crypto';
import { rawJson } from '../http/body.ts';
import {
  badRequest,
  frameworkError,
  json,
  noContent,
  text,
  type Exchange,
  type Reply,
} from '../http/exchange.ts';
import { resolveTime } from '../rules/times.ts';
import { STANDARD_TEMPLATES } from '../rules/standard-templates.ts';
import { TEMPLATE_KINDS, isObject, type TemplateKind } from '../rules/templates.ts';
import type { StoredTemplate } from '../tokens/model.ts';
import { listOf, type ServerContext } from './context.ts';
import { expander, orBadRequest } from './request.ts';

/** Puts the shipped templates into a fresh database. */
export function seedTemplates(context: ServerContext, leaveEmpty: boolean): void {
  const { state } = context.store;
  if (state.templatesSeeded) return;
  state.templatesSeeded = true;
  context.store.touch();
  if (leaveEmpty) return;
  for (const kind of TEMPLATE_KINDS)
    state.templates[`_ ${kind}`] = Object.entries(STANDARD_TEMPLATES[kind]).map(([name, payload]) => ({
      id: randomUUID(),
      name,
      payload,
    }));
}

function kindOf(exchange: Exchange): TemplateKind | undefined {
  const wanted = (exchange.params['kind'] ?? '').toLowerCase();
  return TEMPLATE_KINDS.find((kind) => kind === wanted);
}

function groupOf(exchange: Exchange): string {
  return exchange.params['group'] ?? '_';
}

export function listGroups(context: ServerContext): Reply {
  return json(200, listOf(context, Object.keys(context.settings.groups)));
}

/** Relative times become absolute at the moment of the request, in clauses wherever they are. */
function absoluteTimes(value: unknown, nowS: number): unknown {
  if (Array.isArray(value)) return value.map((entry) => absoluteTimes(entry, nowS));
  if (!isObject(value)) return value;
  const entries = Object.entries(value).map(([key, entry]) => {
    const isTime = (key === 'exp' || key === 'nbf') && typeof entry === 'string';
    return [key, isTime ? resolveTime(entry, nowS) : absoluteTimes(entry, nowS)] as const;
  });
  return Object.fromEntries(entries);
}

export function listTemplates(context: ServerContext, exchange: Exchange): Reply {
  const kind = kindOf(exchange);
  if (!kind) return frameworkError(404, exchange.url.pathname);
  const group = groupOf(exchange);
  const stored = context.store.state.templates[`${group} ${kind}`] ?? [];
  const shown = stored.map((entry) => ({
    id: entry.id,
    name: entry.name,
    payload: absoluteTimes(
      orBadRequest(() => expander(context).shown(kind, entry.payload)),
      context.clock.nowS(),
    ),
  }));
  return json(200, listOf(context, shown));
}

/** Undefined = may write. Wrong credentials are 401, the right ones of another group 403. */
function refusal(context: ServerContext, exchange: Exchange): Reply | undefined {
  const [scheme = '', credentials = ''] = (exchange.headers['authorization'] ?? '').split(' ');
  const decoded = scheme.toLowerCase() === 'basic' ? Buffer.from(credentials, 'base64').toString() : '';
  const colon = decoded.indexOf(':');
  const group = decoded.slice(0, Math.max(0, colon));
  const password = context.settings.groups[group];
  if (colon < 0 || password === undefined || password !== decoded.slice(colon + 1)) {
    const reply = text(401, 'Unauthorized');
    reply.headers['www-authenticate'] = 'Basic realm="profiles"';
    return reply;
  }
  return group === groupOf(exchange) ? undefined : text(403, 'Forbidden');
}

function withStatusText(context: ServerContext, status: 200 | 201): Reply {
  return context.quirks.textBodies ? text(status, status === 201 ? 'Created' : 'OK') : json(status, {});
}

/** POST, PUT and DELETE. */
export function writeTemplate(context: ServerContext, exchange: Exchange): Reply {
  const kind = kindOf(exchange);
  if (!kind) return frameworkError(404, exchange.url.pathname);
  const refused = refusal(context, exchange);
  if (refused) return refused;
  const { templates } = context.store.state;
  const key = `${groupOf(exchange)} ${kind}`;
  const entries = (templates[key] ??= []);
  const index = entries.findIndex((entry) => entry.id === exchange.params['id']);
  context.store.touch();
  if (exchange.method !== 'POST' && index < 0) return frameworkError(404, exchange.url.pathname);
  if (exchange.method === 'DELETE') {
    entries.splice(index, 1);
    return noContent();
  }
  const fields = rawJson(exchange);
  const name = fields.string('name') ?? '';
  if (name === '') throw badRequest("required parameter 'name' is missing");
  const payload = fields.get('payload');
  if (payload === undefined) throw badRequest("required parameter 'payload' is missing");
  const entry: StoredTemplate = { id: entries[index]?.id ?? randomUUID(), name, payload };
  if (index >= 0) entries[index] = entry;
  else entries.push(entry);
  return withStatusText(context, index >= 0 ? 200 : 201);
}
