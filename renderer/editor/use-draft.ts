import { useCallback, useState } from 'react';
import type { MytokenDraft } from './draft.ts';

const mostSteps = 200;

interface Steps {
  readonly past: readonly MytokenDraft[];
  readonly now: MytokenDraft;
  readonly future: readonly MytokenDraft[];
}

export interface DraftHistory {
  readonly draft: MytokenDraft;
  readonly set: (next: MytokenDraft) => void;
  readonly undo: (() => void) | null;
  readonly redo: (() => void) | null;
}

/** A draft with undo and redo; what is set without being different is no step. */
export function useDraft(initial: () => MytokenDraft): DraftHistory {
  const [steps, setSteps] = useState<Steps>(() => ({ past: [], now: initial(), future: [] }));
  const set = useCallback((next: MytokenDraft): void => {
    setSteps(({ past, now, future }) =>
      same(now, next)
        ? { past, now, future }
        : { past: [...past, now].slice(-mostSteps), now: next, future: [] },
    );
  }, []);
  const undo = useCallback((): void => {
    setSteps(({ past, now, future }) => {
      const last = past.at(-1);
      return last === undefined
        ? { past, now, future }
        : { past: past.slice(0, -1), now: last, future: [now, ...future] };
    });
  }, []);
  const redo = useCallback((): void => {
    setSteps(({ past, now, future }) => {
      const [next, ...rest] = future;
      return next === undefined ? { past, now, future } : { past: [...past, now], now: next, future: rest };
    });
  }, []);
  return {
    draft: steps.now,
    set,
    undo: steps.past.length > 0 ? undo : null,
    redo: steps.future.length > 0 ? redo : null,
  };
}

function same(a: MytokenDraft, b: MytokenDraft): boolean {
  return a === b || JSON.stringify(a) === JSON.stringify(b);
}
