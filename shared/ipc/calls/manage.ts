import { z } from '../../zod.ts';
import type { ErrorEnvelope } from '../../errors.ts';
import type { Clause, MytokenWish, Rotation } from '../../model/mytoken.ts';
import { type Operation, operations } from '../../model/operations.ts';
import { type CallSpec, id, isObject, url } from './fields.ts';

const capability = z.string().min(1).max(100);
const momId = z.string().min(1).max(2048);
const problem = z.custom<ErrorEnvelope>(isObject);

/** How often one clause was used already; null where the server counts nothing. */
const clauseUse = z.object({ AT: z.number().nullable(), other: z.number().nullable() });

const reportClaims = z.object({
  instanceUrl: z.string(),
  oidcIssuer: z.string(),
  oidcSubject: z.string(),
  name: z.string(),
  capabilities: z.array(z.string()),
  restrictions: z.array(z.custom<Clause>(isObject)),
  rotation: z.custom<Rotation>(isObject).nullable(),
  issuedAtMs: z.number(),
  notBeforeMs: z.number(),
  /** When it stops working for good; null for never. */
  expiresAtMs: z.number().nullable(),
  loggedInAtMs: z.number().nullable(),
  /** Counts up with each rotation. */
  sequence: z.number(),
  version: z.string().nullable(),
});

/**
 * What is known of a mytoken. `server`:
 * - `valid`: it answered, `claims` and `uses` are its word
 * - `valid-untold`: it accepts the mytoken but tells nothing, for lack of `tokeninfo:introspect`
 * - `refused`: it does not accept the mytoken, `problem` says why
 * - `no-answer`: it could not be asked, `problem` says why
 * - `not-asked`: asking might do harm (an outdated copy of a mytoken with `auto_revoke`)
 */
const reportSchema = z.object({
  kind: z.enum(['jwt', 'short']),
  momId: z.string().nullable(),
  /** Null for a short token whose server told nothing. */
  claims: reportClaims.nullable(),
  uses: z.array(clauseUse),
  /** `none`: short tokens carry no signature. `unknown`: the server's keys could not be had. */
  signature: z.enum(['valid', 'invalid', 'unknown', 'none']),
  server: z.enum(['valid', 'valid-untold', 'refused', 'no-answer', 'not-asked']),
  problem: problem.nullable(),
  checkedAtMs: z.number(),
});
export type MytokenReport = z.infer<typeof reportSchema>;

/** A mytoken that belongs to no account (yet). It stays in main under `inspectId` for ten minutes. */
const inspectedSchema = z.object({
  inspectId: z.string(),
  report: reportSchema,
  /** Its server revokes the whole family when it is shown an outdated copy, so asking takes somebody’s word. */
  atRisk: z.boolean(),
  /** The account that holds this very mytoken. */
  accountId: z.string().nullable(),
});
export type InspectedView = z.infer<typeof inspectedSchema>;

const historyEvent = z.object({
  event: z.string(),
  atMs: z.number(),
  comment: z.string().nullable(),
  ip: z.string().nullable(),
  userAgent: z.string().nullable(),
  momId: z.string().nullable(),
});
export type HistoryEventView = z.infer<typeof historyEvent>;

/** A mytoken in its family: parents come before their children, siblings in the server's order. */
const treeNode = z.object({
  momId: z.string(),
  name: z.string(),
  createdAtMs: z.number(),
  expiresAtMs: z.number().nullable(),
  ip: z.string().nullable(),
  depth: z.number(),
});
export type TreeNodeView = z.infer<typeof treeNode>;

/** Looking at mytokens and ending them: what the server tells about an account's and its family. */
export const manageCalls = {
  'manage:inspect': { args: z.strictObject({ accountId: id }), result: reportSchema, roles: ['main'] },
  /** Newest first. `own`: the account's mytoken; `family`: and those made from it; `one`: any other of the user. */
  'manage:history': {
    args: z.strictObject({
      accountId: id,
      of: z.discriminatedUnion('kind', [
        z.strictObject({ kind: z.literal('own') }),
        z.strictObject({ kind: z.literal('family') }),
        z.strictObject({ kind: z.literal('one'), momId, derived: z.boolean() }),
      ]),
    }),
    result: z.array(historyEvent),
    roles: ['main'],
  },
  /** `derived`: the account's mytoken and those made from it. `all`: all mytokens of the user. */
  'manage:tree': {
    args: z.strictObject({ accountId: id, scope: z.enum(['derived', 'all']) }),
    result: z.array(treeNode),
    roles: ['main'],
  },
  /**
   * Revokes one after the other and stops at the first that fails: `done` of them are revoked. Afterwards main asks for
   * each of `check` (accounts) whether their mytokens still live.
   */
  'manage:revoke': {
    args: z.strictObject({
      accountId: id,
      derived: z.boolean(),
      steps: z.array(z.strictObject({ momId, recursive: z.boolean() })).max(25),
      check: z.array(id).max(1000),
    }),
    result: z.object({ done: z.number(), problem: problem.nullable() }),
    roles: ['main'],
  },
  /** Main shows the save dialog; `null` when it was closed. */
  'manage:export-history': {
    args: z.strictObject({ format: z.enum(['csv', 'json']), events: z.array(historyEvent).max(200_000) }),
    result: z.object({ path: z.string() }).nullable(),
    roles: ['main'],
  },
  /** A code for the account's own mytoken; kept in main under `resultId` as composed mytokens are. */
  'manage:transfer-code': {
    args: z.strictObject({ accountId: id }),
    result: z.object({ resultId: z.string(), expiresAtMs: z.number().nullable(), instanceUrl: z.string() }),
    roles: ['main'],
  },
  'manage:inspect-text': {
    args: z.strictObject({ text: z.string().min(1).max(65_536), instanceUrl: url.optional() }),
    result: inspectedSchema,
    roles: ['main'],
  },
  /** Main shows the file dialog; `null` when it was closed. */
  'manage:inspect-file': {
    args: z.strictObject({ instanceUrl: url.optional() }),
    result: inspectedSchema.nullable(),
    roles: ['main'],
  },
  /** Asks the server although it may do harm (`atRisk`). */
  'manage:inspect-ask': {
    args: z.strictObject({ inspectId: id }),
    result: inspectedSchema,
    roles: ['main'],
  },
  'manage:inspect-import': {
    args: z.strictObject({ inspectId: id }),
    result: z.object({ accountId: z.string(), warnings: z.array(z.string()) }),
    roles: ['main'],
  },
  /** What the account will ask for when it logs in with one capability more. */
  'manage:wider-wish': {
    args: z.strictObject({ accountId: id, capability }),
    result: z.custom<MytokenWish>(isObject),
    roles: ['main'],
  },
  /** Starts that login; it renews the mytoken of the account. */
  'manage:widen': {
    args: z.strictObject({ accountId: id, capability }),
    result: z.object({ flowId: z.string() }),
    roles: ['main'],
  },
  /** Other accounts of the same user whose mytokens may do it. */
  'manage:stand-ins': {
    args: z.strictObject({
      accountId: id,
      operation: z.enum(operations as readonly [Operation, ...Operation[]]),
    }),
    result: z.array(z.string()),
    roles: ['main'],
  },
} as const satisfies Record<string, CallSpec>;
