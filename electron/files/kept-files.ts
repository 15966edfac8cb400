import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { lstat, open, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { z } from '../../shared/zod.ts';
import { DomainError } from '../../shared/errors.ts';
import { writePrivateFile } from './private-file.ts';

export interface KeptFilesStorage {
  load(): unknown;
  /** Durable when it returns; throws `settings/could-not-save`. */
  save(document: unknown): void;
}

/**
 * Files outside the app's own folders that the app writes and takes away again. What it wrote is remembered by its SHA-256, across
 * restarts too, so that a file of somebody else at the same place is neither overwritten nor removed.
 */
export interface KeptFiles {
  /** Paths at which something of ours may lie, from this run or an earlier one. */
  paths(): readonly string[];
  /**
   * Puts `content` there, readable by the user alone, whole or not at all. Throws `handover/foreign-file` when something lies there
   * that we did not write, `handover/unsafe-place` (details `reason`: `missing`, `not-a-folder`, `others-may-write`) and
   * `settings/could-not-save`.
   */
  write(path: string, content: string): Promise<void>;
  /** The content when it is a small file of this user's; null when there is none. Throws `handover/foreign-file` for anything else. */
  read(path: string): Promise<string | null>;
  /** From now on this content counts as ours: a program that we share the file with wrote it. */
  acknowledge(path: string, content: string): void;
  /** Takes away what we wrote; what somebody else put there stays, and is forgotten. */
  remove(path: string): Promise<void>;
}

const limitBytes = 64 * 1024;
/** Enough for the moment between remembering the next content and writing it. */
const digestsKept = 3;
const stored = z.record(z.string().max(4096), z.array(z.string().length(64)).max(16));

export function createKeptFiles(storage: KeptFilesStorage, userId: number | null): KeptFiles {
  const loaded = stored.safeParse(storage.load() ?? {});
  let known: Readonly<Record<string, readonly string[]>> = loaded.success ? loaded.data : {};

  const save = (next: Readonly<Record<string, readonly string[]>>): void => {
    storage.save(next);
    known = next;
  };
  const remember = (path: string, content: string): void => {
    const hash = digest(content);
    if (known[path]?.[0] === hash) return;
    const former = (known[path] ?? []).filter((other) => other !== hash);
    save({ ...known, [path]: [hash, ...former].slice(0, digestsKept) });
  };
  const forget = (path: string): void => {
    if (known[path] === undefined) return;
    save(Object.fromEntries(Object.entries(known).filter(([other]) => other !== path)));
  };
  const isOurs = (path: string, content: string): boolean => known[path]?.includes(digest(content)) === true;

  const read = async (path: string): Promise<string | null> => {
    try {
      // O_NOFOLLOW: a link leads somewhere nobody looked at; O_NONBLOCK: a pipe without a writer would block for ever.
      const flags =
        process.platform === 'win32'
          ? constants.O_RDONLY
          : constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
      const file = await open(path, flags);
      try {
        const stats = await file.stat();
        if (!stats.isFile() || stats.size > limitBytes || (userId !== null && stats.uid !== userId))
          throw foreign(path);
        return await file.readFile('utf8');
      } finally {
        await file.close();
      }
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return null;
      throw error instanceof DomainError ? error : foreign(path, error);
    }
  };

  return {
    paths: () => Object.keys(known),
    read,
    acknowledge: remember,
    async write(path, content) {
      await refuseUnsafe(dirname(path), userId);
      const there = await read(path);
      if (there !== null && !isOurs(path, there)) throw foreign(path);
      remember(path, content); // first: after a crash in between, both contents count as ours
      await writePrivateFile(path, content);
    },
    async remove(path) {
      const there = await read(path).catch(() => null);
      if (there !== null && isOurs(path, there)) await rm(path, { force: true });
      forget(path);
    },
  };
}

/** A folder in which nobody else can exchange the file: others may not write there, or only to their own files (sticky). */
async function refuseUnsafe(directory: string, userId: number | null): Promise<void> {
  const stats = await lstat(directory).catch(() => null);
  if (stats === null) throw unsafe(directory, 'missing');
  if (!stats.isDirectory()) throw unsafe(directory, 'not-a-folder');
  if (userId === null) return;
  const sticky = (stats.mode & 0o1000) !== 0;
  const trusted = stats.uid === userId || stats.uid === 0;
  if (!trusted || ((stats.mode & 0o022) !== 0 && !sticky)) throw unsafe(directory, 'others-may-write');
}

function digest(content: string): string {
  return createHash('sha256').update(content).digest('hex');
}

function foreign(path: string, cause?: unknown): DomainError {
  return new DomainError('handover/foreign-file', 'A file that is not ours lies there.', {
    details: { path },
    cause,
  });
}

function unsafe(directory: string, reason: string): DomainError {
  return new DomainError('handover/unsafe-place', 'The folder is no safe place for a token.', {
    details: { directory, reason },
  });
}

function codeOf(error: unknown): string | null {
  return error instanceof Error && 'code' in error ? String(error.code) : null;
}
