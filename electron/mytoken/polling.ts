import { jsonOf } from './answers.ts';
import type { HttpAnswer } from './http-types.ts';

const defaultExpiresInSeconds = 300;
const defaultIntervalSeconds = 5;
const longestIntervalSeconds = 60;

/** When a code stops working and how long to wait between questions; servers may leave out either (RFC 8628, 3.2). */
export function pollingTimes(
  started: { readonly expires_in?: number | undefined; readonly interval?: number | undefined },
  nowMs: number,
): { readonly expiresAtMs: number; readonly intervalMs: number } {
  const intervalSeconds = Math.min(started.interval ?? defaultIntervalSeconds, longestIntervalSeconds);
  return {
    expiresAtMs: nowMs + (started.expires_in ?? defaultExpiresInSeconds) * 1000,
    intervalMs: intervalSeconds * 1000,
  };
}

/** 428 as mytoken servers say it, or the 400 of RFC 8628, 3.5, from which their codes are taken. */
export function isPending(answer: HttpAnswer): boolean {
  if (answer.status === 428) return true;
  const json = jsonOf(answer);
  const code = typeof json === 'object' && json !== null && 'error' in json ? json.error : null;
  return answer.status === 400 && (code === 'authorization_pending' || code === 'slow_down');
}
