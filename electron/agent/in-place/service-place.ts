import { randomBytes } from 'node:crypto';
import {
  linkSync,
  lstatSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  renameSync,
  rmdirSync,
  rmSync,
  type Stats,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import type { ErrorCode } from '../../../shared/errors.ts';
import { longestPath } from '../place/socket-place.ts';
import { hasCode, isGuardedUpwards, makeDirectory } from './trusted-directory.ts';

/** What is known of a process; `startedAtMs` is null where the system does not tell. */
export interface ProcessLife {
  readonly name: string | null;
  readonly startedAtMs: number | null;
}

export interface PlaceDeps {
  /** Where temporary files lie: `$TMPDIR` or `/tmp`. */
  readonly base: string;
  /** Folders below it, the last one the service's own. */
  readonly folders: readonly string[];
  /** The socket that the app listens on. */
  readonly socketPath: string;
  readonly userId: number;
  readonly processId: number;
  /** Whether somebody takes connections there. */
  readonly answers: (path: string) => Promise<boolean>;
  /** Null for a process that does not live. */
  readonly lifeOf: (processId: number) => ProcessLife | null;
}

export type PlaceOutcome =
  | { readonly state: 'ready' }
  | { readonly state: 'taken'; readonly pid: number | null; readonly program: string | null }
  | { readonly state: 'blocked'; readonly problem: ErrorCode };

type Found =
  | { readonly kind: 'taken'; readonly pid: number | null; readonly program: string | null }
  | { readonly kind: 'strange' }
  /** Nobody lives there. What lies there, if anything, and whether it is ours already. */
  | {
      readonly kind: 'claimable';
      readonly link: Stats | null;
      readonly linkIsOurs: boolean;
      readonly pidFile: Stats | null;
      readonly pidIsOurs: boolean;
    };

/** Another agent may be starting at this very moment: look again this often. */
const attempts = 4;
/** The file is written a moment after its process started; clocks and file systems round. */
const recycledAfterMs = 5_000;

/** One folder with a link to our socket and a file with our process id, as `oidc-agent-service` leaves them (ipc reference 1). */
export class ServicePlace {
  /** As clients find the socket. */
  readonly path: string;
  readonly #deps: PlaceDeps;

  constructor(deps: PlaceDeps) {
    this.#deps = deps;
    this.path = join(deps.base, ...deps.folders, 'oidc-agent.sock');
  }

  /** The folder itself, for watching. */
  get directory(): string {
    return join(this.#deps.base, ...this.#deps.folders);
  }

  get #pidPath(): string {
    return join(this.directory, 'oidc-agent.pid');
  }

  /** Stands there if nobody else does; the same again when all is well already. Never throws. */
  async hold(): Promise<PlaceOutcome> {
    try {
      for (let attempt = 0; attempt < attempts; attempt += 1) {
        const problem = this.#prepare();
        if (problem !== null) return { state: 'blocked', problem };
        const found = await this.#look();
        if (found.kind === 'taken') return { state: 'taken', pid: found.pid, program: found.program };
        if (found.kind === 'strange') return { state: 'blocked', problem: 'in-place/foreign-place' };
        if (this.#claim(found)) return { state: 'ready' };
      }
      return { state: 'taken', pid: null, program: null };
    } catch {
      return { state: 'blocked', problem: 'in-place/untrusted-place' };
    }
  }

  /** Takes away what is ours and nothing else. */
  release(): void {
    quietly(() => {
      if (this.#linkIsOurs()) rmSync(this.path);
    });
    quietly(() => {
      if (this.#readPid() === this.#deps.processId) rmSync(this.#pidPath);
    });
    for (let depth = this.#deps.folders.length; depth > 0; depth -= 1) {
      // Only when empty, and in reverse: folders that others use stay.
      quietly(() => rmdirSync(join(this.#deps.base, ...this.#deps.folders.slice(0, depth))));
    }
  }

  #prepare(): ErrorCode | null {
    const { base, folders, userId } = this.#deps;
    // Clients copy the path without looking at its length.
    if (Buffer.byteLength(this.path) > longestPath) return 'agent/socket-path';
    if (!isGuardedUpwards(realpathSync(base), userId)) return 'in-place/untrusted-place';
    for (const [index] of folders.entries()) {
      const isLast = index === folders.length - 1;
      const path = join(base, ...folders.slice(0, index + 1));
      if (!makeDirectory(path, isLast ? 'private' : 'shared', userId)) return 'in-place/foreign-place';
    }
    return null;
  }

  async #look(): Promise<Found> {
    const { processId, answers, lifeOf } = this.#deps;
    const link = statsOf(this.path);
    const pidFile = statsOf(this.#pidPath);
    if (link !== null && !link.isSymbolicLink() && !link.isSocket()) return { kind: 'strange' };
    if (pidFile !== null && !pidFile.isFile()) return { kind: 'strange' };
    const linkIsOurs = this.#linkIsOurs();
    const pid = pidFile === null ? null : this.#readPid();
    const pidIsOurs = pid === processId;
    if (pid !== null && !pidIsOurs && pidFile !== null) {
      const life = lifeOf(pid);
      // A crash of ours leaves our link; where nobody tells when a process started, its number may be another's by now.
      const mayBeRecycled = life?.startedAtMs === null && linkIsOurs;
      const isRecycled = (life?.startedAtMs ?? 0) > pidFile.mtimeMs + recycledAfterMs;
      if (life !== null && !mayBeRecycled && !isRecycled) return { kind: 'taken', pid, program: life.name };
    }
    if (link !== null && !linkIsOurs && (await answers(this.path))) {
      return { kind: 'taken', pid: null, program: null };
    }
    return { kind: 'claimable', link, linkIsOurs, pidFile, pidIsOurs };
  }

  /** False when somebody else was faster at any step: then what lies there has to be looked at again. */
  #claim(found: Extract<Found, { kind: 'claimable' }>): boolean {
    const { socketPath, processId } = this.#deps;
    if (!found.linkIsOurs) {
      if (found.link !== null && !removeExactly(this.path, found.link)) return false;
      // Fails where something is: neither link nor pid file ever replaces what was not looked at.
      if (!created(() => symlinkSync(socketPath, this.path))) return false;
    }
    if (found.pidIsOurs) return true;
    if (found.pidFile !== null && !removeExactly(this.#pidPath, found.pidFile)) return false;
    const temporary = aside(this.#pidPath);
    writeFileSync(temporary, `${processId}\n`, { flag: 'wx', mode: 0o600 });
    try {
      return created(() => linkSync(temporary, this.#pidPath));
    } finally {
      rmSync(temporary, { force: true });
    }
  }

  #linkIsOurs(): boolean {
    try {
      return readlinkSync(this.path) === this.#deps.socketPath;
    } catch {
      return false;
    }
  }

  #readPid(): number | null {
    try {
      const text = readFileSync(this.#pidPath, 'utf8').trim();
      return /^\d{1,10}$/.test(text) && Number(text) > 0 ? Number(text) : null;
    } catch {
      return null;
    }
  }
}

function statsOf(path: string): Stats | null {
  return lstatSync(path, { throwIfNoEntry: false }) ?? null;
}

function aside(path: string): string {
  return `${path}.${randomBytes(6).toString('hex')}.tmp`;
}

/** Removes the very file that was looked at; one that came in its place meanwhile is put back. */
function removeExactly(path: string, seen: Stats): boolean {
  const moved = aside(path);
  try {
    renameSync(path, moved);
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return true;
    throw error;
  }
  const stats = lstatSync(moved);
  if (stats.ino === seen.ino && stats.dev === seen.dev) {
    rmSync(moved);
    return true;
  }
  if (statsOf(path) === null) renameSync(moved, path);
  else rmSync(moved);
  return false;
}

function created(make: () => void): boolean {
  try {
    make();
    return true;
  } catch (error) {
    // Taken meanwhile, or the whole folder removed.
    if (hasCode(error, 'EEXIST', 'ENOENT')) return false;
    throw error;
  }
}

function quietly(task: () => void): void {
  try {
    task();
  } catch {
    // Not there any more, not ours, or not empty.
  }
}
