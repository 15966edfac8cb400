import { timingSafeEqual } from 'node:crypto';
import { DomainError } from '../../shared/errors.ts';
import type { SecretServiceState } from './secret-service-state.ts';
import type { BackendName, KeyBackend, ProtectionLevel } from './types.ts';

/** Electron's `safeStorage`, synchronous part, as the app hands it in. Usable only after `ready`. */
export interface SafeStorageApi {
  isEncryptionAvailable(): boolean;
  /** Linux only. */
  getSelectedStorageBackend?(): string;
  encryptString(text: string): Buffer;
  decryptString(encrypted: Buffer): string;
}

export interface SafeStorageOptions {
  readonly api: SafeStorageApi;
  readonly platform: NodeJS.Platform;
  /** Whether this build carries a stable code signature: only then does the macOS keychain keep other programs out. */
  readonly signed: boolean;
  readonly random: (bytes: number) => Buffer;
  /** Looked at before Chromium asks the Secret Service, which it does at most once. Default: not known. */
  readonly secretService?: () => Promise<SecretServiceState>;
}

/** With these Chromium uses a key that is compiled into it: obfuscation, no protection. */
const withoutProtection: ReadonlySet<string> = new Set(['basic_text', 'unknown']);
const secretServiceBackend = 'gnome_libsecret';
/** What Chromium's Linux cipher puts in front when the key is the compiled-in one. */
const compiledInKeyPrefix = Buffer.from('v10', 'ascii');
const probeBytes = 32;

/**
 * Wraps with Electron's safeStorage. Only the synchronous calls are used: what the asynchronous ones write they may not be able to
 * read. `isEncryptionAvailable` alone proves nothing on Linux, so each probe is a round trip and looks at the result.
 */
export function safeStorageBackend(options: SafeStorageOptions): KeyBackend {
  const { api, platform, signed, random } = options;
  /** Not open, or not there yet: too early for the one look. */
  const isTooEarly = async (): Promise<boolean> => {
    if (selected() !== secretServiceBackend) return false;
    const state = (await options.secretService?.()) ?? 'unknown';
    return state === 'locked' || state === 'absent';
  };

  /** Not known before `ready`, and different per desktop session: asked for each time. */
  const selected = (): string => {
    if (platform === 'darwin') return 'keychain';
    if (platform === 'win32') return 'dpapi';
    return api.getSelectedStorageBackend?.() ?? 'unknown';
  };
  const encrypt = (key: Buffer): Buffer => {
    const wrapped = api.encryptString(key.toString('base64'));
    if (platform === 'linux' && wrapped.subarray(0, 3).equals(compiledInKeyPrefix)) {
      throw unavailable(selected());
    }
    return wrapped;
  };
  const decrypt = (wrapped: Buffer): Buffer => Buffer.from(api.decryptString(wrapped), 'base64');

  const probeNow = (): ProtectionLevel | 'locked' => {
    const backend = selected();
    if (withoutProtection.has(backend)) return 'none';
    if (!api.isEncryptionAvailable()) return platform === 'win32' ? 'none' : 'locked';
    const probe = random(probeBytes);
    const back = decrypt(encrypt(probe));
    if (back.length !== probe.length || !timingSafeEqual(back, probe)) return 'none';
    return platform === 'darwin' && signed ? 'os-app-bound' : 'os-user';
  };

  return {
    get name(): BackendName {
      return `safe-storage:${selected()}`;
    },

    async probe() {
      if (await isTooEarly()) return 'locked';
      try {
        return probeNow();
      } catch {
        return 'none';
      }
    },

    wrap(key) {
      return attempt(() => {
        requireReady();
        try {
          return encrypt(key);
        } catch (error) {
          throw error instanceof DomainError ? error : unavailable(selected(), error);
        }
      });
    },

    unwrap(wrapped) {
      return attempt(() => {
        requireReady();
        try {
          return decrypt(wrapped);
        } catch (cause) {
          throw new DomainError('vault/could-not-read', 'The key store could not decrypt the data key.', {
            details: { backend: selected() },
            cause,
          });
        }
      });
    },

    /** Chromium's own key stays: other data of the app may depend on it. */
    forget: () => Promise.resolve(),
  };

  function requireReady(): void {
    const backend = selected();
    if (withoutProtection.has(backend)) throw unavailable(backend);
    if (api.isEncryptionAvailable()) return;
    throw new DomainError('vault/locked', 'The key store is locked.', {
      details: { backend },
      retryable: true,
    });
  }
}

function attempt<T>(task: () => T): Promise<T> {
  return new Promise((resolve) => {
    resolve(task());
  });
}

function unavailable(backend: string, cause?: unknown): DomainError {
  return new DomainError('vault/unavailable', 'The key store does not protect anything here.', {
    details: { backend },
    cause,
  });
}
