import { z } from '../../shared/zod.ts';
import { plainText } from '../../shared/model/untrusted-text.ts';
import type { Clause, Rotation } from '../../shared/model/mytoken.ts';
import type { MytokenClaims } from './types.ts';

/**
 * Shapes of what mytoken servers send (mytoken protocol, "TypeScript types"). Unknown fields are dropped, `null` lists
 * are empty (Go encodes empty slices so), and text for people is cleaned.
 */

const maxName = 200;
const maxIdentifier = 2048;
/** Members of one list beyond which an answer is not believed. */
const maxItems = 100_000;

/** Text that is only ever shown. */
const shown = (maxLength: number) => z.string().transform((text) => plainText(text, maxLength));
const optional = <T extends z.ZodType>(schema: T) =>
  schema.nullish().transform((value) => value ?? undefined);
const list = <T extends z.ZodType>(item: T) =>
  z
    .array(item)
    .max(maxItems)
    .nullish()
    .transform((items) => items ?? []);
const optionalList = <T extends z.ZodType>(item: T) => optional(z.array(item).max(1000));

const identifier = z.string().min(1).max(maxIdentifier);
const seconds = z.number().min(0).max(Number.MAX_SAFE_INTEGER);

export const clauseSchema = z.object({
  nbf: optional(seconds),
  exp: optional(seconds),
  scope: optional(shown(8192)),
  audience: optionalList(shown(maxIdentifier)),
  hosts: optionalList(shown(maxIdentifier)),
  geoip_allow: optionalList(shown(16)),
  geoip_disallow: optionalList(shown(16)),
  usages_AT: optional(z.number()),
  usages_other: optional(z.number()),
}) satisfies z.ZodType<Clause>;

export const rotationSchema = z.object({
  on_AT: optional(z.boolean()),
  on_other: optional(z.boolean()),
  lifetime: optional(seconds),
  auto_revoke: optional(z.boolean()),
}) satisfies z.ZodType<Rotation>;

export const claimsSchema = z.object({
  ver: optional(shown(32)),
  token_type: z.literal('mytoken'),
  iss: identifier,
  sub: identifier,
  aud: z.union([identifier, z.tuple([identifier]).transform(([only]) => only)]),
  exp: optional(seconds),
  nbf: seconds,
  iat: seconds,
  auth_time: optional(seconds),
  jti: identifier,
  seq_no: z.number(),
  name: optional(shown(maxName)),
  oidc_sub: identifier,
  oidc_iss: identifier,
  restrictions: optional(list(clauseSchema)),
  capabilities: list(shown(maxName)),
  rotation: optional(rotationSchema),
}) satisfies z.ZodType<MytokenClaims>;

const mytokenAnswerFields = {
  mytoken: optional(z.string().max(65_536)),
  mytoken_type: optional(shown(32)),
  transfer_code: optional(z.string().max(256)),
  mom_id: optional(identifier),
  expires_in: optional(seconds),
  restrictions: list(clauseSchema),
  capabilities: list(shown(maxName)),
  rotation: optional(rotationSchema),
};

/** MytokenResponse; its own `token_update` is read apart, see {@link updateSchema}. */
export const mytokenAnswerSchema = z.object(mytokenAnswerFields);
export type MytokenAnswer = z.output<typeof mytokenAnswerSchema>;

export const updateSchema = z.object({ token_update: optional(mytokenAnswerSchema) });

export const discoverySchema = z.object({
  issuer: identifier,
  mytoken_endpoint: identifier,
  access_token_endpoint: identifier,
  jwks_uri: identifier,
  tokeninfo_endpoint: optional(identifier),
  revocation_endpoint: optional(identifier),
  token_transfer_endpoint: optional(identifier),
  profiles_endpoint: optional(identifier),
  usersettings_endpoint: optional(identifier),
  notifications_endpoint: optional(identifier),
  // One odd entry among hundreds of federated providers must not hide the others: each is checked by itself.
  providers_supported: list(z.unknown()),
  token_signing_alg_value: optional(shown(32)),
  mytoken_endpoint_grant_types_supported: list(shown(64)),
  response_types_supported: list(shown(64)),
  restriction_claims_supported: optionalList(shown(64)),
  /** Name of the field above before server 0.5. */
  supported_restriction_keys: optionalList(shown(64)),
  service_documentation: optional(identifier),
  version: optional(shown(64)),
});

export const providerSchema = z.object({
  issuer: identifier,
  name: optional(shown(maxName)),
  scopes_supported: list(z.string().max(256)),
  oidc_fed: optional(z.boolean()),
  /** Spelling since api 0.11. */
  oidfed: optional(z.boolean()),
});

export const jwksSchema = z.object({
  keys: z
    .array(
      z.object({
        kty: z.enum(['EC', 'RSA', 'OKP']),
        crv: z.string().optional(),
        x: z.string().optional(),
        y: z.string().optional(),
        n: z.string().optional(),
        e: z.string().optional(),
        alg: z.string().optional(),
        use: z.string().optional(),
      }),
    )
    .max(32),
});
export type PublicJwk = z.output<typeof jwksSchema>['keys'][number];

export const loginAnswerSchema = z.object({
  consent_uri: identifier,
  polling_code: optional(z.string().min(1).max(1024)),
  expires_in: optional(seconds),
  interval: optional(seconds),
});

export const accessTokenAnswerSchema = z.object({
  access_token: z.string().min(1),
  token_type: optional(shown(64)),
  expires_in: optional(seconds),
  scope: optional(z.string()),
  audience: z.union([z.string().transform((only) => [only]), list(z.string().max(maxIdentifier))]),
});

/** Counters stand beside the limits of a clause once it was used. */
const clauseUseSchema = z.object({
  usages_AT_done: optional(z.number()),
  usages_other_done: optional(z.number()),
});

export const introspectionSchema = z.object({
  token_type: optional(shown(32)),
  mom_id: optional(identifier),
  token: claimsSchema,
});

export const introspectedUsesSchema = z.object({
  token: z.object({ restrictions: list(clauseUseSchema) }),
});

export const historySchema = z.object({
  events: list(
    z.object({
      event: shown(maxName),
      time: seconds,
      comment: optional(shown(500)),
      ip: optional(shown(64)),
      user_agent: optional(shown(300)),
      mom_id: optional(identifier),
    }),
  ),
});

/** One node of a token tree without its children, which {@link ./token-trees.ts} walks with a limit. */
export const tokenEntrySchema = z.object({
  mom_id: identifier,
  name: optional(shown(maxName)),
  created: seconds,
  expires_at: optional(seconds),
  ip: optional(shown(64)),
});

export const treeNodeSchema = z.object({ token: tokenEntrySchema, children: list(z.unknown()) });

export const templateGroupsSchema = list(z.string().min(1).max(maxName));

export const templatesSchema = list(
  z.object({ id: z.string().max(maxName), name: shown(maxName), payload: z.unknown() }),
);

export const apiErrorSchema = z.object({
  error: z.string().max(200),
  error_description: z.string().nullish(),
});
