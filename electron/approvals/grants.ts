import { randomUUID } from 'node:crypto';
import type { CallerView } from '../../shared/model/caller.ts';
import type { GrantDuration, GrantView } from '../../shared/model/approval.ts';
import { type Clock, Emitter } from '../ports/index.ts';
import type { StoredGrant } from './stored-permissions.ts';

const minuteMs = 60_000;
const lifeMs: Readonly<Record<GrantDuration, number | null>> = {
  once: 0,
  '15min': 15 * minuteMs,
  '1h': 60 * minuteMs,
  'until-quit': null,
};

/** What may be given without asking again. */
export interface Given {
  readonly scope: readonly string[];
  readonly audience: readonly string[];
}

interface Grant {
  readonly view: GrantView;
  readonly identity: string;
  /** What was asked for when the answer was given. */
  readonly asked: Given;
  /** Both clocks have to agree: setting the wall clock back lengthens no grant, and neither does sleep. */
  readonly endsAtMonotonicMs: number | null;
}

export interface GrantSubject extends Given {
  readonly caller: CallerView;
  readonly accountId: string;
}

export interface FoundGrant extends Given {
  readonly grantId: string;
  /** Infinity for one that lasts until it is taken back. */
  readonly endsInMs: number;
}

/**
 * Remembered answers for access tokens: never for mytokens, never for a program that cannot be recognised. In memory, save those
 * the user made last for good.
 */
export interface Grants {
  /** `given` is what the user made of the request. Null when there is nothing to remember. */
  add(subject: GrantSubject, given: Given, duration: GrantDuration): GrantView | null;
  /**
   * What the grant that covers this request gives, counted as used; null when somebody has to be asked. The very request that was
   * answered with less gets that again.
   */
  use(subject: GrantSubject): (Given & { readonly grantId: string }) | null;
  /** As `use`, without counting; also for how long, in milliseconds. */
  find(subject: GrantSubject): FoundGrant | null;
  /** Uses of what was found beforehand. Nothing when the grant is gone. */
  count(grantId: string, times: number): void;
  /** Some were taken back or changed; told before whoever did it goes on. */
  onChange(listener: () => void): () => void;
  list(): readonly GrantView[];
  /** From the settings only: it lasts until it is taken back. Nothing when it is gone. Throws `settings/could-not-save`; then nothing changed. */
  keep(grantId: string): void;
  /** Throws `settings/could-not-save`; then nothing changed. */
  revoke(grantId: string): void;
  /** On lock: all that do not last for good. */
  clear(): void;
  /** When an account goes: all of its grants. Throws `settings/could-not-save`. */
  forgetAccount(accountId: string): void;
  /** What lasts for good. */
  stored(): readonly StoredGrant[];
}

export function createGrants(
  clock: Clock,
  loaded: readonly StoredGrant[] = [],
  save: (grants: readonly StoredGrant[]) => void = () => undefined,
): Grants {
  const changed = new Emitter<undefined>();
  let grants: readonly Grant[] = loaded.map(fromStored);

  const alive = ({ view, endsAtMonotonicMs }: Grant): boolean =>
    (view.expiresAtMs === null || view.expiresAtMs > clock.nowMs()) &&
    (endsAtMonotonicMs === null || endsAtMonotonicMs > clock.monotonicMs());
  const prune = (): void => {
    grants = grants.filter(alive);
  };
  /** What lasts for good is written down before it counts. */
  const change = (next: readonly Grant[]): void => {
    const lasting = next.filter(lasts);
    const before = grants.filter(lasts);
    const same =
      lasting.length === before.length && lasting.every(({ view }, i) => view.id === before[i]?.view.id);
    if (!same) save(lasting.map(toStored));
    grants = next;
    changed.emit(undefined);
  };

  const find = ({ caller, accountId, scope, audience }: GrantSubject): FoundGrant | null => {
    prune();
    const own = grants.filter(
      ({ identity, view }) => identity === caller.identity && view.accountId === accountId,
    );
    const wanted = { scope, audience };
    const covering = own.find(({ view }) => covers(view.scope, scope) && covers(view.audience, audience));
    const found = covering ?? own.findLast(({ asked }) => isSame(asked, wanted));
    if (found === undefined) return null;
    const { view, endsAtMonotonicMs } = found;
    const given = found === covering ? wanted : { scope: view.scope, audience: view.audience };
    const endsInMs = Math.min(
      (view.expiresAtMs ?? Infinity) - clock.nowMs(),
      (endsAtMonotonicMs ?? Infinity) - clock.monotonicMs(),
    );
    return { ...given, grantId: view.id, endsInMs };
  };
  const count = (grantId: string, times: number): void => {
    grants = grants.map((grant) =>
      grant.view.id === grantId
        ? { ...grant, view: { ...grant.view, uses: grant.view.uses + times } }
        : grant,
    );
  };

  return {
    add({ caller, accountId, ...asked }, { scope, audience }, duration) {
      const { identity, program } = caller;
      const life = lifeMs[duration];
      if (identity === null || life === 0 || duration === 'once') return null;
      const view: GrantView = {
        id: randomUUID(),
        program,
        accountId,
        scope,
        audience,
        duration,
        createdAtMs: clock.nowMs(),
        expiresAtMs: life === null ? null : clock.nowMs() + life,
        uses: 0,
      };
      const endsAtMonotonicMs = life === null ? null : clock.monotonicMs() + life;
      prune();
      grants = [
        ...grants,
        { view, identity, asked: { scope: asked.scope, audience: asked.audience }, endsAtMonotonicMs },
      ];
      return view;
    },
    use(subject) {
      const found = find(subject);
      if (found === null) return null;
      count(found.grantId, 1);
      const { scope, audience, grantId } = found;
      return { scope, audience, grantId };
    },
    find,
    count,
    onChange: (listener) => changed.on(listener),
    list() {
      prune();
      return grants.map(({ view }) => view);
    },
    keep(grantId) {
      prune();
      change(
        grants.map((grant) =>
          grant.view.id === grantId
            ? {
                ...grant,
                view: { ...grant.view, duration: 'always', expiresAtMs: null },
                endsAtMonotonicMs: null,
              }
            : grant,
        ),
      );
    },
    stored: () => grants.filter(lasts).map(toStored),
    revoke: (grantId) => change(grants.filter(({ view }) => view.id !== grantId)),
    clear: () => change(grants.filter(lasts)),
    forgetAccount: (accountId) => change(grants.filter(({ view }) => view.accountId !== accountId)),
  };
}

function lasts({ view }: Grant): boolean {
  return view.duration === 'always';
}

function toStored({ view, identity, asked }: Grant): StoredGrant {
  const { id, program, accountId, createdAtMs } = view;
  return {
    ...{ id, program, identity, accountId, createdAtMs },
    given: { scope: [...view.scope], audience: [...view.audience] },
    asked: { scope: [...asked.scope], audience: [...asked.audience] },
  };
}

function fromStored({ identity, asked, given, ...rest }: StoredGrant): Grant {
  return {
    view: { ...rest, ...given, duration: 'always', expiresAtMs: null, uses: 0 },
    identity,
    asked,
    endsAtMonotonicMs: null,
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
