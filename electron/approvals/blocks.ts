import { randomUUID } from 'node:crypto';
import type { BlockedProgramView } from '../../shared/model/approval.ts';
import type { CallerView } from '../../shared/model/caller.ts';
import type { Clock } from '../ports/index.ts';
import type { StoredBlock } from './stored-permissions.ts';

/** Programs that nobody is asked about any more, until their user takes that back. */
export interface Blocks {
  has(caller: CallerView): boolean;
  /** Does nothing for a program that cannot be recognised again. Throws `settings/could-not-save`; it is blocked until the app quits then. */
  add(caller: CallerView): void;
  /** Throws `settings/could-not-save`; then it stays blocked. */
  remove(blockId: string): void;
  list(): readonly BlockedProgramView[];
  stored(): readonly StoredBlock[];
}

export function createBlocks(
  clock: Clock,
  loaded: readonly StoredBlock[] = [],
  save: (blocked: readonly StoredBlock[]) => void = () => undefined,
): Blocks {
  let blocked = loaded;
  const isOf = (caller: CallerView) => (block: StoredBlock) => block.identity === caller.identity;
  return {
    has: (caller) => blocked.some(isOf(caller)),
    add(caller) {
      const { identity, program } = caller;
      if (identity === null || blocked.some(isOf(caller))) return;
      blocked = [...blocked, { id: randomUUID(), program, identity, blockedAtMs: clock.nowMs() }];
      save(blocked);
    },
    remove(blockId) {
      const left = blocked.filter(({ id }) => id !== blockId);
      save(left);
      blocked = left;
    },
    list: () => blocked.map(({ id, program, blockedAtMs }) => ({ id, program, blockedAtMs })),
    stored: () => blocked,
  };
}
