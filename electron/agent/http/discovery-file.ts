import { randomBytes } from 'node:crypto';
import { chmod, lstat, mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { Clock, Logger } from '../../ports/index.ts';
import { protocolVersion } from './payloads.ts';

const fileName = 'endpoint.json';
const temporaryName = /^endpoint\.json\.\d+\.[0-9a-f]{12}\.tmp$/;

const contentSchema = z.object({
  protocol: z.number(),
  addresses: z.array(z.string()),
  pid: z.int().positive(),
  started_at: z.number(),
});
type Content = z.output<typeof contentSchema>;

export interface DiscoveryFileDeps {
  readonly directory: string;
  readonly clock: Clock;
  readonly log: Logger;
  readonly processId?: number;
  readonly isAlive?: (processId: number) => boolean;
  /** The user's id; null where files have no owner or mode to speak of (Windows). */
  readonly userId?: number | null;
}

export interface DiscoveryFile {
  /** Says where we listen; the file's path, or null when the directory is not safe to use or not writable. */
  write(addresses: readonly string[]): Promise<string | null>;
  /** Removes the file if it is still ours. */
  remove(): Promise<void>;
}

/**
 * `endpoint.json` for clients: addresses, protocol, pid and start time; never a key. Whoever else can write to the
 * directory could send our clients anywhere, so it must belong to the user alone.
 */
export function discoveryFile(deps: DiscoveryFileDeps): DiscoveryFile {
  const { directory, clock, log } = deps;
  const processId = deps.processId ?? process.pid;
  const userId = deps.userId === undefined ? (process.getuid?.() ?? null) : deps.userId;
  const isAlive = deps.isAlive ?? processIsAlive;
  const path = join(directory, fileName);
  let written: Content | null = null;

  const readExisting = async (): Promise<Content | null> => {
    try {
      const parsed = contentSchema.safeParse(JSON.parse(await readFile(path, 'utf8')));
      return parsed.success ? parsed.data : null;
    } catch {
      return null;
    }
  };

  const directoryIsSafe = async (): Promise<boolean> => {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    // lstat: a link would lead somewhere whose owner was not looked at.
    const stats = await lstat(directory);
    if (!stats.isDirectory()) return false;
    if (userId === null) return true;
    if (stats.uid !== userId) return false;
    if ((stats.mode & 0o077) !== 0) await chmod(directory, 0o700);
    return true;
  };

  /** A crash between writing and renaming leaves these behind. */
  const removeTemporaries = async (): Promise<void> => {
    for (const name of await readdir(directory)) {
      if (temporaryName.test(name)) await rm(join(directory, name), { force: true });
    }
  };

  const replace = async (content: Content): Promise<void> => {
    const temporary = `${path}.${processId}.${randomBytes(6).toString('hex')}.tmp`;
    // wx: never follows or reuses what somebody put there.
    const file = await open(temporary, 'wx', 0o600);
    try {
      await file.writeFile(`${JSON.stringify(content, null, 2)}\n`);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  };

  return {
    async write(addresses) {
      try {
        if (!(await directoryIsSafe())) {
          log.warn('agent.discovery-directory-unsafe');
          return null;
        }
        const former = await readExisting();
        if (former !== null && former.pid !== processId) {
          // A dead owner is a crash; a living one another copy of this app, or a reused pid. The newest start counts.
          log.info('agent.discovery-leftover', { pid: former.pid, alive: isAlive(former.pid) });
        }
        await removeTemporaries();
        written = {
          protocol: protocolVersion,
          addresses: [...addresses],
          pid: processId,
          started_at: Math.floor(clock.nowMs() / 1000),
        };
        await replace(written);
        return path;
      } catch (error) {
        written = null;
        log.warn('agent.discovery-not-written', { code: errorCode(error) });
        return null;
      }
    },

    async remove() {
      const mine = written;
      written = null;
      if (mine === null) return;
      const existing = await readExisting();
      if (existing === null || JSON.stringify(existing) !== JSON.stringify(mine)) return;
      await rm(path, { force: true }).catch((error: unknown) => {
        log.warn('agent.discovery-not-removed', { code: errorCode(error) });
      });
    },
  };
}

function processIsAlive(processId: number): boolean {
  try {
    process.kill(processId, 0);
    return true;
  } catch (error) {
    return errorCode(error) === 'EPERM';
  }
}

function errorCode(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
}
