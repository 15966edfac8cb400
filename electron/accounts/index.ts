export { adoptLater, type AdoptionDeps, type Kinship } from './adoption.ts';
export { type AccountsDeps, createAccounts } from './accounts.ts';
export type { ProcessEnvironments, RunningProcess, TokenVariable } from './environment-scan.ts';
export { formerWish } from './former-wish.ts';
export { createImports, type ImportsDeps } from './imports.ts';
export { linuxProcesses } from './linux-processes.ts';
export { createLogins, type LoginsDeps } from './logins.ts';
export { createRemoval, type RemovalDeps, type RemovalMode } from './removal.ts';
export {
  accountsDocument,
  type AccountsDocument,
  type DamagedEntry,
  parseStoredAccounts,
  type StoredAccounts,
} from './stored-accounts.ts';
export { type ReadTokenFile, readTokenFile, type TokenFile } from './token-file.ts';
export { findToken, firstLine, type FoundToken } from './token-text.ts';
export type * from './types.ts';
export { uniqueShortname } from './shortnames.ts';
export { unverifiedClaims } from './unverified-claims.ts';
export { refuseUnusable, statusOf, toView, type ViewContext } from './view.ts';
