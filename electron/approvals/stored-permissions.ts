import { z } from '../../shared/zod.ts';

const text = z.string().min(1).max(2048);
const texts = z.array(z.string().max(2048)).max(200);
const timeMs = z.number().min(0).max(8.64e15);
const given = z.object({ scope: texts, audience: texts });

const grantSchema = z.object({
  id: text,
  program: z.string().max(300),
  identity: text,
  accountId: text,
  given,
  /** What was asked for when the answer was given. */
  asked: given,
  createdAtMs: timeMs,
});

const blockSchema = z.object({
  id: text,
  program: z.string().max(300),
  identity: text,
  blockedAtMs: timeMs,
});

export type StoredGrant = z.infer<typeof grantSchema>;
export type StoredBlock = z.infer<typeof blockSchema>;

/** What the user decided about programs for good. Holds no secret. */
export interface StoredPermissions {
  readonly grants: readonly StoredGrant[];
  readonly blocked: readonly StoredBlock[];
}

/** Where it is kept; the app has a JSON file. */
export interface PermissionStorage {
  load(): StoredPermissions;
  /** Durable when it returns; throws `settings/could-not-save`. */
  save(permissions: StoredPermissions): void;
}

/** Entries that can be used; each that cannot is counted, and left out: what is not understood permits nothing. */
export function parseStoredPermissions(stored: unknown, onRejected: () => void): StoredPermissions {
  const document = typeof stored === 'object' && stored !== null ? (stored as Record<string, unknown>) : {};
  if (stored !== undefined && document !== stored) onRejected();
  const list = <T>(entries: unknown, schema: z.ZodType<T>): readonly T[] => {
    if (!Array.isArray(entries)) {
      if (entries !== undefined) onRejected();
      return [];
    }
    return entries.flatMap((entry) => {
      const parsed = schema.safeParse(entry);
      if (!parsed.success) onRejected();
      return parsed.success ? [parsed.data] : [];
    });
  };
  return { grants: list(document['grants'], grantSchema), blocked: list(document['blocked'], blockSchema) };
}
