import { useCallback } from 'react';
import { useApp } from '../../hooks/app-context.tsx';
import { type Task, useTask } from '../../hooks/use-task.ts';

export interface CopyWish {
  readonly accountId: string;
  readonly scope?: string[];
  readonly audience?: string[];
}

/** Copies an access token; the confirmation comes with the state. */
export function useCopy(): Task & { readonly copy: (wish: CopyWish) => void } {
  const { call } = useApp();
  const task = useTask();
  const { run } = task;
  const copy = useCallback((wish: CopyWish) => void run(() => call('tokens:copy', wish)), [call, run]);
  return { ...task, copy };
}
