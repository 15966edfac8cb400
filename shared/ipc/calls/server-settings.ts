import { z } from '../../zod.ts';
import { type CallSpec, id, nothing } from './fields.ts';

const sshKey = z.object({
  name: z.string(),
  fingerprint: z.string(),
  createdAtMs: z.number(),
  lastUsedAtMs: z.number().nullable(),
});
export type SshKeyView = z.infer<typeof sshKey>;

/** What a mytoken server keeps about an account's user. Each call counts as a use of the mytoken. */
export const serverSettingsCalls = {
  'server:email': {
    args: z.strictObject({ accountId: id }),
    result: z.object({ address: z.string(), verified: z.boolean(), prefersHtml: z.boolean() }),
    roles: ['main'],
  },
  'server:set-email': {
    args: z.strictObject({
      accountId: id,
      address: z.email().max(320).optional(),
      prefersHtml: z.boolean().optional(),
    }),
    result: nothing,
    roles: ['main'],
  },
  'server:ssh-keys': {
    args: z.strictObject({ accountId: id }),
    result: z.object({ enabled: z.boolean(), keys: z.array(sshKey) }),
    roles: ['main'],
  },
  'server:set-ssh-grant': {
    args: z.strictObject({ accountId: id, enabled: z.boolean() }),
    result: nothing,
    roles: ['main'],
  },
  /** A public key from a file: main shows the dialog; `null` when it was closed. */
  'server:ssh-pick': {
    args: nothing,
    result: z.object({ publicKey: z.string(), name: z.string() }).nullable(),
    roles: ['main'],
  },
  /** Opens the browser for the user's consent. */
  'server:ssh-add': {
    args: z.strictObject({
      accountId: id,
      publicKey: z.string().min(1).max(16_384),
      name: z.string().trim().min(1).max(80),
      capabilities: z.array(z.string().min(1).max(100)).min(1).max(60),
      /** Seconds since the epoch; null: as long as the key stays. */
      expiresAt: z.int().min(0).nullable(),
    }),
    result: z.object({ flowId: z.string(), fingerprint: z.string(), expiresAtMs: z.number() }),
    roles: ['main'],
  },
  /** Resolves when the user consented. */
  'server:ssh-await': { args: z.strictObject({ flowId: id }), result: nothing, roles: ['main'] },
  'server:ssh-open-again': { args: z.strictObject({ flowId: id }), result: nothing, roles: ['main'] },
  'server:ssh-cancel': { args: z.strictObject({ flowId: id }), result: nothing, roles: ['main'] },
  /** The user name in it is a secret, which the server tells only once. */
  'server:ssh-access': {
    args: z.strictObject({ flowId: id }),
    result: z.object({ sshAccessCommand: z.string(), sshAccessConfig: z.string().nullable() }),
    roles: ['main'],
    secretResult: true,
  },
  'server:ssh-copy': {
    args: z.strictObject({ accountId: id, flowId: id, what: z.enum(['command', 'host-config']) }),
    result: z.object({ clearsAtMs: z.number() }),
    roles: ['main'],
  },
  'server:ssh-remove': {
    args: z.strictObject({ accountId: id, fingerprint: z.string().min(1).max(200) }),
    result: nothing,
    roles: ['main'],
  },
} as const satisfies Record<string, CallSpec>;
