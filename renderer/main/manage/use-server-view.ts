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
  /** After something was changed: if the server cannot be asked then, nothing is shown rather than what was. */
  readonly loadAfterChange: () => void;
  /** What an action answered in its place, so that nothing has to be asked for again. */
  readonly replace: (value: T) => void;
}

/**
 * Something that the server tells for a use of the mytoken: asked for once when first looked at, kept between tabs, and asked for again only
 * when somebody says so. Where uses are counted nothing is asked without a click.
 */
export function useServerView<T>(key: string, account: AccountView, ask: () => Promise<T>): ServerView<T> {
  const [value, setValue] = useKept<T | null>(key, null);
  const { run, busy, error } = useTask();
  const fetch = useCallback(
    (changed: boolean) => {
      void run(async () => {
        try {
          setValue(await ask());
        } catch (failure) {
          // What was true before the change is not true any more.
          if (changed) setValue(null);
          throw failure;
        }
      });
    },
    [run, ask, setValue],
  );
  const load = useCallback(() => fetch(false), [fetch]);
  const loadAfterChange = useCallback(() => fetch(true), [fetch]);
  const usable = usableStatuses.has(account.status);
  const counted = countsOtherUses(account.restrictions);
  const missing = value === null && error === null && usable;
  useEffect(() => {
    if (missing && !counted) load();
  }, [missing, counted, load]);
  return { value, busy, error, load, loadAfterChange, replace: setValue, waits: missing && counted && !busy };
}
