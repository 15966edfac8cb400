/** From a program's request to its question on the screen, as the screen itself shows it. */
import { setTimeout as sleep } from 'node:timers/promises';
import { askEncrypted } from '../../support/agent-client.ts';
import type { Screen } from './screen.ts';

const pollMs = 1;
const limitMs = 15_000;

/** Asks, waits for the question to be seen, and takes it back. In milliseconds. */
export async function askedToSeen(socketPath: string, account: string, screen: Screen): Promise<number> {
  const leave = new AbortController();
  const startedMs = performance.now();
  const asked = askEncrypted(
    socketPath,
    { request: 'access_token', account, min_valid_period: 0, application_hint: 'bench' },
    leave.signal,
  ).catch(() => undefined);
  try {
    await until(() => screen.hasText(), startedMs);
    return performance.now() - startedMs;
  } finally {
    leave.abort();
    await asked;
    await until(() => screen.isEmpty(), performance.now());
  }
}

async function until(holds: () => boolean, sinceMs: number): Promise<void> {
  while (!holds()) {
    if (performance.now() - sinceMs > limitMs) throw new Error('The screen does not show what it should.');
    await sleep(pollMs);
  }
}
