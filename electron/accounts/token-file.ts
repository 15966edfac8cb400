import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { DomainError } from '../../shared/errors.ts';

export interface TokenFile {
  readonly text: string;
  /** Other users of this machine may read it. Always false where the file system has no modes to tell (Windows). */
  readonly readableByOthers: boolean;
  /** Null where users have no number. */
  readonly ownerId: number | null;
}

/** Throws `import/file-unreadable` with `details.reason`: `missing`, `not-allowed`, `not-a-file`, `too-large`, `failed`. */
export type ReadTokenFile = (path: string) => Promise<TokenFile>;

const limitBytes = 64 * 1024;
const othersMayRead = 0o044;

/** Reads a small regular file whole. */
export const readTokenFile: ReadTokenFile = async (path) => {
  // A named pipe without a writer would block the open for ever.
  const nonBlocking = process.platform === 'win32' ? 0 : constants.O_NONBLOCK;
  const buffer = Buffer.alloc(limitBytes + 1);
  try {
    const file = await open(path, constants.O_RDONLY | nonBlocking);
    try {
      const stat = await file.stat();
      if (!stat.isFile()) throw unreadable('not-a-file');
      if (stat.size > limitBytes) throw unreadable('too-large');
      let length = 0;
      while (length <= limitBytes) {
        const { bytesRead } = await file.read(buffer, length, buffer.length - length);
        if (bytesRead === 0) break;
        length += bytesRead;
      }
      // It may have grown since, and some file systems report no size.
      if (length > limitBytes) throw unreadable('too-large');
      return {
        text: buffer.toString('utf8', 0, length),
        ownerId: process.platform === 'win32' ? null : stat.uid,
        readableByOthers: process.platform !== 'win32' && (stat.mode & othersMayRead) !== 0,
      };
    } finally {
      await file.close();
    }
  } catch (error) {
    if (error instanceof DomainError) throw error;
    throw unreadable(reasonOf(error), error);
  } finally {
    buffer.fill(0);
  }
};

function reasonOf(error: unknown): string {
  const code: unknown = error instanceof Error && 'code' in error ? error.code : null;
  switch (code) {
    case 'ENOENT':
      return 'missing';
    case 'EACCES':
    case 'EPERM':
      return 'not-allowed';
    case 'EISDIR':
    case 'ENXIO':
      return 'not-a-file';
    default:
      return 'failed';
  }
}

function unreadable(reason: string, cause?: unknown): DomainError {
  return new DomainError('import/file-unreadable', 'This file could not be read as a mytoken.', {
    details: { reason },
    cause,
  });
}
