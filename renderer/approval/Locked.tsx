import Alert from '@mui/material/Alert';
import Button from '@mui/material/Button';
import type { ReactNode } from 'react';
import type { ApprovalView } from '../../shared/model/approval.ts';
import { ErrorNotice } from '../components/ErrorNotice.tsx';
import { useApp } from '../hooks/app-context.tsx';
import { useTask } from '../hooks/use-task.ts';

/** What has to be unlocked before the answer can be yes, and how many programs wait for it. */
export function Locked({
  approval: { unlockFirst, waiting },
}: {
  readonly approval: ApprovalView;
}): ReactNode {
  const { t, call } = useApp();
  const task = useTask();
  if (unlockFirst === null) return null;
  return (
    <>
      <Alert
        severity="warning"
        action={
          <Button
            color="inherit"
            size="small"
            disabled={task.busy}
            onClick={() => void task.run(() => call('approval:unlock', null))}
          >
            {t('lock.unlock')}
          </Button>
        }
      >
        {t('approval.waiting-for-unlock', { count: waiting + 1 })} {t(`approval.unlock-first.${unlockFirst}`)}
      </Alert>
      <ErrorNotice error={task.error} />
    </>
  );
}
