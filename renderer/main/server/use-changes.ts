import type { ApiError } from '../../api/index.ts';
import { useTask } from '../../hooks/use-task.ts';
import type { ServerView } from '../manage/use-server-view.ts';

export interface Changes {
  readonly busy: boolean;
  readonly error: ApiError | null;
  /** Does something at the server, then asks what there is now; false when it failed. */
  readonly change: (work: () => Promise<unknown>) => Promise<boolean>;
}

/** Changes to something that is shown from a server. */
export function useChanges<T>(view: ServerView<T>, ask: () => Promise<T>): Changes {
  const { run, busy, error } = useTask();
  return {
    busy: busy || view.busy,
    error: error ?? view.error,
    change: (work) =>
      run(async () => {
        await work();
        view.replace(await ask());
      }),
  };
}
