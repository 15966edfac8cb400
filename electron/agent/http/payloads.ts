import { type Accounts, statusOf } from '../../accounts/index.ts';
import type { Clock } from '../../ports/index.ts';
import type { AccessTokenGrant, AccessTokenWish } from '../../tokens/index.ts';
import type { VaultStateKind } from '../../vault/index.ts';
import { visibleAccounts } from '../desk/index.ts';
import { storageSummary } from './storage-summary.ts';
import { type AccessTokenRequest, plainName } from './requests.ts';
import type { ClientRecord } from './types.ts';

/** Version of the API, also the `1` in its paths. */
export const protocolVersion = 1;

export interface PayloadSources {
  readonly accounts: Pick<Accounts, 'all' | 'find' | 'defaultAccountId'>;
  readonly clock: Clock;
  readonly appVersion: string;
  readonly storageState: () => VaultStateKind;
}

/** What is signed in a challenge: bound to the address, so that nobody can pass it on from another port. */
export function challengeMessage(host: string, nonce: string): string {
  return `mytoken-desktop challenge v${protocolVersion}\n${host}\n${nonce}`;
}

export function challengeBody(hmac: string): string {
  return JSON.stringify({ protocol: protocolVersion, hmac });
}

export function statusBody({ appVersion, storageState }: PayloadSources): string {
  return JSON.stringify({
    name: 'Mytoken Desktop',
    version: appVersion,
    protocol: protocolVersion,
    storage: storageSummary(storageState()),
  });
}

/** The accounts a key may use; no id, subject or mytoken of theirs. */
export function accountsBody(sources: PayloadSources, client: ClientRecord): string {
  const { accounts, clock, storageState } = sources;
  const vaultState = { kind: storageState() };
  const nowMs = clock.nowMs();
  const defaultId = accounts.defaultAccountId();
  return JSON.stringify({
    accounts: visibleAccounts(accounts, client.accountIds).map((record) => ({
      shortname: record.shortname,
      display_name: record.displayName,
      issuer: record.oidcIssuer,
      mytoken_server: record.instanceUrl,
      default: record.id === defaultId,
      status: statusOf(record, { vaultState, nowMs }),
      expires_at: record.expiresAtMs === null ? null : Math.floor(record.expiresAtMs / 1000),
    })),
  });
}

export function brokerWish(
  accountId: string,
  client: ClientRecord,
  wish: AccessTokenRequest,
): AccessTokenWish {
  const application = wish.application === undefined ? '' : plainName(wish.application);
  return {
    accountId,
    scope: wish.scope,
    audience: wish.audience,
    minValidMs: wish.min_valid_seconds === undefined ? undefined : wish.min_valid_seconds * 1000,
    fresh: wish.fresh,
    // The name the user gave comes first; what the program says of itself is only quoted.
    comment: application === '' ? client.name : `${client.name} ("${application}")`,
  };
}

/** Times are whole seconds, rounded down: a token never seems to live longer than it does. */
export function tokenBody(grant: AccessTokenGrant, account: string, nowMs: number): string {
  return JSON.stringify({
    access_token: grant.accessToken.reveal(),
    token_type: grant.tokenType,
    expires_at: Math.floor(grant.expiresAtMs / 1000),
    expires_in: Math.max(0, Math.floor((grant.expiresAtMs - nowMs) / 1000)),
    scope: grant.scope.join(' '),
    audience: grant.audience,
    issuer: grant.issuer,
    account,
  });
}
