import { randomBytes } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';
import { DomainError } from '../../shared/errors.ts';

/**
 * Writes a file that its owner alone can read (0600), whole or not at all: what was there before stays until the new content is on
 * the disk. Throws `settings/could-not-save` with the system's error code.
 */
export async function writePrivateFile(path: string, content: string): Promise<void> {
  const temporary = `${path}.${randomBytes(6).toString('hex')}.tmp`;
  try {
    // wx: never follows or reuses what somebody put there.
    const file = await open(temporary, 'wx', 0o600);
    try {
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (cause) {
    await rm(temporary, { force: true });
    const reason = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown';
    throw new DomainError('settings/could-not-save', 'The file could not be written.', {
      details: { reason },
      cause,
    });
  }
}
