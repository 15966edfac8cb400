import { randomBytes } from 'node:crypto';
import { app, safeStorage } from 'electron';
import type { Clock } from '../ports/index.ts';
import {
  keyringBackend,
  safeStorageBackend,
  type SecretServiceState,
  secretServiceState,
} from '../vault/index.ts';
import type { CoreDeps } from './core.ts';

/** Where the vault's key may be kept on this system, best first, and how to have its user asked for the password. */
export function keyStores(clock: Clock): Pick<CoreDeps, 'backends' | 'requestUnlock'> {
  const secretService = (): Promise<SecretServiceState> => secretServiceState(process.platform, process.env);
  const isLocked = async (): Promise<boolean> => (await secretService()) === 'locked';
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
      secretService,
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
