import { createCipheriv, createDecipheriv } from 'node:crypto';

/** A 256-bit data key and its public random name (16 hex digits), which says in each file which key it needs. */
export interface DataKey {
  readonly id: string;
  readonly key: Buffer;
}

/** What a ciphertext belongs to. A file copied into another record or another vault does not decrypt. */
export interface RecordContext {
  readonly vaultId: string;
  readonly recordId: string;
}

export const dataKeyBytes = 32;
export const keyIdBytes = 8;

const schemaVersion = 1;
const magic = Buffer.from('MTDV', 'ascii');
const keyIdAt = magic.length + 1;
const nonceAt = keyIdAt + keyIdBytes;
const nonceBytes = 12;
const tagBytes = 16;
const bodyAt = nonceAt + nonceBytes;

/**
 * AES-256-GCM with a fresh random 96-bit nonce per call: output is nonce, ciphertext, tag. NIST SP 800-38D section 8.3
 * allows 2^32 such encryptions per key; at one write a second that is 136 years, and each removal changes the key.
 */
export function sealBytes(
  plain: Buffer,
  key: Buffer,
  context: Buffer,
  random: (bytes: number) => Buffer,
): Buffer {
  const nonce = random(nonceBytes);
  const cipher = createCipheriv('aes-256-gcm', key, nonce, { authTagLength: tagBytes });
  cipher.setAAD(context);
  return Buffer.concat([nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
}

/** Undoes {@link sealBytes}; null when anything at all does not fit. Zero the result after use. */
export function unsealBytes(sealed: Buffer, key: Buffer, context: Buffer): Buffer | null {
  if (sealed.length < nonceBytes + tagBytes || key.length !== dataKeyBytes) return null;
  const tagAt = sealed.length - tagBytes;
  const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, nonceBytes), {
    authTagLength: tagBytes,
  });
  decipher.setAAD(context);
  decipher.setAuthTag(sealed.subarray(tagAt));
  const unverified = decipher.update(sealed.subarray(nonceBytes, tagAt));
  try {
    decipher.final();
    return unverified;
  } catch {
    unverified.fill(0);
    return null;
  }
}

/** Joins parts so that no two different lists give the same bytes: each part is preceded by its length. */
export function contextOf(...parts: readonly string[]): Buffer {
  return Buffer.concat(
    parts.flatMap((part) => {
      const bytes = Buffer.from(part, 'utf8');
      const length = Buffer.alloc(4);
      length.writeUInt32BE(bytes.length);
      return [length, bytes];
    }),
  );
}

/** Record file: magic, schema version, key id, nonce, ciphertext, tag. */
export function encodeRecord(
  value: Buffer,
  context: RecordContext,
  dataKey: DataKey,
  random: (bytes: number) => Buffer,
): Buffer {
  const head = Buffer.concat([magic, Buffer.of(schemaVersion), Buffer.from(dataKey.id, 'hex')]);
  return Buffer.concat([head, sealBytes(value, dataKey.key, recordContext(context, dataKey.id), random)]);
}

/** Name of the key the file was written with; null when this is no record file of a known version. */
export function keyIdOf(file: Buffer): string | null {
  if (file.length < bodyAt + tagBytes) return null;
  if (!file.subarray(0, magic.length).equals(magic) || file[magic.length] !== schemaVersion) return null;
  return file.subarray(keyIdAt, nonceAt).toString('hex');
}

/** The value, or null when the file is damaged or belongs elsewhere. Zero the result after use. */
export function decodeRecord(file: Buffer, context: RecordContext, dataKey: DataKey): Buffer | null {
  if (keyIdOf(file) !== dataKey.id) return null;
  return unsealBytes(file.subarray(nonceAt), dataKey.key, recordContext(context, dataKey.id));
}

function recordContext(context: RecordContext, keyId: string): Buffer {
  return contextOf('vault record', String(schemaVersion), context.vaultId, keyId, context.recordId);
}
