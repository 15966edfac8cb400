import Alert from '@mui/material/Alert';
import Button from '@mui/material/Button';
import type { ReactNode } from 'react';
import { useApp } from '../../hooks/app-context.tsx';
import { useTask } from '../../hooks/use-task.ts';

/** Above every page while local programs get nothing: otherwise somebody would wonder for an hour. */
export function PausedNotice(): ReactNode {
  const { state, t, call, formatLocale } = useApp();
  const task = useTask();
  const { paused } = state.lock;
  if (paused === null) return null;
  const time = (atMs: number): string =>
    new Intl.DateTimeFormat(formatLocale, { hour: '2-digit', minute: '2-digit' }).format(atMs);
  return (
    <Alert
      severity="warning"
      square
      action={
        <Button
          color="inherit"
          size="small"
          disabled={task.busy}
          onClick={() => void task.run(() => call('lock:resume', null))}
        >
          {t('lock.resume')}
        </Button>
      }
    >
      {paused.untilMs === null
        ? t('lock.paused-open')
        : t('lock.paused-until', { time: time(paused.untilMs) })}
    </Alert>
  );
}
