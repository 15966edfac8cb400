import { join } from 'node:path';

/** The checkout this script belongs to. */
export const ROOT = join(import.meta.dirname, '..', '..');

/** True for the super-user; always false on Windows. */
export function isRoot(): boolean {
  return process.getuid?.() === 0;
}
