import type { Clause, Rotation } from './mytoken.ts';

/**
 * - `ok`, `expiring` (within 7 days), `expired`
 * - `login-needed`: the server refuses the mytoken or the provider session ended
 * - `uncertain`: an answer that may have replaced the mytoken never arrived; only a check or a new login can tell
 * - `unreachable`: the last attempt failed for a reason that may pass
 * - `locked`: the stored mytoken cannot be read now
 */
export type AccountStatus =
  'ok' | 'expiring' | 'expired' | 'login-needed' | 'uncertain' | 'unreachable' | 'locked';

/** Warn about a mytoken that stops working within this time. */
export const expiringSoonMs = 7 * 24 * 3600 * 1000;

/** A short name is what programs call the account by (`oidc-token NAME`): no spaces, no path characters. */
export const shortnamePattern = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

/** What a window may know of an account. Never contains a secret; `momId` identifies the mytoken but opens nothing. */
export interface AccountView {
  readonly id: string;
  readonly shortname: string;
  readonly displayName: string;
  readonly instanceUrl: string;
  readonly oidcIssuer: string;
  readonly providerName: string | null;
  readonly tokenName: string;
  readonly momId: string;
  readonly capabilities: readonly string[];
  readonly restrictions: readonly Clause[];
  readonly rotation: Rotation | null;
  readonly defaultScopes: readonly string[];
  readonly defaultAudience: readonly string[];
  /** Scopes the provider offers, as far as the mytoken server told. */
  readonly providerScopes: readonly string[];
  readonly isDefault: boolean;
  readonly createdAtMs: number;
  readonly lastUsedAtMs: number | null;
  /** When the mytoken itself stops working; null for never. */
  readonly expiresAtMs: number | null;
  readonly status: AccountStatus;
  readonly problem: { readonly code: string; readonly atMs: number } | null;
  /** `session`: kept in memory only and gone when the app quits. */
  readonly storage: 'vault' | 'session';
}
