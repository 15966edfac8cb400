import { z } from '../../shared/zod.ts';
import { shortnamePattern } from '../../shared/model/account.ts';
import type { Clause, ClauseRequest, MytokenWish, Rotation } from '../../shared/model/mytoken.ts';
import { shortnameKey, uniqueShortname } from './shortnames.ts';
import type { AccountRecord } from './types.ts';

const text = (maxLength: number) => z.string().max(maxLength);
const texts = z.array(text(2048)).max(10_000);
const seconds = z.number().min(0).max(Number.MAX_SAFE_INTEGER);
const timeMs = z.number().min(0).max(8.64e15);
const time = z.union([seconds, text(64)]).optional();

const clauseFields = {
  scope: text(16_384).optional(),
  audience: texts.optional(),
  hosts: texts.optional(),
  geoip_allow: texts.optional(),
  geoip_disallow: texts.optional(),
  usages_AT: z.number().optional(),
  usages_other: z.number().optional(),
};

const clauseSchema = z.object({
  nbf: seconds.optional(),
  exp: seconds.optional(),
  ...clauseFields,
}) satisfies z.ZodType<Clause>;

const clauseRequestSchema = z.object({
  nbf: time,
  exp: time,
  ...clauseFields,
  include: z.union([text(1024), z.array(text(256)).max(100)]).optional(),
}) satisfies z.ZodType<ClauseRequest>;

const rotationSchema = z.object({
  on_AT: z.boolean().optional(),
  on_other: z.boolean().optional(),
  lifetime: seconds.optional(),
  auto_revoke: z.boolean().optional(),
}) satisfies z.ZodType<Rotation>;

const wishSchema = z.object({
  tokenName: text(1024),
  capabilities: texts,
  restrictions: z.array(clauseRequestSchema).max(1000),
  rotation: rotationSchema.nullable(),
  include: z.array(text(256)).max(100).optional(),
}) satisfies z.ZodType<MytokenWish>;

/** What the broker could not do without is checked closely; a mytoken must never go to an address that is none. */
const recordSchema = z.object({
  id: z.string().regex(/^[\w-]{1,64}$/),
  shortname: z.string().regex(shortnamePattern),
  displayName: text(1000),
  instanceUrl: z.url({ protocol: /^https?$/ }).max(2048),
  oidcIssuer: z.string().min(1).max(2048),
  providerName: text(1000).nullable(),
  providerScopes: texts,
  tokenName: text(1000),
  tokenKind: z.enum(['jwt', 'short']),
  momId: z.string().min(1).max(2048),
  oidcSubject: z.string().min(1).max(2048),
  capabilities: texts,
  restrictions: z.array(clauseSchema).max(1000),
  rotation: rotationSchema.nullable(),
  defaultScopes: texts,
  defaultAudience: texts,
  wish: wishSchema.nullable(),
  createdAtMs: timeMs,
  issuedAtMs: timeMs,
  lastUsedAtMs: timeMs.nullable(),
  expiresAtMs: timeMs.nullable(),
  // A server that could not be reached yesterday says nothing about today.
  status: z
    .enum(['ok', 'login-needed', 'uncertain', 'unreachable'])
    .transform((status) => (status === 'unreachable' ? 'ok' : status)),
  problem: z.object({ code: text(100), atMs: timeMs }).nullable(),
}) satisfies z.ZodType<AccountRecord>;

/** Something stored that cannot be used. It stays in the file, apart from the accounts, until a person looked at it. */
export interface DamagedEntry {
  readonly foundAtMs: number | null;
  /** What is wrong with it: names of fields or one word, never their content. */
  readonly reason: string;
  /** Exactly what was found. */
  readonly entry: unknown;
}

export interface StoredAccounts {
  readonly accounts: readonly AccountRecord[];
  readonly defaultAccountId: string | null;
  /** All that was ever put aside, what is new at the end. */
  readonly damaged: readonly DamagedEntry[];
  /** How many of them were found just now: worth a copy of the file and a word to the user. */
  readonly newlyDamaged: number;
}

const documentSchema = z.object({
  accounts: z.array(z.unknown()),
  defaultAccountId: z.unknown().optional(),
  damaged: z.unknown().optional(),
});

const damagedSchema = z.object({
  foundAtMs: timeMs.nullable(),
  reason: text(1000),
  entry: z.unknown(),
});

/** The document as written; nothing in it is a secret. */
export interface AccountsDocument {
  readonly version: 1;
  readonly accounts: readonly AccountRecord[];
  readonly defaultAccountId: string | null;
  readonly damaged: readonly DamagedEntry[];
}

/**
 * Account records out of stored JSON, which a person, a crash or another version may have changed. What cannot be used is
 * put aside in `damaged` and must be written back with the next save (see {@link accountsDocument}): the vault may still
 * hold its mytoken. Of two entries with one short name the later gets a new name, for both can be used.
 * @param raw whatever was loaded; undefined when there is nothing yet.
 * @param nowMs recorded as the time of the find.
 */
export function parseStoredAccounts(raw: unknown, nowMs: number | null = null): StoredAccounts {
  if (raw === undefined || raw === null) {
    return { accounts: [], defaultAccountId: null, damaged: [], newlyDamaged: 0 };
  }
  const found: DamagedEntry[] = [];
  const putAside = (reason: string, entry: unknown): void => {
    found.push({ foundAtMs: nowMs, reason, entry });
  };

  const document = documentSchema.safeParse(raw);
  const { accounts: entries = [], defaultAccountId, damaged } = document.data ?? {};
  if (!document.success) putAside('document', raw);

  const earlier: DamagedEntry[] = [];
  for (const entry of Array.isArray(damaged) ? (damaged as unknown[]) : []) {
    const parsed = damagedSchema.safeParse(entry);
    if (parsed.success) earlier.push(parsed.data);
    else putAside('damaged', entry);
  }

  const accounts: AccountRecord[] = [];
  const ids = new Set<string>();
  const names = new Set<string>();
  for (const entry of entries) {
    const parsed = recordSchema.safeParse(entry);
    if (!parsed.success) {
      putAside(faultyFields(parsed.error), entry);
      continue;
    }
    if (ids.has(parsed.data.id)) {
      putAside('id-taken', entry);
      continue;
    }
    const shortname = uniqueShortname(parsed.data.shortname, (name) => names.has(shortnameKey(name)));
    ids.add(parsed.data.id);
    names.add(shortnameKey(shortname));
    accounts.push({ ...parsed.data, shortname });
  }
  return {
    accounts,
    defaultAccountId:
      typeof defaultAccountId === 'string' && ids.has(defaultAccountId) ? defaultAccountId : null,
    damaged: [...earlier, ...found],
    newlyDamaged: found.length,
  };
}

/** What to write: the accounts, and everything put aside so far. */
export function accountsDocument(
  data: { readonly accounts: readonly AccountRecord[]; readonly defaultAccountId: string | null },
  damaged: readonly DamagedEntry[],
): AccountsDocument {
  const { accounts, defaultAccountId } = data;
  return { version: 1, accounts, defaultAccountId, damaged };
}

function faultyFields(error: z.ZodError): string {
  const fields = error.issues.map((issue) => issue.path.map(String).join('.') || 'entry');
  return [...new Set(fields)].slice(0, 10).join(' ');
}
