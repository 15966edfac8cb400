/**
 * Leaves nothing behind. Every process of a session inherits a marker in its environment, so that what it started,
 * and only that, can be found again: also strays that changed their process group, and leftovers of a session whose
 * own process was killed.
 */
import { mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const MARKER = 'MYTOKEN_DESKTOP_SESSION';
const PREFIX = 'mytoken-session-';

/** A fresh folder; its path is also the session's marker. */
export function makeSessionDir(): string {
  // Short on purpose: socket paths below it must stay under 108 bytes.
  return realpathSync(mkdtempSync(join(tmpdir(), `${PREFIX}${process.pid}-`)));
}

/** The pid that a session folder's name carries, or null for a foreign folder. */
export function ownerOf(name: string): number | null {
  const match = new RegExp(`^${PREFIX}(\\d+)-`).exec(name);
  return match?.[1] === undefined ? null : Number(match[1]);
}

function markedProcesses(sessionDir: string): number[] {
  const wanted = `${MARKER}=${sessionDir}`;
  const pids: number[] = [];
  let names: string[];
  try {
    names = readdirSync('/proc');
  } catch {
    return pids;
  }
  for (const name of names) {
    if (!/^\d+$/.test(name) || Number(name) === process.pid) continue;
    try {
      const environment = readFileSync(`/proc/${name}/environ`, 'utf8').split('\0');
      if (environment.includes(wanted)) pids.push(Number(name));
    } catch {
      // Gone in the meantime, or somebody else's.
    }
  }
  return pids;
}

/** Kills what is left of a session and removes its folder. Synchronous: it also runs while the process exits. */
export function clearSession(sessionDir: string): void {
  for (let round = 0; round < 5; round += 1) {
    const pids = markedProcesses(sessionDir);
    if (pids.length === 0) break;
    for (const pid of pids) {
      try {
        process.kill(pid, 'SIGKILL');
      } catch {
        // Already gone.
      }
    }
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 50);
  }
  rmSync(sessionDir, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Clears sessions whose owner no longer runs. */
export function clearAbandonedSessions(): void {
  const base = realpathSync(tmpdir());
  for (const name of readdirSync(base)) {
    const owner = ownerOf(name);
    if (owner === null || isAlive(owner)) continue;
    try {
      clearSession(join(base, name));
    } catch {
      // Another user's: theirs to clear.
    }
  }
}
