import type { MytokenWish } from '../../shared/model/mytoken.ts';
import type { AccountRecord } from './types.ts';

/**
 * What to ask for when an account logs in again: what it asked for before, or, for an imported mytoken, one that can do
 * the same for as long as that could. Absolute times move along, else the new mytoken would be born expired.
 */
export function formerWish(record: AccountRecord, nowMs: number): MytokenWish {
  if (record.wish !== null) return record.wish;
  const shiftSeconds = Math.round((nowMs - record.issuedAtMs) / 1000);
  return {
    tokenName: record.tokenName,
    capabilities: record.capabilities,
    restrictions: record.restrictions.map(({ nbf, exp, ...rest }) => ({
      ...rest,
      ...(nbf === undefined ? {} : { nbf: nbf + shiftSeconds }),
      ...(exp === undefined ? {} : { exp: exp + shiftSeconds }),
    })),
    rotation: record.rotation,
  };
}
