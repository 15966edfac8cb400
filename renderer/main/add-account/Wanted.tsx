import Alert from '@mui/material/Alert';
import type { ReactNode } from 'react';
import { useApp } from '../../hooks/app-context.tsx';
import { useNow } from '../../hooks/use-now.ts';

/** That a program asked for an account of this provider, and whether it still has time. */
export function Wanted({
  provider,
  unknownHere,
  waitsUntilMs,
}: {
  readonly provider: string;
  /** The chosen server does not know the provider. */
  readonly unknownHere: boolean;
  readonly waitsUntilMs: number;
}): ReactNode {
  const { t } = useApp();
  const isOver = useNow(true) >= waitsUntilMs;
  return (
    <>
      <Alert severity={isOver ? 'warning' : 'info'}>
        {t(isOver ? 'agent.wanted-over' : 'agent.wanted', { provider })}
      </Alert>
      {unknownHere && <Alert severity="warning">{t('agent.wanted-elsewhere', { provider })}</Alert>}
    </>
  );
}
