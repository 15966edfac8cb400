import { z } from 'zod';
import { shortnamePattern } from '../model/account.ts';
import type { ErrorEnvelope } from '../errors.ts';
import type { Clause, Rotation } from '../model/mytoken.ts';
import { type ApprovalView, grantDurations } from '../model/approval.ts';
import type { AppState, LoginDifference, PlatformView } from '../model/state.ts';
import { responseTypes } from '../model/sub-mytoken.ts';
import { templateKinds } from '../model/templates.ts';
import { settingsPatchSchema } from '../model/settings.ts';
import type { Channel } from './channels.ts';

/** Which windows exist; each call names those that may make it. */
export type WindowRole = 'main' | 'approval';

interface CallSpec {
  readonly args: z.ZodType;
  readonly result: z.ZodType;
  readonly roles: readonly WindowRole[];
  /** Only the few calls whose purpose is to hand over a secret may carry one. */
  readonly secretResult?: true;
}

const id = z.string().min(1).max(64);
const url = z.string().min(1).max(2048);
const scopeList = z
  .array(
    z
      .string()
      .regex(/^[\x21\x23-\x5B\x5D-\x7E]+$/)
      .max(256),
  )
  .max(100);
const audienceList = z.array(z.string().regex(/^\S+$/).max(512)).max(50);
const shortname = z.string().regex(shortnamePattern);
const displayName = z.string().trim().min(1).max(80);
const nothing = z.null();

const clauseRequest = z.strictObject({
  nbf: z.union([z.number(), z.string().max(40)]).optional(),
  exp: z.union([z.number(), z.string().max(40)]).optional(),
  scope: z.string().max(4096).optional(),
  audience: z.array(z.string().max(512)).max(50).optional(),
  hosts: z.array(z.string().max(256)).max(50).optional(),
  geoip_allow: z.array(z.string().length(2)).max(250).optional(),
  geoip_disallow: z.array(z.string().length(2)).max(250).optional(),
  usages_AT: z.int().min(0).optional(),
  usages_other: z.int().min(0).optional(),
  include: z.union([z.string().max(256), z.array(z.string().max(256)).max(20)]).optional(),
});

const rotationSchema = z.strictObject({
  on_AT: z.boolean().optional(),
  on_other: z.boolean().optional(),
  lifetime: z.int().min(1).optional(),
  auto_revoke: z.boolean().optional(),
});

/** What a mytoken made from an account's shall be; `shared/model/sub-mytoken.ts` says what is possible. */
const subMytokenWish = z.strictObject({
  name: z.string().max(200),
  capabilities: z.array(z.string().min(1).max(100)).max(60),
  restrictions: z.array(clauseRequest).max(20),
  rotation: rotationSchema.nullable(),
  responseType: z.enum(responseTypes),
});

/** The new mytoken without its string. */
const mintedSchema = z.object({
  resultId: z.string(),
  kind: z.enum(responseTypes),
  name: z.string(),
  momId: z.string().nullable(),
  expiresAtMs: z.number().nullable(),
  capabilities: z.array(z.string()),
  restrictions: z.array(z.custom<Clause>(isObject)),
  rotation: z.custom<Rotation>(isObject).nullable(),
  differences: z.array(z.custom<LoginDifference>(isObject)),
  instanceUrl: z.string(),
  accessUrl: z.string(),
  mytokenUrl: z.string(),
});
export type MintedView = z.infer<typeof mintedSchema>;

const localProfile = z.object({
  id: z.string(),
  kind: z.enum(templateKinds),
  name: z.string(),
  payload: z.unknown(),
});

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

/** A mytoken found in the environment of a running program. `ref` names it; the token itself stays in main. */
const candidateSchema = z.object({
  ref: z.string(),
  pid: z.number().nullable(),
  program: z.string(),
  variable: z.string(),
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

const clientResult = z.object({ clientId: z.string(), key: z.string() });

/** Links the app may open in the browser; windows name them, they never pass URLs. */
export const helpLinks = [
  'documentation',
  'mytoken-docs',
  'appindicator',
  'keyring-help',
  'instance-docs',
] as const;

export const contract = {
  'state:get': { args: nothing, result: z.custom<AppState>(isObject), roles: ['main'] },
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
  /** Makes a mytoken from the account's. Its string stays in main under `resultId` for ten minutes. */
  'compose:issue': {
    args: z.strictObject({ accountId: id, wish: subMytokenWish }),
    result: mintedSchema,
    roles: ['main'],
  },
  /** Works once. */
  'compose:reveal': {
    args: z.strictObject({ resultId: id }),
    result: z.object({ mytoken: z.string() }),
    roles: ['main'],
    secretResult: true,
  },
  'compose:copy': {
    args: z.strictObject({ resultId: id, form: z.enum(['value', 'environment']) }),
    result: z.object({ clearsAtMs: z.number() }),
    roles: ['main'],
  },
  /** Main shows the file dialog; `null` when it was closed. The file is readable by the user alone. */
  'compose:save': {
    args: z.strictObject({ resultId: id }),
    result: z.object({ path: z.string() }).nullable(),
    roles: ['main'],
  },
  'compose:revoke': { args: z.strictObject({ resultId: id }), result: nothing, roles: ['main'] },
  'compose:dismiss': { args: z.strictObject({ resultId: id }), result: nothing, roles: ['main'] },
  'profiles:list': { args: nothing, result: z.array(localProfile), roles: ['main'] },
  'profiles:save': {
    args: z.strictObject({
      name: z.string().trim().min(1).max(80),
      payload: z.record(z.string(), z.unknown()),
    }),
    result: localProfile,
    roles: ['main'],
  },
  'profiles:remove': { args: z.strictObject({ profileId: id }), result: nothing, roles: ['main'] },
  /** Main shows the file dialog; names of what was read, `null` when it was closed. */
  'profiles:import': {
    args: nothing,
    result: z.object({ imported: z.array(z.string()) }).nullable(),
    roles: ['main'],
  },
  'clipboard:clear': { args: nothing, result: nothing, roles: ['main'] },
  /** The key is shown once and stored hashed. */
  'clients:create': {
    args: z.strictObject({
      name: z.string().trim().min(1).max(80),
      accountIds: z.array(id).max(1000).nullable(),
      expiresInDays: z.int().min(1).max(3650).nullable(),
    }),
    result: clientResult,
    roles: ['main'],
    secretResult: true,
  },
  'clients:revoke': { args: z.strictObject({ clientId: id }), result: nothing, roles: ['main'] },
  'clients:rotate': {
    args: z.strictObject({ clientId: id }),
    result: clientResult,
    roles: ['main'],
    secretResult: true,
  },
  'settings:update': { args: settingsPatchSchema, result: nothing, roles: ['main'] },
  /** Main shows the file dialog and checks that the file holds certificates; `null` when it was closed. */
  'settings:add-ca-file': {
    args: nothing,
    result: z.object({ path: z.string(), certificates: z.number() }).nullable(),
    roles: ['main'],
  },
  'storage:retry': { args: nothing, result: nothing, roles: ['main'] },
  'storage:use-session': { args: nothing, result: nothing, roles: ['main'] },
  'storage:reset': { args: nothing, result: nothing, roles: ['main'] },
  'grants:revoke': { args: z.strictObject({ grantId: id }), result: nothing, roles: ['main'] },
  /** Takes off the lock that a client put on the socket. */
  'agent:unlock': { args: nothing, result: nothing, roles: ['main'] },
  /** Brings the approval window to the front. */
  'approval:show': { args: nothing, result: nothing, roles: ['main'] },
  'approval:get': {
    args: nothing,
    result: z.object({
      approval: z.custom<ApprovalView>(isObject).nullable(),
      platform: z.custom<PlatformView>(isObject),
    }),
    roles: ['approval'],
  },
  'approval:decide': {
    args: z.strictObject({
      id,
      contentHash: z.string().max(64),
      decision: z.enum(['allow', 'deny', 'deny-all', 'block']),
      grant: z.enum(grantDurations),
      narrowed: subMytokenWish.optional(),
    }),
    result: nothing,
    roles: ['approval'],
  },
  'help:open': {
    args: z.strictObject({ link: z.enum(helpLinks), accountId: id.optional() }),
    result: nothing,
    roles: ['main'],
  },
  /** The page has drawn its first frame. */
  'window:ready': { args: nothing, result: nothing, roles: ['main'] },
} as const satisfies Record<Channel, CallSpec>;

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null;
}

export type CallArgs<C extends Channel> = z.input<(typeof contract)[C]['args']>;
export type CallResult<C extends Channel> = z.output<(typeof contract)[C]['result']>;

/** Where a notification, the tray or a second start of the app wants the window to go. */
export type NavigationTarget =
  | { readonly page: 'accounts' }
  | { readonly page: 'account'; readonly accountId: string }
  | { readonly page: 'add-account' }
  | { readonly page: 'compose'; readonly accountId: string }
  | { readonly page: 'settings' };

/** What `ipcRenderer.invoke` answers: errors cross as data. */
export type CallReply =
  { readonly ok: true; readonly result: unknown } | { readonly ok: false; readonly error: ErrorEnvelope };
