export { type SecretServiceState, secretServiceState } from './secret-service-state.ts';
export {
  keyringBackend,
  type KeyringEntry,
  type KeyringLibrary,
  type KeyringOptions,
} from './keyring-backend.ts';
export { openWithRetry, type RetryOptions } from './open-with-retry.ts';
export type { VaultFs } from './private-directory.ts';
export { safeStorageBackend, type SafeStorageApi, type SafeStorageOptions } from './safe-storage-backend.ts';
export type * from './types.ts';
export { createVault, type VaultOptions, type VaultWithHistory } from './vault.ts';
