import { createHash } from 'node:crypto';
import { mkdir, open, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { DomainError } from '../../shared/errors.ts';
import type { Secret } from '../ports/index.ts';

/** A request that may replace a mytoken, written down before it is sent. */
export interface JournalEntry {
  readonly accountId: string;
  /** Identifies the mytoken string that was presented, see {@link fingerprint}. */
  readonly fingerprint: string;
  readonly startedAtMs: number;
}

/**
 * Remembers across a crash which accounts had a rotating request under way (mytoken protocol, "Rotation": lose the answer
 * and you lose the token). Holds no secret.
 */
export interface Journal {
  /** Entries left by an earlier run. */
  load(): Promise<readonly JournalEntry[]>;
  /** Durable when it resolves; only then may the request be sent. Throws `vault/write-failed`. */
  begin(entry: JournalEntry): Promise<void>;
  end(accountId: string): Promise<void>;
}

/** Twelve bytes of SHA-256: enough to tell two strings apart, useless for finding a mytoken. */
export function fingerprint(mytoken: Secret): string {
  return createHash('sha256').update(mytoken.reveal()).digest('hex').slice(0, 24);
}

const suffix = '.pending';

function parseEntry(text: string): JournalEntry | null {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null) return null;
    const { accountId, fingerprint: print, startedAtMs } = value as Record<string, unknown>;
    if (typeof accountId !== 'string' || typeof print !== 'string' || typeof startedAtMs !== 'number')
      return null;
    return { accountId, fingerprint: print, startedAtMs };
  } catch {
    return null;
  }
}

/** One small file per account in `directory` (0700). */
export function fileJournal(directory: string): Journal {
  const fileOf = (accountId: string): string => join(directory, `${encodeURIComponent(accountId)}${suffix}`);

  return {
    async load() {
      await mkdir(directory, { recursive: true, mode: 0o700 });
      const entries: JournalEntry[] = [];
      for (const name of await readdir(directory)) {
        if (!name.endsWith(suffix)) continue;
        const path = join(directory, name);
        const entry = parseEntry(await readFile(path, 'utf8'));
        // An unreadable entry means begin() never came back, so its request was never sent.
        if (entry && path === fileOf(entry.accountId)) entries.push(entry);
        else await rm(path, { force: true });
      }
      return entries;
    },

    async begin(entry) {
      try {
        const file = await open(fileOf(entry.accountId), 'w', 0o600);
        try {
          await file.writeFile(JSON.stringify(entry));
          await file.datasync();
        } finally {
          await file.close();
        }
        await syncDirectory(directory);
      } catch (cause) {
        throw new DomainError(
          'vault/write-failed',
          'Nothing was sent: a rotating mytoken is only used when the request can be written down first.',
          { retryable: true, cause },
        );
      }
    },

    async end(accountId) {
      // Need not be durable: an entry that comes back after a power cut is settled by its fingerprint or a probe.
      await rm(fileOf(accountId), { force: true });
    },
  };
}

async function syncDirectory(directory: string): Promise<void> {
  if (process.platform === 'win32') return; // Windows cannot open directories for syncing; NTFS journals the entry.
  const handle = await open(directory, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
