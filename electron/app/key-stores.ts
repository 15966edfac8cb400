import { randomBytes } from 'node:crypto';
import { app, safeStorage } from 'electron';
import type { Clock } from '../ports/index.ts';
import { isSecretServiceLocked, keyringBackend, safeStorageBackend } from '../vault/index.ts';
import type { CoreDeps } from './core.ts';

/** Where the vault's key may be kept on this system, best first, and how to have its user asked for the password. */
export function keyStores(clock: Clock): Pick<CoreDeps, 'backends' | 'requestUnlock'> {
  const isLocked = (): Promise<boolean> => isSecretServiceLocked(process.platform, process.env);
  const keyring = keyringBackend({
    service: 'Mytoken Desktop',
    account: 'vault',
    platform: process.platform,
    clock,
    random: randomBytes,
    isLocked,
  });
  const backends = [
    safeStorageBackend({
      api: safeStorage,
      platform: process.platform,
      signed: app.isPackaged && process.platform === 'darwin',
      random: randomBytes,
      isLocked,
    }),
    keyring,
  ];
  return {
    backends,
    requestUnlock: async () => {
      if (await isLocked()) await keyring.requestUnlock();
    },
  };
}
