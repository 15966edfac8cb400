import { useRef, useState } from 'react';
import type { AccountView } from '../../../../shared/model/account.ts';
import { ApiError, asApiError } from '../../../api/index.ts';
import { useAnnounce } from '../../../components/Live.tsx';
import { useApp } from '../../../hooks/app-context.tsx';
import type { Forest } from './forest.ts';
import { isWithin, type RevocationPlan, type Step } from './revocation.ts';

/** Calls of one request to main: between them somebody may stop, and the number done moves. */
const stepsAtOnce = 10;

export interface Revocation {
  /** Steps that were done; a plan that failed or was stopped goes on behind them. */
  readonly done: number;
  readonly busy: boolean;
  readonly finished: boolean;
  readonly error: ApiError | null;
  readonly start: () => void;
  readonly stop: () => void;
}

/** Works through a plan, step by step. */
export function useRevocation({
  account,
  forest,
  derived,
  plan,
  ours,
  removesAccount,
}: {
  readonly account: AccountView;
  readonly forest: Forest;
  readonly derived: boolean;
  readonly plan: RevocationPlan;
  readonly ours: readonly AccountView[];
  readonly removesAccount: boolean;
}): Revocation {
  const { t, call } = useApp();
  const announce = useAnnounce();
  const [done, setDone] = useState(0);
  const [busy, setBusy] = useState(false);
  const [finished, setFinished] = useState(false);
  const [error, setError] = useState<ApiError | null>(null);
  const stopped = useRef(false);

  async function work(): Promise<void> {
    const { steps } = plan;
    let at = done;
    while (at < steps.length && !stopped.current) {
      const some = steps.slice(at, at + stepsAtOnce);
      const answer = await call('manage:revoke', {
        accountId: account.id,
        derived,
        steps: [...some],
        check: ours.filter((one) => some.some((step) => ends(forest, step, one.momId))).map(({ id }) => id),
      });
      at += answer.done;
      setDone(at);
      if (answer.problem !== null) throw new ApiError(answer.problem);
    }
    if (at < steps.length) return;
    // Its own way, as on the overview: the mytoken is revoked first, then the account goes.
    if (removesAccount) await call('accounts:remove', { accountId: account.id, mode: 'revoke' });
    setFinished(true);
    announce(t('manage.revoke.done', { count: plan.ended.length }));
  }

  return {
    done,
    busy,
    finished,
    error,
    start() {
      stopped.current = false;
      setBusy(true);
      setError(null);
      work()
        .catch((caught: unknown) => setError(asApiError(caught)))
        .finally(() => setBusy(false));
    },
    stop() {
      stopped.current = true;
    },
  };
}

/** True when a step ends the mytoken of `momId`. */
function ends(forest: Forest, step: Step, momId: string): boolean {
  if (step.momId === momId) return true;
  return (
    step.recursive &&
    isWithin(
      forest,
      forest.findIndex((node) => node.momId === momId),
      step.momId,
    )
  );
}
