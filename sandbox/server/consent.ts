/** Consent page, its approval and its decline (protocol 9.1, 9.2, 9.5). */
import { randomBytes } from 'node:crypto';
import { childCapabilities } from '../rules/capabilities.ts';
import { tighten } from '../rules/tighten.ts';
import { rawJson } from '../http/body.ts';
import { ApiFailure, badRequest, html, json, type Exchange, type Reply } from '../http/exchange.ts';
import { authenticate, presentedToken } from '../tokens/authenticate.ts';
import type { StoredFlow } from '../tokens/model.ts';
import { markDeclined, startAuthorization } from './consent-flow.ts';
import { findProvider, knownCapabilities, oddStatus, type ServerContext } from './context.ts';
import { consentData, consentPage, messagePage } from './pages.ts';
import {
  operatorRestrictions,
  readCapabilities,
  readGeneral,
  readRestrictions,
  readRotation,
} from './request.ts';

function liveFlow(context: ServerContext, exchange: Exchange): StoredFlow | undefined {
  const flow = context.store.state.flows[exchange.params['code'] ?? ''];
  return flow && flow.expires >= context.clock.nowS() ? flow : undefined;
}

export function showConsent(context: ServerContext, exchange: Exchange): Reply {
  const flow = liveFlow(context, exchange);
  if (!flow) return html(404, messagePage('Not Found', 'This consent link is unknown or has expired.'));
  const nonce = randomBytes(12).toString('base64');
  const provider = findProvider(context, flow.issuer);
  return html(
    200,
    consentPage(
      consentData(flow),
      provider?.name ?? '',
      flow.applicationName,
      nonce,
      false,
      knownCapabilities(context),
    ),
    nonce,
  );
}

export async function answerConsent(context: ServerContext, exchange: Exchange): Promise<Reply> {
  const flow = liveFlow(context, exchange);
  if (!flow) throw new ApiFailure(500, 'internal_server_error', 'Not Found');
  if (exchange.body.length === 0) return decline(context, flow);
  const fields = rawJson(exchange);
  const issuer = fields.string('oidc_issuer') ?? flow.issuer;
  const provider = findProvider(context, issuer);
  if (!provider) throw badRequest('The provided issuer is not supported');
  const capabilities = readCapabilities(fields.get('capabilities'));
  const known = knownCapabilities(context);
  const unknown = capabilities.find((capability) => !known.includes(capability));
  if (unknown !== undefined) throw badRequest(`unknown capability '${unknown}'`);
  const rotation = readRotation(fields.get('rotation'));
  const adds = Object.values(rotation ?? {}).some((value) => value !== false && value !== 0);
  if (context.quirks.consentRotationCrash && adds && flow.rotation === undefined)
    throw new Error('nil dereference');
  requireNumericTimes(fields.get('restrictions'));
  // The posted values replace the requested ones.
  flow.issuer = provider.issuer;
  flow.name = fields.string('name') ?? '';
  flow.capabilities = capabilities.length > 0 ? capabilities : flow.capabilities;
  flow.restrictions = operatorRestrictions(
    context,
    provider,
    readRestrictions(context, fields.get('restrictions'), exchange),
  );
  if (rotation) flow.rotation = rotation;
  return json(oddStatus(context, 278), { authorization_uri: await startAuthorization(context, flow) });
}

/** @throws ApiFailure 400 for relative times, which only requests for a mytoken may have */
export function requireNumericTimes(restrictions: unknown): void {
  const clauses: unknown[] = Array.isArray(restrictions) ? restrictions : [restrictions];
  for (const clause of clauses) {
    if (typeof clause !== 'object' || clause === null) continue;
    for (const [key, value] of Object.entries(clause))
      if (/^(exp|nbf)$/i.test(key) && typeof value === 'string')
        throw badRequest(`json: cannot unmarshal string into Go struct field .${key} of type int64`);
  }
}

function decline(context: ServerContext, flow: StoredFlow): Reply {
  Reflect.deleteProperty(context.store.state.flows, flow.consentCode);
  markDeclined(context, flow.pollingCode);
  const url =
    flow.pollingCode === undefined
      ? '/'
      : `/native/abort?application=${encodeURIComponent(flow.applicationName)}`;
  return json(oddStatus(context, 278), { url });
}

/** What a sub-token request would make; nothing is stored, counted or rotated. */
export async function previewSubToken(context: ServerContext, exchange: Exchange): Promise<Reply> {
  const body = rawJson(exchange);
  const { token } = await authenticate(context, presentedToken(context, exchange, body));
  const request = readGeneral(context, body, exchange);
  const parent = token.claims.restrictions ?? [];
  const data = {
    oidc_issuer: token.claims.oidc_iss,
    name: request.name,
    capabilities: childCapabilities(token.claims.capabilities, request.capabilities),
    restrictions: tighten(parent, request.restrictions, context.settings.reverseDns).restrictions,
    ...(request.rotation ? { rotation: request.rotation } : {}),
  };
  const provider = findProvider(context, data.oidc_issuer);
  return html(
    200,
    consentPage(data, provider?.name ?? '', request.applicationName, '', true, knownCapabilities(context)),
  );
}
