import { readFileSync } from 'node:fs';
import { procTable } from '../callers/process-table.ts';
import type { ProcessLife } from './service-place.ts';
import { hasCode } from './trusted-directory.ts';

/** Ticks of the kernel's clock as it shows them to programs: the same on every Linux. */
const ticksPerSecond = 100;
const read = procTable();

/** Null when no such process lives; another user's counts as living. Name and start only where `/proc` tells. */
export function lifeOf(processId: number): ProcessLife | null {
  try {
    process.kill(processId, 0);
  } catch (error) {
    if (!hasCode(error, 'EPERM')) return null;
  }
  const facts = read(processId);
  const bootedAtMs = facts === null ? null : systemStartMs();
  return {
    name: facts?.name ?? null,
    startedAtMs:
      facts === null || bootedAtMs === null
        ? null
        : bootedAtMs + (facts.startedAtTicks * 1000) / ticksPerSecond,
  };
}

function systemStartMs(): number | null {
  try {
    const seconds = /^btime (\d+)$/m.exec(readFileSync('/proc/stat', 'utf8'))?.[1];
    return seconds === undefined ? null : Number(seconds) * 1000;
  } catch {
    return null;
  }
}
