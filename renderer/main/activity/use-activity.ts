import { useCallback, useEffect, useRef, useState } from 'react';
import type { ActivityFilter, ActivityRecord } from '../../../shared/model/activity.ts';
import { type ApiError, asApiError } from '../../api/index.ts';
import { useApp } from '../../hooks/app-context.tsx';

const pageSize = 200;
const mostAtOnce = 2_000;
/** A busy program changes the log many times a second; it is looked at this often. */
const lookEveryMs = 250;

export interface ActivityEntries {
  readonly records: readonly ActivityRecord[];
  /** How many fit, those that are not shown yet included. */
  readonly total: number;
  /** Came in since, and wait until the reader is at the top again: what is being read does not move. */
  readonly newer: number;
  readonly programs: readonly string[];
  readonly ready: boolean;
}

interface Held extends ActivityEntries {
  readonly filter: ActivityFilter | null;
}

const none: Held = { records: [], total: 0, newer: 0, programs: [], ready: false, filter: null };

/** The entries that fit, page by page, kept up with what happens. */
export function useActivity(filter: ActivityFilter): ActivityEntries & {
  readonly error: ApiError | null;
  readonly loadMore: () => void;
  /** While false, new entries wait. */
  readonly follow: (following: boolean) => void;
  /** Fetches what waits. */
  readonly showNewer: () => void;
} {
  const { state, call } = useApp();
  const { changes } = state.activity;
  const [held, setHeld] = useState<Held>(none);
  const [error, setError] = useState<ApiError | null>(null);
  const current = useRef<Held>(none);
  const following = useRef(true);
  const asked = useRef(0);
  const timer = useRef<number | null>(null);

  const put = useCallback((next: Held) => {
    current.current = next;
    setHeld(next);
  }, []);

  const load = useCallback(
    (wanted: ActivityFilter, fromTop: boolean): void => {
      asked.current += 1;
      const mine = asked.current;
      const before = current.current.filter === wanted ? current.current : none;
      const limit = Math.min(mostAtOnce, Math.max(pageSize, before.records.length + pageSize));
      call('activity:query', { filter: wanted, offset: 0, limit }).then(
        ({ records, total, programs }) => {
          if (mine !== asked.current) return;
          setError(null);
          const first = before.records[0];
          const at = fromTop || first === undefined ? 0 : records.findIndex(({ id }) => id === first.id);
          const newer = at >= 0 ? at : Math.max(0, total - before.total);
          const again = records.slice(Math.max(0, at));
          const kept =
            at < 0 && total > 0
              ? before.records
              : [...again, ...(fromTop ? [] : before.records.slice(again.length))];
          put({
            records: kept,
            total,
            newer: total === 0 ? 0 : newer,
            programs,
            ready: true,
            filter: wanted,
          });
        },
        (caught: unknown) => {
          if (mine === asked.current) setError(asApiError(caught));
        },
      );
    },
    [call, put],
  );

  const latest = useRef(filter);
  useEffect(() => {
    latest.current = filter;
    following.current = true;
    load(filter, true);
  }, [filter, load]);

  useEffect(() => {
    timer.current ??= window.setTimeout(() => {
      timer.current = null;
      load(latest.current, following.current);
    }, lookEveryMs);
  }, [changes, load]);
  useEffect(
    () => () => {
      if (timer.current !== null) window.clearTimeout(timer.current);
      timer.current = null;
    },
    [],
  );

  const loadMore = useCallback(() => {
    const before = current.current;
    const offset = before.records.length + before.newer;
    if (!before.ready || before.filter === null || offset >= before.total) return;
    const wanted = before.filter;
    asked.current += 1;
    const mine = asked.current;
    call('activity:query', { filter: wanted, offset, limit: pageSize }).then(
      ({ records, total }) => {
        if (mine !== asked.current) return;
        const known = new Set(before.records.map(({ id }) => id));
        const further = records.filter(({ id }) => !known.has(id));
        put({ ...before, records: [...before.records, ...further], total });
      },
      (caught: unknown) => setError(asApiError(caught)),
    );
  }, [call, put]);

  const follow = useCallback((now: boolean) => {
    following.current = now;
  }, []);
  const showNewer = useCallback(() => {
    following.current = true;
    load(latest.current, true);
  }, [load]);

  return { ...held, error, loadMore, follow, showNewer };
}
