import { isDeepStrictEqual } from 'node:util';
import { hasCapability } from '../../../shared/model/capabilities.ts';
import type { SubMytokenWish } from '../../../shared/model/sub-mytoken.ts';
import type { MintedMytoken } from '../../tokens/index.ts';

export type NarrowedMember = 'capabilities' | 'restrictions' | 'rotation';

/** In which members less was given than the request came to, by the user or by the server. */
export function narrowedMembers(
  asked: SubMytokenWish,
  given: SubMytokenWish,
  minted: Pick<MintedMytoken, 'capabilities' | 'differences'>,
): readonly NarrowedMember[] {
  const held = minted.capabilities.length > 0 ? minted.capabilities : given.capabilities;
  const differs = (...kinds: string[]): boolean =>
    minted.differences.some(({ kind }) => kinds.includes(kind));
  const narrowed: NarrowedMember[] = [];
  if (asked.capabilities.some((capability) => !hasCapability(held, capability)))
    narrowed.push('capabilities');
  if (
    !isSame(asked.restrictions, given.restrictions) ||
    differs('restrictions-changed', 'restrictions-added')
  ) {
    narrowed.push('restrictions');
  }
  if (!isSame(asked.rotation, given.rotation) || differs('rotation-changed')) narrowed.push('rotation');
  return narrowed;
}

/** Members that are undefined or come in another order make no difference. */
function isSame(a: unknown, b: unknown): boolean {
  const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));
  return isDeepStrictEqual(plain(a), plain(b));
}
