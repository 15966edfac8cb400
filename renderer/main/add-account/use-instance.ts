import { useEffect, useState } from 'react';
import type { InstanceView } from '../../../shared/ipc/contract.ts';
import { type ApiError, asApiError } from '../../api/index.ts';
import { useApp } from '../../hooks/app-context.tsx';

export interface InstanceCheck {
  readonly view: InstanceView | null;
  readonly error: ApiError | null;
  readonly checking: boolean;
  readonly again: () => void;
}

interface Outcome {
  readonly url: string;
  readonly view: InstanceView | null;
  readonly error: ApiError | null;
}

/** Half a second after the last keystroke. */
const pauseMs = 500;

/** Asks the server behind `url` what it is, as the user types; answers to former questions are dropped. */
export function useInstance(url: string): InstanceCheck {
  const { call } = useApp();
  const [outcome, setOutcome] = useState<Outcome | null>(null);
  const [attempt, setAttempt] = useState(0);
  const wanted = url.trim();

  useEffect(() => {
    if (wanted === '') return;
    let current = true;
    const timer = setTimeout(
      () => {
        call('instances:check', { url: wanted, refresh: attempt > 0 }).then(
          (view) => {
            if (current) setOutcome({ url: wanted, view, error: null });
          },
          (error: unknown) => {
            if (current) setOutcome({ url: wanted, view: null, error: asApiError(error) });
          },
        );
      },
      attempt > 0 ? 0 : pauseMs,
    );
    return () => {
      current = false;
      clearTimeout(timer);
    };
  }, [wanted, attempt, call]);

  const fresh = outcome?.url === wanted ? outcome : null;
  return {
    view: fresh?.view ?? null,
    error: fresh?.error ?? null,
    checking: wanted !== '' && fresh === null,
    again: () => {
      setOutcome(null);
      setAttempt((before) => before + 1);
    },
  };
}
