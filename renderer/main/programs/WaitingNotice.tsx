import Alert from '@mui/material/Alert';
import Button from '@mui/material/Button';
import type { ReactNode } from 'react';
import { useApp } from '../../hooks/app-context.tsx';

/** Programs wait for an answer: the way to their question. */
export function WaitingNotice(): ReactNode {
  const { state, t, call } = useApp();
  const { waiting } = state.agent;
  if (waiting === 0) return null;
  return (
    <Alert
      severity="info"
      action={
        <Button color="inherit" size="small" onClick={() => void call('approval:show', null)}>
          {t('agent.review')}
        </Button>
      }
    >
      {t('agent.waiting', { count: waiting })}
    </Alert>
  );
}
