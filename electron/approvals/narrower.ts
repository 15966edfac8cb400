import { hasCapability } from '../../shared/model/capabilities.ts';
import { normaliseRestrictions, tighten } from '../../shared/model/restrictions.ts';
import type { SubMytokenWish } from '../../shared/model/sub-mytoken.ts';

/**
 * Whether one wish allows nothing that another does not. Relative times of both count from the same moment, so any will do.
 * Rotation may be added, never taken away, and a shorter life is less.
 */
export function isNarrower(wish: SubMytokenWish, than: SubMytokenWish): boolean {
  if (wish.capabilities.length === 0) return false;
  if (!wish.capabilities.every((capability) => hasCapability(than.capabilities, capability))) return false;
  const now = Math.floor(Date.UTC(2000, 0, 1) / 1000);
  const base = normaliseRestrictions(than.restrictions, now);
  const wanted = normaliseRestrictions(wish.restrictions, now);
  if (base.length > 0 && (wanted.length === 0 || tighten(base, wanted).outcome !== 'asked')) return false;
  const [rotation, asked] = [wish.rotation ?? {}, than.rotation ?? {}];
  if (asked.on_AT === true && rotation.on_AT !== true) return false;
  if (asked.on_other === true && rotation.on_other !== true) return false;
  if (asked.auto_revoke === true && rotation.auto_revoke !== true) return false;
  return asked.lifetime === undefined || (rotation.lifetime ?? Infinity) <= asked.lifetime;
}
