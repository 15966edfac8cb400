import { DomainError } from '../../shared/errors.ts';
import { sameIssuer } from '../../shared/model/issuers.ts';
import { momIdOf, type MytokenClient } from '../mytoken/index.ts';
import type { Clock, Logger, Secret } from '../ports/index.ts';
import { issuedFromClaims } from './issued-from-claims.ts';
import type { Accounts } from './types.ts';
import { unverifiedClaims } from './unverified-claims.ts';

/**
 * What a mytoken string from outside is to an account: the very one it holds, an earlier or a later one of the same mytoken
 * (`seq_no` counts rotations; mytoken protocol, "Rotation"), or something else.
 */
export type Kinship = 'same' | 'earlier' | 'later' | 'foreign';

export interface AdoptionDeps {
  readonly accounts: Pick<Accounts, 'require' | 'mytoken' | 'storeRotated' | 'replaceMytoken'>;
  readonly client: Pick<MytokenClient, 'verify'>;
  readonly clock: Clock;
  readonly log: Logger;
}

/**
 * Looks at a string that another program may have got when it used the account's mytoken, and takes it over when it is the later one. Its
 * signature is checked first: whoever can write the file must not be able to put an account out of order. To be called while no
 * request with the account's mytoken is under way. Throws what the client throws when its keys cannot be had, and `vault/*`.
 */
export async function adoptLater(
  { accounts, client, clock, log }: AdoptionDeps,
  accountId: string,
  value: Secret,
): Promise<Kinship> {
  const record = accounts.require(accountId);
  const held = await accounts.mytoken(accountId);
  if (held?.reveal() === value.reveal()) return 'same';
  const claims = unverifiedClaims(value);
  const current = held === null ? null : unverifiedClaims(held);
  if (claims === null || (momIdOf(claims.jti) ?? `jti:${claims.jti}`) !== record.momId) return 'foreign';
  if (current !== null && claims.seq_no <= current.seq_no) return 'earlier';
  let verified;
  try {
    verified = await client.verify(value);
  } catch (error) {
    if (error instanceof DomainError && error.code === 'mytoken/bad-signature') return 'foreign';
    throw error;
  }
  if (!sameIssuer(verified.iss, record.instanceUrl)) return 'foreign';
  const token = issuedFromClaims('jwt', value, verified, record.momId, clock.nowMs());
  const stuck = record.status === 'login-needed' || record.status === 'uncertain';
  if (stuck || held === null) await accounts.replaceMytoken(accountId, token, verified);
  else await accounts.storeRotated(accountId, token);
  log.info('accounts.later-mytoken-adopted', { accountId });
  return 'later';
}
