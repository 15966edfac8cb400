import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { z } from '../../../shared/zod.ts';
import type { Clock, Logger } from '../../ports/index.ts';
import { protocolVersion } from './payloads.ts';

const fileName = 'endpoint.json';
const temporaryName = /^endpoint\.json\.\d+\.[0-9a-f]{12}\.tmp$/;

const contentSchema = z.object({
  protocol: z.number(),
  addresses: z.array(z.string()),
  /** Former versions had none. */
  socket: z.string().nullable().default(null),
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
  /**
   * Says where we listen; the file's path, or null when the directory is not safe to use or not writable.
   * @param socket path of the UNIX socket, null when there is none
   */
  write(addresses: readonly string[], socket: string | null): string | null;
  /** Removes the file if it is still ours. */
  remove(): void;
}

/**
 * `endpoint.json` for clients: addresses, protocol, pid and start time; never a key. Whoever else can write to the
 * directory could send our clients anywhere, so it must belong to the user alone.
 *
 * Everything here is synchronous: a handful of calls on one small file, which at the start of the app are over before a single
 * turn of its busy event loop is. Not synced to the disk either: after a power cut the next start writes it anew.
 */
export function discoveryFile(deps: DiscoveryFileDeps): DiscoveryFile {
  const { directory, clock, log } = deps;
  const processId = deps.processId ?? process.pid;
  const userId = deps.userId === undefined ? (process.getuid?.() ?? null) : deps.userId;
  const isAlive = deps.isAlive ?? processIsAlive;
  const path = join(directory, fileName);
  let written: Content | null = null;

  const readExisting = (): Content | null => {
    try {
      const parsed = contentSchema.safeParse(JSON.parse(readFileSync(path, 'utf8')));
      return parsed.success ? parsed.data : null;
    } catch {
      return null;
    }
  };

  const directoryIsSafe = (): boolean => {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    // lstat: a link would lead somewhere whose owner was not looked at.
    const stats = lstatSync(directory);
    if (!stats.isDirectory()) return false;
    if (userId === null) return true;
    if (stats.uid !== userId) return false;
    if ((stats.mode & 0o077) !== 0) chmodSync(directory, 0o700);
    return true;
  };

  /** A crash between writing and renaming leaves these behind. */
  const removeTemporaries = (): void => {
    for (const name of readdirSync(directory)) {
      if (temporaryName.test(name)) rmSync(join(directory, name), { force: true });
    }
  };

  const replace = (content: Content): void => {
    const temporary = `${path}.${processId}.${randomBytes(6).toString('hex')}.tmp`;
    // wx: never follows or reuses what somebody put there.
    writeFileSync(temporary, `${JSON.stringify(content, null, 2)}\n`, { flag: 'wx', mode: 0o600 });
    renameSync(temporary, path);
  };

  return {
    write(addresses, socket) {
      try {
        if (!directoryIsSafe()) {
          log.warn('agent.discovery-directory-unsafe');
          return null;
        }
        const former = readExisting();
        if (former !== null && former.pid !== processId) {
          // A dead owner is a crash; a living one another copy of this app, or a reused pid. The newest start counts.
          log.info('agent.discovery-leftover', { pid: former.pid, alive: isAlive(former.pid) });
        }
        removeTemporaries();
        written = {
          protocol: protocolVersion,
          addresses: [...addresses],
          socket,
          pid: processId,
          started_at: Math.floor(clock.nowMs() / 1000),
        };
        replace(written);
        return path;
      } catch (error) {
        written = null;
        log.warn('agent.discovery-not-written', { code: errorCode(error) });
        return null;
      }
    },

    remove() {
      const mine = written;
      written = null;
      if (mine === null) return;
      const existing = readExisting();
      if (existing === null || JSON.stringify(existing) !== JSON.stringify(mine)) return;
      try {
        rmSync(path, { force: true });
      } catch (error) {
        log.warn('agent.discovery-not-removed', { code: errorCode(error) });
      }
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
