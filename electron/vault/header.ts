import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';
import { contextOf, type DataKey, dataKeyBytes, keyIdBytes, sealBytes, unsealBytes } from './record-codec.ts';
import type { BackendName } from './types.ts';

/** A data key on its way out: sealed under its successor until no record needs it any more. */
export interface RetiringKey {
  readonly keyId: string;
  readonly sealedKey: string;
}

export interface HeaderBody {
  readonly schemaVersion: 1;
  /** Random; part of the associated data of each record. */
  readonly vaultId: string;
  readonly createdAtMs: number;
  /** API and backend that wrapped the key, for example `safe-storage:gnome_libsecret`. */
  readonly wrappedBy: BackendName;
  readonly keyId: string;
  /** Base64. */
  readonly wrappedKey: string;
  /** Present while records move from one data key to the next. */
  readonly retiring: RetiringKey | null;
  /** A record was removed and the data key has not been replaced since. Survives a crash. */
  readonly rotationOwed: boolean;
}

/**
 * `seal` authenticates all other fields with the data key. It also proves that an unwrapped key is the right one:
 * Chromium's Linux and macOS ciphers are AES-CBC without authentication, so a wrong key can "decrypt" to garbage.
 */
export interface VaultHeader extends HeaderBody {
  readonly seal: string;
}

export const headerMaxBytes = 64 * 1024;

export function sealHeader(body: HeaderBody, key: Buffer): VaultHeader {
  return { ...body, seal: sealOf(body, key).toString('hex') };
}

export function sealFits(header: VaultHeader, key: Buffer): boolean {
  if (key.length !== dataKeyBytes) return false;
  return timingSafeEqual(Buffer.from(header.seal, 'hex'), sealOf(header, key));
}

export function serialiseHeader(header: VaultHeader): Buffer {
  return Buffer.from(`${JSON.stringify(header, null, 2)}\n`, 'utf8');
}

/** Null when this is not a header of a version known here. */
export function parseHeader(content: Buffer): VaultHeader | null {
  let raw: unknown;
  try {
    raw = JSON.parse(content.toString('utf8'));
  } catch {
    return null;
  }
  if (!isObject(raw)) return null;
  const { vaultId, createdAtMs, wrappedBy, keyId, wrappedKey, retiring, rotationOwed, seal } = raw;
  if (raw['schemaVersion'] !== 1) return null;
  if (!isHex(vaultId, 16) || !isHex(keyId, keyIdBytes) || !isHex(seal, 32)) return null;
  if (typeof createdAtMs !== 'number' || typeof wrappedBy !== 'string') return null;
  if (typeof wrappedKey !== 'string' || typeof rotationOwed !== 'boolean') return null;
  const retiringKey = retiring === null ? null : parseRetiring(retiring);
  if (retiringKey === undefined) return null;
  return {
    ...{ schemaVersion: 1, vaultId, createdAtMs, wrappedBy, keyId, wrappedKey },
    ...{ retiring: retiringKey, rotationOwed, seal },
  };
}

export function sealRetiring(
  retiring: DataKey,
  successor: DataKey,
  vaultId: string,
  random: (bytes: number) => Buffer,
): RetiringKey {
  const context = retiringContext(vaultId, retiring.id, successor.id);
  return {
    keyId: retiring.id,
    sealedKey: sealBytes(retiring.key, successor.key, context, random).toString('base64'),
  };
}

/** Null when the blob does not fit. */
export function unsealRetiring(retiring: RetiringKey, successor: DataKey, vaultId: string): DataKey | null {
  const sealed = Buffer.from(retiring.sealedKey, 'base64');
  const key = unsealBytes(sealed, successor.key, retiringContext(vaultId, retiring.keyId, successor.id));
  return key?.length === dataKeyBytes ? { id: retiring.keyId, key } : null;
}

function retiringContext(vaultId: string, keyId: string, successorId: string): Buffer {
  return contextOf('vault retiring key', vaultId, keyId, successorId);
}

function sealOf(body: HeaderBody, key: Buffer): Buffer {
  const sealKey = Buffer.from(hkdfSync('sha256', key, body.vaultId, 'vault header seal', 32));
  const fields = [
    body.schemaVersion,
    body.vaultId,
    body.createdAtMs,
    body.wrappedBy,
    body.keyId,
    body.wrappedKey,
    body.retiring === null ? null : [body.retiring.keyId, body.retiring.sealedKey],
    body.rotationOwed,
  ];
  const seal = createHmac('sha256', sealKey).update(JSON.stringify(fields), 'utf8').digest();
  sealKey.fill(0);
  return seal;
}

function parseRetiring(raw: unknown): RetiringKey | undefined {
  if (!isObject(raw)) return undefined;
  const { keyId, sealedKey } = raw;
  return isHex(keyId, keyIdBytes) && typeof sealedKey === 'string' ? { keyId, sealedKey } : undefined;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isHex(value: unknown, bytes: number): value is string {
  return typeof value === 'string' && value.length === 2 * bytes && /^[0-9a-f]+$/.test(value);
}
