import { z } from '../../../shared/zod.ts';
import { shortnamePattern } from '../../../shared/model/account.ts';
import { refusal, type Refusal } from './problems.ts';

/** RFC 6749, 3.3: printable ASCII without blank, quote and backslash. */
const scopeToken = /^[\x21\x23-\x5B\x5D-\x7E]{1,256}$/;
/** Anything printable without blanks: several audiences travel separated by blanks. */
const audienceToken = /^[^\s\x00-\x1f\x7f]{1,2048}$/;
const mostTokens = 100;

function words(token: RegExp): z.ZodType<readonly string[]> {
  const list = z.array(z.string().regex(token)).min(1).max(mostTokens);
  return z.union([
    z
      .string()
      .max(16_384)
      .transform((text) => text.split(' ').filter((word) => word !== ''))
      .pipe(list),
    list,
  ]);
}

const accessTokenSchema = z.strictObject({
  account: z.string().regex(shortnamePattern).optional(),
  issuer: z.string().min(1).max(2048).optional(),
  scope: words(scopeToken).optional(),
  audience: words(audienceToken).optional(),
  min_valid_seconds: z.int().min(0).max(86_400).optional(),
  fresh: z.boolean().optional(),
  application: z.string().max(256).optional(),
});

const challengeSchema = z.strictObject({
  nonce: z.string().regex(/^[A-Za-z0-9_-]{16,128}$/),
  key_hint: z.string().regex(/^mtd_[A-Za-z0-9_-]{6}$/),
});

const pairSchema = z.strictObject({
  label: z
    .string()
    .max(80)
    .refine((label) => plainName(label) !== ''),
});
const pairKeySchema = z.strictObject({ pairing: z.string().regex(/^[A-Za-z0-9_-]{22}$/) });

export type AccessTokenRequest = z.output<typeof accessTokenSchema>;
export type ChallengeRequest = z.output<typeof challengeSchema>;

/** What a field must be, said in the error; a wrong value itself is never repeated. */
const expected: Readonly<Record<string, string>> = {
  account: 'the short name of an account',
  issuer: 'the URL of an OpenID provider',
  scope: 'one or more scopes, as a text separated by blanks or as a list',
  audience: 'one or more audiences, as a text separated by blanks or as a list',
  min_valid_seconds: 'a whole number of seconds from 0 to 86400',
  fresh: 'true or false',
  application: 'a text of at most 256 characters',
  nonce: '16 to 128 characters out of A-Z, a-z, 0-9, "-" and "_"',
  key_hint: 'the first ten characters of the client key',
  profile: 'the name of a profile, or an object with its content',
  name: 'a text of 1 to 89 characters',
  capabilities: 'a list of one or more capabilities',
  restrictions: 'a list of restriction clauses with the members of the mytoken protocol',
  rotation: 'an object with on_AT, on_other, lifetime and auto_revoke',
  response_type: 'token, short_token or transfer_code',
  label: 'a text of 1 to 80 characters that shows something',
  pairing: 'the id that the answer to the pairing request had',
};

const notAnObject = refusal('agent/invalid-request', 'The body must be a JSON object.');

export type Parsed<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly refusal: Refusal };

/** Checks a body against a schema; the error names the field and what it must be, never what was sent. */
export function parseWith<T>(schema: z.ZodType<T>, value: unknown): Parsed<T> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return { ok: false, refusal: notAnObject };
  }
  const result = schema.safeParse(value);
  if (result.success) return { ok: true, value: result.data };
  return { ok: false, refusal: describe(result.error) };
}

function describe(error: z.ZodError): Refusal {
  for (const issue of error.issues) {
    const field = String(issue.path[0] ?? '');
    const hint = expected[field];
    if (hint !== undefined) {
      return refusal('agent/invalid-request', `"${field}" must be ${hint}.`, { field });
    }
    if (issue.code === 'unrecognized_keys') {
      const name = issue.keys[0] ?? '';
      const printable = /^[\w.-]{1,64}$/.test(name);
      return printable
        ? refusal('agent/invalid-request', `The field "${name}" is not known.`, { field: name })
        : refusal('agent/invalid-request', 'The body has a field that is not known.');
    }
  }
  return notAnObject;
}

/** The body of `POST /v1/access-token`. Unknown fields are refused: a misspelt `scope` must not yield all scopes. */
export function parseAccessTokenRequest(value: unknown): Parsed<AccessTokenRequest> {
  return parseWith(accessTokenSchema, value);
}

export function parseChallengeRequest(value: unknown): Parsed<ChallengeRequest> {
  return parseWith(challengeSchema, value);
}

export function parsePairRequest(value: unknown): Parsed<z.output<typeof pairSchema>> {
  return parseWith(pairSchema, value);
}

export function parsePairKeyRequest(value: unknown): Parsed<z.output<typeof pairKeySchema>> {
  return parseWith(pairKeySchema, value);
}

// Controls, and all format characters: bidi overrides and zero-width characters disguise names.
const disguises = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Cn}\p{Cs}]/gu;

const longestName = 64;

/** A name a program gave itself, safe to show and to store: NFC, one line, at most 64 characters as people count them. */
export function plainName(name: string): string {
  const visible = name.normalize('NFC').replace(disguises, '').replace(/\s+/gu, ' ').trim();
  if (visible.length <= longestName) return visible;
  const characters = new Intl.Segmenter('en', { granularity: 'grapheme' }).segment(visible.slice(0, 1024));
  return Array.from(characters, ({ segment }) => segment)
    .slice(0, longestName)
    .join('');
}
