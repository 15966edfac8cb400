import { appendFileSync, mkdirSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock, LogFields, Logger, LogLevel } from '../ports/index.ts';

export interface LogFileOptions {
  readonly directory: string;
  readonly clock: Clock;
  /** Last resort against secrets in texts; see shared/model/scrub. */
  readonly scrub: (line: string) => string;
  /** Also print, for development. */
  readonly echo: ((line: string) => void) | null;
}

const maxBytes = 1024 * 1024;

/**
 * Appends one JSON object per line to `main.log` (0600) and keeps one older file. Small and synchronous on purpose: the last
 * lines before a crash are the ones that matter, and the app logs little.
 */
export function openLogFile(options: LogFileOptions): Logger {
  const { directory, clock, scrub, echo } = options;
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const path = join(directory, 'main.log');
  let size = sizeOf(path);

  const write = (level: LogLevel, event: string, fields: LogFields = {}): void => {
    const line = scrub(
      JSON.stringify({ at: new Date(clock.nowMs()).toISOString(), level, event, ...fields }),
    );
    echo?.(line);
    try {
      if (size > maxBytes) {
        renameSync(path, `${path}.1`);
        size = 0;
      }
      appendFileSync(path, `${line}\n`, { mode: 0o600 });
      size += line.length + 1;
    } catch {
      // A full disk must not take the app down; there is nowhere left to report it to.
    }
  };

  return {
    debug: (event, fields) => (echo === null ? undefined : write('debug', event, fields)),
    info: (event, fields) => write('info', event, fields),
    warn: (event, fields) => write('warn', event, fields),
    error: (event, fields) => write('error', event, fields),
  };
}

function sizeOf(path: string): number {
  try {
    return statSync(path).size;
  } catch {
    return 0;
  }
}
