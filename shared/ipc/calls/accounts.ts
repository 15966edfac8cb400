import { z } from '../../zod.ts';
import {
  type CallSpec,
  id,
  url,
  scopeList,
  audienceList,
  shortname,
  displayName,
  nothing,
  clauseRequest,
  rotationSchema,
} from './fields.ts';

/** What to ask the mytoken server for. `tokenName` at most 80 characters: longer ones fail at the server. */
export const wishSchema = z.strictObject({
  tokenName: z.string().trim().min(1).max(80),
  capabilities: z.array(z.string().min(1).max(100)).max(60),
  restrictions: z.array(clauseRequest).max(20),
  rotation: rotationSchema.nullable(),
  include: z.array(z.string().max(256)).max(10).optional(),
});

const providerSchema = z.object({
  issuer: z.string(),
  name: z.string().nullable(),
  scopes: z.array(z.string()),
  federated: z.boolean(),
});
export type ProviderView = z.infer<typeof providerSchema>;

export const instanceViewSchema = z.object({
  issuer: z.string(),
  version: z.string(),
  providers: z.array(providerSchema),
  documentation: z.string().nullable(),
  clockSkewMs: z.number().nullable(),
  restrictionKeys: z.array(z.string()).nullable(),
});
export type InstanceView = z.infer<typeof instanceViewSchema>;

const templateSchema = z.object({
  id: z.string(),
  group: z.string(),
  name: z.string(),
  payload: z.unknown(),
});
export type TemplateView = z.infer<typeof templateSchema>;

/**
 * A mytoken found in the environment of a running program, or in a `file` where tools leave them. `ref` names it; the token itself stays in
 * main.
 */
const candidateSchema = z.object({
  ref: z.string(),
  pid: z.number().nullable(),
  program: z.string(),
  variable: z.string(),
  /** Null: it was in the environment itself. */
  file: z.string().nullable(),
  instanceUrl: z.string(),
  tokenName: z.string().nullable(),
  expiresAtMs: z.number().nullable(),
});
export type ImportCandidate = z.infer<typeof candidateSchema>;

const importSource = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('paste'),
    text: z.string().min(1).max(65_536),
    /** Needed for short tokens only; a JWT names its server. */
    instanceUrl: url.optional(),
  }),
  /** Main shows the file dialog. */
  z.strictObject({ kind: z.literal('file'), instanceUrl: url.optional() }),
  z.strictObject({
    kind: z.literal('transfer-code'),
    code: z.string().trim().min(4).max(31),
    instanceUrl: url,
  }),
  z.strictObject({ kind: z.literal('environment'), ref: z.string().max(200) }),
]);
export type ImportSource = z.infer<typeof importSource>;

const tokenWish = z.strictObject({
  accountId: id,
  scope: scopeList.optional(),
  audience: audienceList.optional(),
  fresh: z.boolean().optional(),
});

/** Servers, logins, accounts and their access tokens. */
export const accountCalls = {
  'instances:check': {
    args: z.strictObject({ url, refresh: z.boolean().optional() }),
    result: instanceViewSchema,
    roles: ['main'],
  },
  /** Server profiles and templates of all groups; empty when the server has none. */
  'instances:templates': {
    args: z.strictObject({ url, kind: z.enum(['profiles', 'capabilities', 'restrictions', 'rotation']) }),
    result: z.array(templateSchema),
    roles: ['main'],
  },
  'login:start': {
    args: z.strictObject({
      instanceUrl: url,
      oidcIssuer: url,
      /** May be left out when renewing: then the account's former wish. */
      wish: wishSchema.optional(),
      shortname: shortname.optional(),
      displayName: displayName.optional(),
      /** Scopes used when a request names none; empty: whatever the mytoken gives. */
      defaultScopes: scopeList.optional(),
      /** Renew this account's mytoken in place. */
      renewsAccountId: id.optional(),
    }),
    result: z.object({ flowId: z.string() }),
    roles: ['main'],
  },
  'login:cancel': { args: z.strictObject({ flowId: id }), result: nothing, roles: ['main'] },
  'login:open-again': { args: z.strictObject({ flowId: id }), result: nothing, roles: ['main'] },
  'login:copy-link': { args: z.strictObject({ flowId: id }), result: nothing, roles: ['main'] },
  /** Takes a finished or failed login off the screen. */
  'login:dismiss': { args: z.strictObject({ flowId: id }), result: nothing, roles: ['main'] },
  'accounts:import-candidates': { args: nothing, result: z.array(candidateSchema), roles: ['main'] },
  /** `null` when the user closed the file dialog. */
  'accounts:import': {
    args: z.strictObject({
      source: importSource,
      shortname: shortname.optional(),
      displayName: displayName.optional(),
    }),
    result: z.object({ accountId: z.string(), warnings: z.array(z.string()) }).nullable(),
    roles: ['main'],
  },
  'accounts:edit': {
    args: z.strictObject({
      accountId: id,
      shortname: shortname.optional(),
      displayName: displayName.optional(),
      defaultScopes: scopeList.optional(),
      defaultAudience: audienceList.optional(),
    }),
    result: nothing,
    roles: ['main'],
  },
  'accounts:reorder': {
    args: z.strictObject({ accountIds: z.array(id).max(10_000) }),
    result: nothing,
    roles: ['main'],
  },
  'accounts:set-default': { args: z.strictObject({ accountId: id }), result: nothing, roles: ['main'] },
  /** `revoke` fails with the server's error and leaves the account; `local-only` never asks the server. */
  'accounts:remove': {
    args: z.strictObject({ accountId: id, mode: z.enum(['revoke', 'local-only']) }),
    result: nothing,
    roles: ['main'],
  },
  /** Asks the server whether an uncertain mytoken still lives. */
  'accounts:check': {
    args: z.strictObject({ accountId: id }),
    result: z.enum(['alive', 'dead']),
    roles: ['main'],
  },
  'tokens:copy': {
    args: tokenWish,
    result: z.object({ tokenExpiresAtMs: z.number(), clearsAtMs: z.number() }),
    roles: ['main'],
  },
  'tokens:reveal': {
    args: tokenWish,
    result: z.object({
      accessToken: z.string(),
      expiresAtMs: z.number(),
      scope: z.array(z.string()),
      audience: z.array(z.string()),
      /** Claims when the access token is a JWT; unverified, for reading only. */
      claims: z.record(z.string(), z.unknown()).nullable(),
    }),
    roles: ['main'],
    secretResult: true,
  },
} as const satisfies Record<string, CallSpec>;
