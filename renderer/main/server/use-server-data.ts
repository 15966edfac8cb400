import { useCallback, useEffect, useRef } from 'react';
import type { AccountView } from '../../../shared/model/account.ts';
import type { ApiError } from '../../api/index.ts';
import { useTask } from '../../hooks/use-task.ts';
import { useKept } from '../manage/kept.tsx';

export interface ServerData<T> {
  /** Null: not asked yet. */
  readonly data: T | null;
  readonly busy: boolean;
  readonly error: ApiError | null;
  readonly load: () => void;
  /** Does something at the server, then asks anew; false when it failed. */
  readonly change: (work: () => Promise<unknown>) => Promise<boolean>;
}

/**
 * Something a server is asked for once, and kept while the account is looked at. It is asked by itself only when that costs no counted use of
 * the mytoken (mytoken protocol, "Operation matrix").
 */
export function useServerData<T>(
  key: string,
  account: AccountView,
  allowed: boolean,
  fresh: boolean,
  ask: () => Promise<T>,
): ServerData<T> {
  const [kept, setKept] = useKept<T | null>(key, null);
  const { run, busy, error } = useTask();
  const counted = account.restrictions.some((clause) => clause.usages_other !== undefined);
  const load = useCallback(() => {
    void run(async () => setKept(await ask()));
  }, [run, ask, setKept]);
  // Once, when the section appears: what changes later is asked for on purpose.
  const looked = useRef(false);
  useEffect(() => {
    if (looked.current) return;
    looked.current = true;
    if (allowed && (fresh || (kept === null && !counted))) load();
  }, [allowed, fresh, kept, counted, load]);
  return {
    data: kept,
    busy,
    error,
    load,
    change: (work) =>
      run(async () => {
        await work();
        setKept(await ask());
      }),
  };
}
