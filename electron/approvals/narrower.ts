import { DomainError } from '../../shared/errors.ts';
import type { AccessTokenContent, ApprovalContent, NarrowedContent } from '../../shared/model/approval.ts';
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

/**
 * What may be given after the user made less of it. Main does not trust its windows: what comes back may be less than what was shown,
 * never more. Throws `agent/not-narrower`.
 */
export function narrowedTo(narrowed: NarrowedContent, shown: ApprovalContent): ApprovalContent {
  if (narrowed.kind === 'mytoken' && shown.kind === 'mytoken' && isNarrower(narrowed.wish, shown.wish)) {
    // How it is handed over is between the program and the server.
    return { ...shown, wish: { ...narrowed.wish, responseType: shown.wish.responseType } };
  }
  if (narrowed.kind === 'access-token' && shown.kind === 'access-token' && isPartOf(narrowed, shown)) {
    const { scope, audience } = narrowed;
    const same = scope.length === shown.scope.length && audience.length === shown.audience.length;
    if (same || shown.unlimited !== true) return { ...shown, scope, audience };
  }
  throw new DomainError('agent/not-narrower', 'An approval can only give less than was asked for.');
}

/**
 * Naming nothing stands for all that the provider gives by itself. Of that, any scopes are a part (RFC 6749, 6); an audience need not
 * be, for without one a token may be meant for nobody in particular.
 */
function isPartOf(part: AccessTokenContent, whole: AccessTokenContent): boolean {
  const within = (some: readonly string[], all: readonly string[]): boolean =>
    some.length > 0 && some.every((entry) => all.includes(entry));
  const scopeFits = whole.scope.length === 0 || within(part.scope, whole.scope);
  const audienceFits =
    whole.audience.length === 0 ? part.audience.length === 0 : within(part.audience, whole.audience);
  return scopeFits && audienceFits;
}
