import type { Clock } from '../ports/index.ts';

const firstPauseMs = 30_000;
const longestPauseMs = 10 * 60_000;
/** After a quiet time as long as this a refusal is forgotten. */
const forgottenAfterMs = 60 * 60_000;
const mostRemembered = 500;

interface Denial {
  readonly count: number;
  readonly untilMs: number;
  readonly atMs: number;
}

/** Refusals that answer for themselves for a while, longer each time, so that asking again and again wears nobody out. */
export interface Denials {
  /** Milliseconds for which this request is refused without asking; 0 when somebody may be asked. */
  waitMs(request: string): number;
  /** One refusal, of all that these requests stand for. */
  add(requests: readonly string[], program: string): void;
  /** How often this program was refused lately. */
  countFor(program: string): number;
}

export function createDenials(clock: Clock): Denials {
  const requests = new Map<string, Denial>();
  const programs = new Map<string, Denial>();

  const find = (map: Map<string, Denial>, key: string): Denial | undefined => {
    const found = map.get(key);
    if (found !== undefined && clock.monotonicMs() - found.atMs > forgottenAfterMs) {
      map.delete(key);
      return undefined;
    }
    return found;
  };
  const remember = (map: Map<string, Denial>, key: string): void => {
    const count = (find(map, key)?.count ?? 0) + 1;
    const pauseMs = Math.min(longestPauseMs, firstPauseMs * 2 ** (count - 1));
    const atMs = clock.monotonicMs();
    map.delete(key);
    map.set(key, { count, untilMs: atMs + pauseMs, atMs });
    const [oldest] = map.keys();
    if (map.size > mostRemembered && oldest !== undefined) map.delete(oldest);
  };

  return {
    waitMs: (request) => Math.max(0, (find(requests, request)?.untilMs ?? 0) - clock.monotonicMs()),
    add(refused, program) {
      for (const request of refused) remember(requests, request);
      remember(programs, program);
    },
    countFor: (program) => find(programs, program)?.count ?? 0,
  };
}
