import { z } from '../../zod.ts';
import { shortnamePattern } from '../../model/account.ts';
import { responseTypes } from '../../model/sub-mytoken.ts';

/** Which windows exist; each call names those that may make it. */
export type WindowRole = 'main' | 'approval';

export interface CallSpec {
  readonly args: z.ZodType;
  readonly result: z.ZodType;
  readonly roles: readonly WindowRole[];
  /** Only the few calls whose purpose is to hand over a secret may carry one. */
  readonly secretResult?: true;
  /** Works while the app is locked; nothing else does. */
  readonly whileLocked?: true;
}

export const id = z.string().min(1).max(64);
export const url = z.string().min(1).max(2048);
export const scopeList = z
  .array(
    z
      .string()
      .regex(/^[\x21\x23-\x5B\x5D-\x7E]+$/)
      .max(256),
  )
  .max(100);
export const audienceList = z.array(z.string().regex(/^\S+$/).max(512)).max(50);
export const shortname = z.string().regex(shortnamePattern);
export const displayName = z.string().trim().min(1).max(80);
export const nothing = z.null();

export const clauseRequest = z.strictObject({
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

export const rotationSchema = z.strictObject({
  on_AT: z.boolean().optional(),
  on_other: z.boolean().optional(),
  lifetime: z.int().min(1).optional(),
  auto_revoke: z.boolean().optional(),
});

/** What a mytoken made from an account's shall be; `shared/model/sub-mytoken.ts` says what is possible. */
export const subMytokenWish = z.strictObject({
  name: z.string().max(200),
  capabilities: z.array(z.string().min(1).max(100)).max(60),
  restrictions: z.array(clauseRequest).max(20),
  rotation: rotationSchema.nullable(),
  responseType: z.enum(responseTypes),
});

export function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null;
}
