import { randomBytes, randomInt } from 'node:crypto';
import { DomainError } from '../../../shared/errors.ts';
import type { CallerView } from '../../../shared/model/caller.ts';
import type { PairingView } from '../../../shared/model/pairing.ts';
import type { Clock, Logger, Secret } from '../../ports/index.ts';
import { plainName } from './requests.ts';
import type { ClientKeys } from './types.ts';

const lifeMs = 5 * 60_000;
const mostPending = 5;
/** Without letters and digits that look alike. */
const alphabet = 'ABCDEFGHJKMNPQRSTUVWXYZ23456789';
const codeLength = 8;
/** So many mistypings are free; from then on each doubles the wait. */
const freeMistakes = 3;
const longestPauseMs = 60_000;

/** What the user gives a program that is paired. */
export interface PairingTerms {
  readonly name: string;
  readonly accountIds: readonly string[] | null;
  readonly expiresInDays: number | null;
}

/**
 * Programs get a key without copying it: the program shows a code, the user types it into our window. The person carries the code
 * from the program to us, so that asking on and on gains nothing, and nothing comes up by itself.
 */
export interface Pairing {
  /** Throws `agent/too-many-requests` (retryable) while enough wait. `id` is known to the program alone and fetches the key. */
  begin(
    label: string,
    caller: CallerView,
  ): { readonly id: string; readonly code: string; readonly expiresAtMs: number };
  /**
   * The key, exactly once; null while the user has not said yes. Throws `agent/request-gone` when it was fetched, refused, has expired
   * or never was, and `settings/could-not-save`.
   */
  fetch(id: string): { readonly key: Secret; readonly name: string } | null;
  /** What hides behind a code. Throws `agent/pairing-unknown`, and `agent/rate-limited` after several wrong ones. */
  lookUp(code: string): PairingView;
  /** The user’s yes; the key is made when the program fetches it. Throws as {@link lookUp}. */
  accept(code: string, terms: PairingTerms): void;
  refuse(code: string): void;
  stop(): void;
}

interface Pending {
  readonly id: string;
  readonly code: string;
  readonly label: string;
  readonly caller: CallerView;
  readonly expiresAtMs: number;
  readonly cancel: () => void;
  terms: PairingTerms | null;
}

export interface PairingDeps {
  readonly keys: Pick<ClientKeys, 'create'>;
  readonly clock: Clock;
  readonly log: Logger;
}

export function createPairing({ keys, clock, log }: PairingDeps): Pairing {
  const pending = new Map<string, Pending>();
  let mistakes = 0;
  let pausedUntilMs = -Infinity;

  const end = (entry: Pending): void => {
    entry.cancel();
    pending.delete(entry.id);
  };

  const find = (typed: string): Pending => {
    const waitMs = pausedUntilMs - clock.monotonicMs();
    if (waitMs > 0) {
      throw new DomainError('agent/rate-limited', 'Too many wrong codes.', {
        retryable: true,
        details: { retryAfterSeconds: Math.ceil(waitMs / 1000) },
      });
    }
    const code = normalised(typed);
    const entry = [...pending.values()].find((one) => one.terms === null && one.code === code);
    if (entry !== undefined) {
      mistakes = 0;
      return entry;
    }
    mistakes += 1;
    const over = mistakes - freeMistakes;
    if (over >= 0) pausedUntilMs = clock.monotonicMs() + Math.min(longestPauseMs, 1000 * 2 ** over);
    throw new DomainError('agent/pairing-unknown', 'No program waits with this code.');
  };

  return {
    begin(label, caller) {
      if (pending.size >= mostPending) {
        const firstEndsMs = Math.min(...[...pending.values()].map(({ expiresAtMs }) => expiresAtMs));
        throw new DomainError('agent/too-many-requests', 'Too many programs wait to be paired.', {
          retryable: true,
          details: { retryAfterMs: Math.max(1000, firstEndsMs - clock.nowMs()) },
        });
      }
      const taken = new Set([...pending.values()].map(({ code }) => code));
      let code = newCode();
      while (taken.has(code)) code = newCode();
      const entry: Pending = {
        id: randomBytes(16).toString('base64url'),
        code,
        label: plainName(label),
        caller,
        expiresAtMs: clock.nowMs() + lifeMs,
        cancel: clock.after(lifeMs, () => pending.delete(entry.id)),
        terms: null,
      };
      pending.set(entry.id, entry);
      log.info('agent.pairing-begun', { verified: caller.verified });
      return { id: entry.id, code: `${code.slice(0, 4)}-${code.slice(4)}`, expiresAtMs: entry.expiresAtMs };
    },

    fetch(id) {
      const entry = pending.get(id);
      if (entry === undefined)
        throw new DomainError('agent/request-gone', 'There is no such pairing any more.');
      if (entry.terms === null) return null;
      const { key } = keys.create(entry.terms);
      end(entry);
      log.info('agent.paired');
      return { key, name: entry.terms.name };
    },

    lookUp(code) {
      const { label, caller, expiresAtMs } = find(code);
      const { program, executable, verified } = caller;
      return { label, program, executable, verified, expiresAtMs };
    },

    accept(code, terms) {
      find(code).terms = { ...terms, name: plainName(terms.name) };
    },

    refuse: (code) => end(find(code)),

    stop() {
      for (const entry of [...pending.values()]) end(entry);
    },
  };
}

function newCode(): string {
  return Array.from({ length: codeLength }, () => alphabet.charAt(randomInt(alphabet.length))).join('');
}

/** As people type it: small letters, other dashes, blanks. */
function normalised(typed: string): string {
  return typed.toUpperCase().replace(/[^A-Z0-9]/g, '');
}
