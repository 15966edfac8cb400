import type { VaultStateKind } from '../../vault/index.ts';

export type StorageSummary = 'ok' | 'locked' | 'unavailable';

/** The vault's state in the words of the API: it works, it will after unlocking, or somebody has to look at it. */
export function storageSummary(kind: VaultStateKind): StorageSummary {
  if (kind === 'ok' || kind === 'session') return 'ok';
  return kind === 'locked' || kind === 'closed' ? 'locked' : 'unavailable';
}
