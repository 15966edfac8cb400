import { DomainError } from '../../shared/errors.ts';
import { type AccountStatus, type AccountView, expiringSoonMs } from '../../shared/model/account.ts';
import type { VaultState } from '../vault/index.ts';
import type { AccountRecord } from './types.ts';

export interface ViewContext {
  readonly vaultState: Pick<VaultState, 'kind'>;
  readonly nowMs: number;
  readonly isDefault: boolean;
}

/** What a window may know of an account, as of now. Pure. */
export function toView(record: AccountRecord, context: ViewContext): AccountView {
  return {
    id: record.id,
    shortname: record.shortname,
    displayName: record.displayName,
    instanceUrl: record.instanceUrl,
    oidcIssuer: record.oidcIssuer,
    providerName: record.providerName,
    tokenName: record.tokenName,
    momId: record.momId,
    capabilities: record.capabilities,
    restrictions: record.restrictions,
    rotation: record.rotation,
    defaultScopes: record.defaultScopes,
    defaultAudience: record.defaultAudience,
    providerScopes: record.providerScopes,
    isDefault: context.isDefault,
    createdAtMs: record.createdAtMs,
    lastUsedAtMs: record.lastUsedAtMs,
    expiresAtMs: record.expiresAtMs,
    status: statusOf(record, context),
    problem: record.problem,
    storage: record.sessionOnly === true ? 'session' : 'vault',
  };
}

/**
 * For whoever is about to ask the user on behalf of an account: throws what would stop the request afterwards anyway. `vault/locked`
 * (retryable), `accounts/needs-login`, `accounts/uncertain`.
 */
export function refuseUnusable(
  record: AccountRecord,
  context: Pick<ViewContext, 'vaultState' | 'nowMs'>,
): void {
  switch (statusOf(record, context)) {
    case 'locked':
      throw new DomainError('vault/locked', 'The store of mytokens is locked; unlock it, then ask again.', {
        retryable: true,
      });
    case 'expired':
    case 'login-needed':
      throw new DomainError('accounts/needs-login', 'This account needs a new login in Mytoken Desktop.');
    case 'uncertain':
      throw new DomainError('accounts/uncertain', 'This account needs a check in Mytoken Desktop.');
    case 'ok':
    case 'expiring':
    case 'unreachable':
      break;
  }
}

/** What unlocking would not put right comes first: such an account needs a person anyway. */
export function statusOf(
  record: AccountRecord,
  { vaultState, nowMs }: Pick<ViewContext, 'vaultState' | 'nowMs'>,
): AccountStatus {
  const { expiresAtMs, status } = record;
  if (expiresAtMs !== null && expiresAtMs <= nowMs) return 'expired';
  if (status === 'login-needed' || status === 'uncertain') return status;
  const isReadable =
    vaultState.kind === 'ok' || (vaultState.kind === 'session' && record.sessionOnly === true);
  if (!isReadable) return 'locked';
  if (status === 'unreachable') return status;
  return expiresAtMs !== null && expiresAtMs - nowMs <= expiringSoonMs ? 'expiring' : 'ok';
}
