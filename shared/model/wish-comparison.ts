import { type Danger, dangerOf, hasCapability } from './capabilities.ts';
import type { Clause, ClauseRequest, Rotation } from './mytoken.ts';
import { normaliseRestrictions, widerThan } from './restrictions.ts';
import type { ParentMytoken, SubMytokenWish } from './sub-mytoken.ts';

export interface ComparedCapability {
  readonly capability: string;
  /** `same`: the other has it in these words. `part`: of something the other has. `not-held`: the other lacks it, servers drop it. */
  readonly against: 'same' | 'part' | 'not-held';
  readonly danger: Danger;
}

/** A mytoken that is to be made, held against one that is there. */
export interface WishComparison {
  /** Those that can do most harm first. */
  readonly capabilities: readonly ComparedCapability[];
  /** What the other one has and this one gets no part of. */
  readonly dropped: readonly string[];
  /** `none`: neither has any. `inherited`: none of its own, so the other's apply. `same`, `tighter`: of its own. */
  readonly limits: 'none' | 'inherited' | 'same' | 'tighter';
  /** Those that will apply. */
  readonly restrictions: readonly (Clause | ClauseRequest)[];
  /** When the last of its ways ends, seconds since 1970; null when one never does. */
  readonly endsAtSeconds: number | null;
  readonly rotation: Rotation | null;
}

const harm: Readonly<Record<Danger, number>> = { danger: 0, warning: 1, normal: 2 };

/** `nowSeconds`: relative times count from here. */
export function compareWish(
  wish: Pick<SubMytokenWish, 'capabilities' | 'restrictions' | 'rotation'>,
  other: ParentMytoken,
  nowSeconds: number,
): WishComparison {
  const capabilities = wish.capabilities
    .map((capability): ComparedCapability => {
      const against = other.capabilities.includes(capability)
        ? 'same'
        : hasCapability(other.capabilities, capability)
          ? 'part'
          : 'not-held';
      return { capability, against, danger: dangerOf(capability) };
    })
    .toSorted((a, b) => harm[a.danger] - harm[b.danger] || depthOf(a.capability) - depthOf(b.capability));
  const own = normaliseRestrictions(wish.restrictions, nowSeconds);
  const applying = own.length > 0 ? own : other.restrictions;
  const ends = applying.map(({ exp }) => exp ?? 0);
  return {
    capabilities,
    dropped: other.capabilities.filter(
      (held) =>
        !wish.capabilities.some((wanted) => hasCapability([held], wanted) || hasCapability([wanted], held)),
    ),
    limits: limitsOf(own, other.restrictions),
    restrictions: own.length > 0 ? wish.restrictions : other.restrictions,
    endsAtSeconds: ends.length === 0 || ends.includes(0) ? null : Math.max(...ends),
    rotation: wish.rotation,
  };
}

function limitsOf(own: readonly Clause[], others: readonly Clause[]): WishComparison['limits'] {
  if (own.length === 0) return others.length === 0 ? 'none' : 'inherited';
  const within = (inner: readonly Clause[], outer: readonly Clause[]): boolean =>
    inner.every((clause) => outer.some((base) => widerThan(clause, base).length === 0));
  return own.length === others.length && within(own, others) && within(others, own) ? 'same' : 'tighter';
}

function depthOf(capability: string): number {
  return capability.split(':').length + (capability.startsWith('read@') ? 1 : 0);
}
