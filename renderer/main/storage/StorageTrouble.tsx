import LockOutlined from '@mui/icons-material/LockOutlined';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Typography from '@mui/material/Typography';
import { type ReactNode, useState } from 'react';
import { ConfirmDialog } from '../../components/ConfirmDialog.tsx';
import { ErrorNotice } from '../../components/ErrorNotice.tsx';
import { Facts } from '../../components/Facts.tsx';
import { Page } from '../../components/Page.tsx';
import { useApp } from '../../hooks/app-context.tsx';
import { useTask } from '../../hooks/use-task.ts';

/** The store of mytokens does not open: why, what changed, and what can be done. Never an empty list of accounts. */
export function StorageTrouble({ onSettings }: { readonly onSettings: () => void }): ReactNode {
  const { state, t, call } = useApp();
  const task = useTask();
  const [asking, setAsking] = useState(false);
  const { kind, backend, wrappedBy, copiedTo } = state.storage;
  if (kind !== 'locked' && kind !== 'backend-changed' && kind !== 'damaged' && kind !== 'unavailable')
    return null;
  const canReset = kind === 'backend-changed' || kind === 'damaged';

  return (
    <Box sx={{ height: '100%', display: 'flex' }}>
      <Page title={t(`storage.trouble.${kind}.title`)}>
        <Box sx={{ display: 'flex', gap: 2 }}>
          <LockOutlined color="warning" />
          <Typography>{t(`storage.trouble.${kind}.text`)}</Typography>
        </Box>
        <Facts
          items={[
            [t('storage.trouble.accounts'), String(state.accounts.length)],
            ...(wrappedBy === null ? [] : [[t('storage.trouble.before'), wrappedBy] as const]),
            [t('storage.trouble.now'), backend ?? t('storage.trouble.nothing')],
            ...(copiedTo === null ? [] : [[t('storage.trouble.copy'), copiedTo] as const]),
          ]}
        />
        <ErrorNotice error={task.error} />
        <Box sx={{ display: 'flex', gap: 1, flexWrap: 'wrap' }}>
          <Button
            variant="contained"
            disabled={task.busy}
            onClick={() => void task.run(() => call('storage:retry', null))}
          >
            {t('storage.retry')}
          </Button>
          <Button
            variant="outlined"
            disabled={task.busy}
            onClick={() => void task.run(() => call('storage:use-session', null))}
          >
            {t('storage.session')}
          </Button>
          {canReset && (
            <Button color="error" disabled={task.busy} onClick={() => setAsking(true)}>
              {t('storage.reset')}
            </Button>
          )}
          <Button onClick={onSettings}>{t('nav.settings')}</Button>
        </Box>
        <Typography variant="body2" color="textSecondary">
          {t('storage.session-hint')}
        </Typography>
        <ConfirmDialog
          open={asking}
          title={t('storage.reset-question')}
          confirmLabel={t('storage.reset')}
          busy={task.busy}
          onConfirm={() => void task.run(() => call('storage:reset', null)).then(() => setAsking(false))}
          onClose={() => setAsking(false)}
        >
          <Typography>{t('storage.reset-what')}</Typography>
        </ConfirmDialog>
      </Page>
    </Box>
  );
}
