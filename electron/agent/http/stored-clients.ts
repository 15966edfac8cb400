import { z } from '../../../shared/zod.ts';
import type { ClientRecord } from './types.ts';

const hash = z.string().regex(/^[0-9a-f]{64}$/);
const timeMs = z.number().min(0).max(8.64e15);
const hint = z.string().min(1).max(16);

const recordSchema = z.object({
  id: z.string().min(1).max(64),
  name: z.string().min(1).max(200),
  keyHash: hash,
  keyHint: hint,
  createdAtMs: timeMs,
  lastUsedAtMs: timeMs.nullable(),
  lastUsedBy: z.string().max(200).nullable().default(null),
  expiresAtMs: timeMs.nullable(),
  accountIds: z.array(z.string().min(1).max(64)).max(10_000).nullable(),
  formerKey: z.object({ keyHash: hash, keyHint: hint, untilMs: timeMs }).nullable(),
});

/**
 * Client records out of stored JSON, which a person or a crash may have changed. An entry with a fault is left out and
 * reported: its program has to be paired again, which is the safe side. A missing `accountIds` is such a fault, it never
 * means "all accounts".
 * @param onRejected told the position of each entry left out; -1 when the whole is no list.
 */
export function parseStoredClients(
  raw: unknown,
  onRejected?: (index: number) => void,
): readonly ClientRecord[] {
  if (raw === undefined || raw === null) return [];
  if (!Array.isArray(raw)) {
    onRejected?.(-1);
    return [];
  }
  const seen = new Set<string>();
  const clients: ClientRecord[] = [];
  raw.forEach((entry: unknown, index) => {
    const parsed = recordSchema.safeParse(entry);
    if (parsed.success && !seen.has(parsed.data.id)) {
      seen.add(parsed.data.id);
      clients.push(parsed.data);
    } else onRejected?.(index);
  });
  return clients;
}
