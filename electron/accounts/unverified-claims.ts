import { z } from '../../shared/zod.ts';
import type { Secret } from '../ports/index.ts';

const claimsSchema = z.object({
  token_type: z.literal('mytoken'),
  iss: z.string().min(1).max(2048),
  jti: z.string().min(1).max(200),
  seq_no: z.number(),
  iat: z.number(),
  exp: z.number().nullish(),
  name: z.string().nullish(),
  oidc_iss: z.string(),
  oidc_sub: z.string(),
  capabilities: z.array(z.string().max(200)).max(200).nullish(),
  rotation: z.object({ lifetime: z.number().nullish() }).nullish(),
  restrictions: z.array(z.object({ exp: z.number().nullish() })).nullish(),
});

/** What a mytoken JWT says of itself without any proof: for finding and telling apart, never for trust. */
export interface UnverifiedClaims {
  readonly iss: string;
  readonly jti: string;
  readonly seq_no: number;
  readonly iat: number;
  readonly exp?: number | undefined;
  readonly name: string | null;
  readonly oidc_iss: string;
  readonly oidc_sub: string;
  readonly capabilities: readonly string[] | null;
  readonly rotation: { readonly lifetime?: number | undefined } | null;
  readonly restrictions: readonly { readonly exp?: number | undefined }[];
}

const longestToken = 65_536;

export function looksLikeJwt(text: string): boolean {
  return text.length <= longestToken && /^[\w-]+\.[\w-]+\.[\w-]+$/.test(text);
}

/** Null when the text is no JWT or not that of a mytoken. */
export function unverifiedClaims(jwt: Secret): UnverifiedClaims | null {
  const text = jwt.reveal();
  if (!looksLikeJwt(text)) return null;
  try {
    const payload: unknown = JSON.parse(Buffer.from(text.split('.')[1] ?? '', 'base64url').toString('utf8'));
    const parsed = claimsSchema.safeParse(payload);
    if (!parsed.success) return null;
    const { exp, name, rotation, restrictions, capabilities, ...rest } = parsed.data;
    return {
      ...rest,
      exp: exp ?? undefined,
      name: name ?? null,
      capabilities: capabilities ?? null,
      rotation: rotation ? { lifetime: rotation.lifetime ?? undefined } : null,
      restrictions: (restrictions ?? []).map((clause) => ({ exp: clause.exp ?? undefined })),
    };
  } catch {
    return null;
  }
}
