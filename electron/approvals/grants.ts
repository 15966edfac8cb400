import { randomUUID } from 'node:crypto';
import type { CallerView } from '../../shared/model/caller.ts';
import type { GrantDuration, GrantView } from '../../shared/model/approval.ts';
import type { Clock } from '../ports/index.ts';

const minuteMs = 60_000;
const lifeMs: Readonly<Record<GrantDuration, number | null>> = {
  once: 0,
  '15min': 15 * minuteMs,
  '1h': 60 * minuteMs,
  'until-quit': null,
};

interface Grant {
  readonly view: GrantView;
  readonly identity: string;
  /** What was asked for when the answer was given. */
  readonly asked: Given;
  /** Both clocks have to agree: setting the wall clock back lengthens no grant, and neither does sleep. */
  readonly endsAtMonotonicMs: number | null;
}

export interface GrantSubject {
  readonly caller: CallerView;
  readonly accountId: string;
  readonly scope: readonly string[];
  readonly audience: readonly string[];
}

/** What may be given without asking again. */
export interface Given {
  readonly scope: readonly string[];
  readonly audience: readonly string[];
}

/** Remembered answers for access tokens, in memory only: never for mytokens, never for a program that cannot be recognised. */
export interface Grants {
  /** `given` is what the user made of the request. Null when there is nothing to remember. */
  add(subject: GrantSubject, given: Given, duration: GrantDuration): GrantView | null;
  /**
   * What the grant that covers this request gives, counted as used; null when somebody has to be asked. The very request that was
   * answered with less gets that again.
   */
  use(subject: GrantSubject): (Given & { readonly grantId: string }) | null;
  list(): readonly GrantView[];
  revoke(grantId: string): void;
  /** On lock (all) and when an account goes. */
  clear(accountId?: string): void;
}

export function createGrants(clock: Clock): Grants {
  let grants: readonly Grant[] = [];

  const alive = ({ view, endsAtMonotonicMs }: Grant): boolean =>
    (view.expiresAtMs === null || view.expiresAtMs > clock.nowMs()) &&
    (endsAtMonotonicMs === null || endsAtMonotonicMs > clock.monotonicMs());
  const prune = (): void => {
    grants = grants.filter(alive);
  };

  return {
    add({ caller, accountId, scope: askedScope, audience: askedAudience }, { scope, audience }, duration) {
      const { identity, program } = caller;
      const life = lifeMs[duration];
      if (identity === null || life === 0) return null;
      const view: GrantView = {
        id: randomUUID(),
        program,
        accountId,
        scope,
        audience,
        createdAtMs: clock.nowMs(),
        expiresAtMs: life === null ? null : clock.nowMs() + life,
        uses: 0,
      };
      const endsAtMonotonicMs = life === null ? null : clock.monotonicMs() + life;
      prune();
      grants = [
        ...grants,
        { view, identity, asked: { scope: askedScope, audience: askedAudience }, endsAtMonotonicMs },
      ];
      return view;
    },
    use({ caller, accountId, scope, audience }) {
      prune();
      const own = grants.filter(
        ({ identity, view }) => identity === caller.identity && view.accountId === accountId,
      );
      const wanted = { scope, audience };
      const covering = own.find(({ view }) => covers(view.scope, scope) && covers(view.audience, audience));
      const found = covering ?? own.findLast(({ asked }) => isSame(asked, wanted));
      if (found === undefined) return null;
      const view = { ...found.view, uses: found.view.uses + 1 };
      grants = grants.map((grant) => (grant === found ? { ...grant, view } : grant));
      const given = found === covering ? wanted : { scope: view.scope, audience: view.audience };
      return { ...given, grantId: view.id };
    },
    list() {
      prune();
      return grants.map(({ view }) => view);
    },
    revoke(grantId) {
      grants = grants.filter(({ view }) => view.id !== grantId);
    },
    clear(accountId) {
      grants = accountId === undefined ? [] : grants.filter(({ view }) => view.accountId !== accountId);
    },
  };
}

/** Naming nothing means the account's default, which may be more or less than any list: it covers itself alone. */
function covers(granted: readonly string[], wanted: readonly string[]): boolean {
  return granted.length === 0 || wanted.length === 0
    ? granted.length === wanted.length
    : wanted.every((entry) => granted.includes(entry));
}

function isSame(a: Given, b: Given): boolean {
  const same = (one: readonly string[], other: readonly string[]): boolean =>
    one.length === other.length && one.every((entry) => other.includes(entry));
  return same(a.scope, b.scope) && same(a.audience, b.audience);
}
