import { type Accounts, statusOf } from '../../accounts/index.ts';
import type { Clock, Secret } from '../../ports/index.ts';
import type { AccessTokenGrant } from '../../tokens/index.ts';
import type { VaultStateKind } from '../../vault/index.ts';
import { type ServedMytoken, visibleAccounts } from '../desk/index.ts';
import { narrowedMembers } from './narrowed.ts';
import { problemOf } from './problems.ts';
import { storageSummary } from './storage-summary.ts';
import type { TokenJob } from './token-job.ts';

/** Version of the API, also the `1` in its paths. */
export const protocolVersion = 1;

export interface PayloadSources {
  readonly accounts: Pick<Accounts, 'all' | 'find' | 'defaultAccountId'>;
  readonly clock: Clock;
  readonly appVersion: string;
  readonly storageState: () => VaultStateKind;
  /** Why nothing may leave, whoever allowed it. */
  readonly closed: () => 'locked' | 'paused' | null;
}

/** What is signed in a challenge: bound to the address, so that nobody can pass it on from another port. */
export function challengeMessage(host: string, nonce: string): string {
  return `mytoken-desktop challenge v${protocolVersion}\n${host}\n${nonce}`;
}

export function challengeBody(hmac: string): string {
  return JSON.stringify({ protocol: protocolVersion, hmac });
}

export function statusBody({ appVersion, storageState, closed }: PayloadSources): string {
  return JSON.stringify({
    name: 'Mytoken Desktop',
    version: appVersion,
    protocol: protocolVersion,
    storage: storageSummary(storageState()),
    access: closed() ?? 'open',
  });
}

/**
 * The accounts a program may use; no id, subject or mytoken of theirs.
 * @param accountIds null for all
 */
export function accountsBody(sources: PayloadSources, accountIds: readonly string[] | null): string {
  const { accounts, clock, storageState } = sources;
  const vaultState = { kind: storageState() };
  const nowMs = clock.nowMs();
  const defaultId = accounts.defaultAccountId();
  return JSON.stringify({
    accounts: visibleAccounts(accounts, accountIds).map((record) => ({
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

/** The members of the mytoken protocol (“MytokenResponse”), then what only this app can tell. */
export function mytokenBody({ account, asked, given, minted }: ServedMytoken, nowMs: number): string {
  const { kind, value, momId, expiresAtMs, capabilities, restrictions, rotation } = minted;
  const code = kind === 'transfer_code';
  const told = capabilities.length > 0;
  return JSON.stringify({
    [code ? 'transfer_code' : 'mytoken']: value.reveal(),
    mytoken_type: kind,
    ...(momId === null ? {} : { mom_id: momId }),
    ...(expiresAtMs === null ? {} : { expires_in: Math.max(0, Math.floor((expiresAtMs - nowMs) / 1000)) }),
    // Servers do not say what is behind a code or a short token: then it is what was asked of them.
    capabilities: told ? capabilities : given.capabilities,
    restrictions: told ? restrictions : given.restrictions,
    ...(rotation === null ? {} : { rotation }),
    name: minted.name,
    expires_at: expiresAtMs === null ? null : Math.floor(expiresAtMs / 1000),
    mytoken_issuer: minted.instanceUrl,
    oidc_issuer: account.oidcIssuer,
    account: account.shortname,
    narrowed: narrowedMembers(asked, given, minted),
  });
}

/** How a request stands; never what it yields. */
export function requestBody(job: TokenJob, state?: 'withdrawn'): string {
  const { outcome, remembered } = job;
  const reached = outcome === null ? 'waiting' : outcome.ok ? 'ready' : 'failed';
  return JSON.stringify({
    request: remembered?.id ?? '',
    kind: job.kind,
    state: state ?? reached,
    started_at: Math.floor(job.startedAtMs / 1000),
    ...(outcome?.ok === false && state === undefined ? { problem: problemOf(outcome.error).members } : {}),
  });
}

export function pairingBody(pairing: {
  readonly id: string;
  readonly code: string;
  readonly expiresAtMs: number;
}): string {
  const { id, code, expiresAtMs } = pairing;
  return JSON.stringify({ pairing: id, code, expires_at: Math.floor(expiresAtMs / 1000), interval: 2 });
}

export function pairedBody(key: Secret, name: string): string {
  return JSON.stringify({ client_key: key.reveal(), name });
}
