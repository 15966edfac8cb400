import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import type { KeyBackend, ProtectionLevel } from '../../electron/vault/index.ts';
import { DomainError } from '../../shared/errors.ts';

/** A key store whose mood a test decides. Really encrypts, so that a foreign key does not fit. */
export class FakeKeyBackend implements KeyBackend {
  readonly name: string;
  level: ProtectionLevel | 'locked' = 'os-user';
  /** What `unwrap` throws instead of answering. */
  unwrapFailure: DomainError | null = null;
  /** What `wrap` throws instead of answering. */
  wrapFailure: DomainError | null = null;
  /** Like Chromium's AES-CBC with a wrong key: an answer, but not the right one. */
  garbles = false;
  readonly calls: string[] = [];
  #secret: Buffer;

  constructor(name = 'safe-storage:fake', secret: Buffer = randomBytes(32)) {
    this.name = name;
    this.#secret = secret;
  }

  /** The user's keyring was thrown away and made anew. */
  changeSecret(): void {
    this.#secret = randomBytes(32);
  }

  probe(): Promise<ProtectionLevel | 'locked'> {
    this.calls.push('probe');
    return Promise.resolve(this.level);
  }

  wrap(key: Buffer): Promise<Buffer> {
    this.calls.push('wrap');
    const failure = this.wrapFailure ?? this.#locked();
    if (failure !== null) return Promise.reject(failure);
    const nonce = randomBytes(12);
    const cipher = createCipheriv('aes-256-gcm', this.#secret, nonce, { authTagLength: 16 });
    return Promise.resolve(Buffer.concat([nonce, cipher.update(key), cipher.final(), cipher.getAuthTag()]));
  }

  unwrap(wrapped: Buffer): Promise<Buffer> {
    this.calls.push('unwrap');
    const failure = this.unwrapFailure ?? this.#locked();
    if (failure !== null) return Promise.reject(failure);
    if (this.garbles) return Promise.resolve(randomBytes(32));
    try {
      const decipher = createDecipheriv('aes-256-gcm', this.#secret, wrapped.subarray(0, 12), {
        authTagLength: 16,
      });
      decipher.setAuthTag(wrapped.subarray(-16));
      return Promise.resolve(Buffer.concat([decipher.update(wrapped.subarray(12, -16)), decipher.final()]));
    } catch (cause) {
      return Promise.reject(new DomainError('vault/could-not-read', 'does not fit', { cause }));
    }
  }

  forget(): Promise<void> {
    this.calls.push('forget');
    return Promise.resolve();
  }

  #locked(): DomainError | null {
    return this.level === 'locked' ? new DomainError('vault/locked', 'locked', { retryable: true }) : null;
  }
}
