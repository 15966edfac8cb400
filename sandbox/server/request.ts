/** Reading the parameters `oidc_flow` and `mytoken` have in common (protocol 8.1, 19.2). */
import { badRequest, type Exchange } from '../http/exchange.ts';
import { Fields } from '../http/body.ts';
import { isObject, TemplateError, TemplateExpander } from '../rules/templates.ts';
import { limitLifetime, readClause } from '../rules/clauses.ts';
import { tighten } from '../rules/tighten.ts';
import type { DeliveryWish } from '../tokens/model.ts';
import type { Clause, ResponseType, Rotation } from '../types.ts';
import { readWishes, type CreationWishes } from './at-creation.ts';
import type { ConfiguredProvider, ServerContext } from './context.ts';

const GENERAL_FIELDS = [
  'oidc_issuer',
  'name',
  'capabilities',
  'restrictions',
  'rotation',
  'include',
  'response_type',
  'max_token_len',
  'application_name',
  'client_type',
  'redirect_uri',
  'oidc_flow',
  'error_on_restrictions',
  'tags',
  'subscribe_notifications',
] as const;

export interface GeneralRequest {
  issuer: string | undefined;
  name: string;
  applicationName: string;
  /** Empty when none were asked for. */
  capabilities: string[];
  restrictions: Clause[];
  rotation: Rotation | undefined;
  wish: DeliveryWish;
  wishes: CreationWishes;
  /** All fields after profiles were merged. */
  fields: Fields;
}

export function expander(context: ServerContext): TemplateExpander {
  return new TemplateExpander(
    (kind, from, name) =>
      context.store.state.templates[`${from} ${kind}`]?.find((entry) => entry.name === name)?.payload,
  );
}

function responseType(value: string | undefined): ResponseType {
  return value === 'short_token' || value === 'transfer_code' ? value : 'token';
}

/** Turns errors of the pure rules into the 400 the client gets. */
export function orBadRequest<T>(task: () => T): T {
  try {
    return task();
  } catch (error) {
    if (error instanceof TemplateError) throw badRequest(error.message);
    throw error;
  }
}

export function readRestrictions(context: ServerContext, raw: unknown, exchange: Exchange): Clause[] {
  const clauses: unknown[] = Array.isArray(raw) ? raw : raw === undefined || raw === null ? [] : [raw];
  try {
    return clauses.map((clause) =>
      readClause(clause, {
        nowS: context.clock.nowS(),
        callerIp: exchange.ip,
        disabledKeys: context.settings.disabledRestrictionKeys,
        ignoreIpKey: context.quirks.ignoreIpKey,
      }),
    );
  } catch (error) {
    throw badRequest(error instanceof Error ? error.message : 'invalid restrictions');
  }
}

export function readRotation(raw: unknown): Rotation | undefined {
  if (!isObject(raw)) return undefined;
  const fields = new Fields(Object.entries(raw));
  const rotation: Rotation = {};
  for (const key of ['on_AT', 'on_other', 'auto_revoke'] as const)
    if (fields.get(key) !== undefined) rotation[key] = fields.boolean(key);
  if (fields.get('lifetime') !== undefined) rotation.lifetime = fields.integer('lifetime');
  return rotation;
}

export function readCapabilities(raw: unknown): string[] {
  if (raw === undefined || raw === null) return [];
  if (!Array.isArray(raw) || !raw.every((entry) => typeof entry === 'string'))
    throw badRequest('json: cannot unmarshal into Go struct field .capabilities of type []string');
  return [...new Set(raw)];
}

/** @throws ApiFailure 400 on unknown templates and wrong types */
export function readGeneral(context: ServerContext, body: Fields, exchange: Exchange): GeneralRequest {
  const known = body.pick(GENERAL_FIELDS);
  if (isObject(known['rotation'])) known['rotation'] = foldInclude(known['rotation']);
  if (Array.isArray(known['restrictions']))
    known['restrictions'] = known['restrictions'].map((clause: unknown) =>
      isObject(clause) ? foldInclude(clause) : clause,
    );
  else if (isObject(known['restrictions'])) known['restrictions'] = foldInclude(known['restrictions']);
  const expanded = orBadRequest(() => expander(context).profile(known));
  const fields = new Fields(Object.entries(expanded));
  return {
    issuer: fields.string('oidc_issuer'),
    name: fields.string('name') ?? '',
    applicationName: fields.string('application_name') ?? '',
    capabilities: readCapabilities(expanded['capabilities']),
    restrictions: readRestrictions(context, expanded['restrictions'], exchange),
    rotation: readRotation(expanded['rotation']),
    wish: {
      responseType: responseType(fields.string('response_type')),
      maxTokenLen: fields.integer('max_token_len'),
    },
    wishes: readWishes(context, fields),
    fields,
  };
}

function foldInclude(raw: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(raw).map(([key, value]) => [key.toLowerCase() === 'include' ? 'include' : key, value]),
  );
}

export function requireNotExpired(context: ServerContext, restrictions: readonly Clause[]): void {
  const nowS = context.clock.nowS();
  if (
    restrictions.length > 0 &&
    restrictions.every((clause) => clause.exp !== undefined && clause.exp < nowS)
  )
    throw badRequest('token would already be expired');
}

/** Restrictions the operator adds to a login request (protocol 6.3, 6.4). */
export function operatorRestrictions(
  context: ServerContext,
  provider: ConfiguredProvider,
  requested: readonly Clause[],
): Clause[] {
  const { maxMytokenLifetimeSeconds, enforcedRestrictions = [] } = provider.settings;
  const enforced = tighten(enforcedRestrictions, requested, context.settings.reverseDns).restrictions;
  return maxMytokenLifetimeSeconds === undefined
    ? enforced
    : limitLifetime(enforced, context.clock.nowS() + maxMytokenLifetimeSeconds);
}
