import LockOutlined from '@mui/icons-material/LockOutlined';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Typography from '@mui/material/Typography';
import type { ReactNode } from 'react';
import type { LockView } from '../../../shared/model/lock.ts';
import { ErrorNotice } from '../../components/ErrorNotice.tsx';
import { Facts } from '../../components/Facts.tsx';
import { Moment } from '../../components/Moment.tsx';
import { Page } from '../../components/Page.tsx';
import { useApp } from '../../hooks/app-context.tsx';
import { useTask } from '../../hooks/use-task.ts';

/** The whole window while the app is locked: who locked it, what that means, and the way out. */
export function LockedPage({ locked }: { readonly locked: NonNullable<LockView['locked']> }): ReactNode {
  const { state, t, call } = useApp();
  const task = useTask();
  const { waiting } = state.agent;
  return (
    <Box sx={{ height: '100%', display: 'flex' }}>
      <Page title={t('lock.title')}>
        <Box sx={{ display: 'flex', gap: 2 }}>
          <LockOutlined color="primary" />
          <Box>
            <Typography>{t(`lock.by.${locked.by}`)}</Typography>
            <Typography color="textSecondary">{t('lock.what')}</Typography>
          </Box>
        </Box>
        <Facts items={[[t('lock.since'), <Moment key="since" atMs={locked.sinceMs} />]]} />
        {waiting > 0 && <Typography>{t('lock.waiting', { count: waiting })}</Typography>}
        <ErrorNotice error={task.error} />
        <Box>
          <Button
            variant="contained"
            disabled={task.busy}
            onClick={() => void task.run(() => call('lock:unlock', null))}
          >
            {t('lock.unlock')}
          </Button>
        </Box>
      </Page>
    </Box>
  );
}
