import { useCallback, useEffect } from 'react';
import type { AccountView } from '../../../shared/model/account.ts';
import type { ApiError } from '../../api/index.ts';
import { useTask } from '../../hooks/use-task.ts';
import { usableStatuses } from '../accounts/AccountRow.tsx';
import { countsOtherUses } from './budgets.ts';
import { useKept } from './kept.tsx';

export interface ServerView<T> {
  /** Null until it was loaded. */
  readonly value: T | null;
  readonly busy: boolean;
  readonly error: ApiError | null;
  /** Loading would use up something, so it waits for a click. */
  readonly waits: boolean;
  readonly load: () => void;
}

/**
 * Something that the server tells for a use of the mytoken: asked for once when first looked at, kept between tabs, and asked for again only
 * when somebody says so. Where uses are counted nothing is asked without a click.
 */
export function useServerView<T>(key: string, account: AccountView, ask: () => Promise<T>): ServerView<T> {
  const [value, setValue] = useKept<T | null>(key, null);
  const { run, busy, error } = useTask();
  const load = useCallback(() => {
    void run(async () => setValue(await ask()));
  }, [run, ask, setValue]);
  const free = !countsOtherUses(account.restrictions) && usableStatuses.has(account.status);
  const missing = value === null && error === null;
  useEffect(() => {
    if (missing && free) load();
  }, [missing, free, load]);
  return { value, busy, error, load, waits: missing && !free && !busy };
}
