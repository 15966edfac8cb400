import Alert from '@mui/material/Alert';
import Button from '@mui/material/Button';
import Typography from '@mui/material/Typography';
import type { ReactNode } from 'react';
import { useApp } from '../../hooks/app-context.tsx';

/** Where mytokens are kept on this machine and how well, never better than it is. */
export function StorageSummary(): ReactNode {
  const { state, t, call } = useApp();
  const { kind, protection, backend } = state.storage;
  if (kind === 'session') return <Alert severity="info">{t('storage.is.session')}</Alert>;
  if (protection === 'none') {
    return (
      <Alert
        severity="warning"
        action={
          <Button
            color="inherit"
            size="small"
            onClick={() => void call('help:open', { link: 'keyring-help' })}
          >
            {t('storage.help')}
          </Button>
        }
      >
        {t('storage.is.none')}
      </Alert>
    );
  }
  return (
    <Alert severity="success">
      {t(protection === 'os-app-bound' ? 'storage.is.app-bound' : 'storage.is.user')}
      {backend !== null && (
        <Typography component="div" variant="caption" color="textSecondary">
          {backend}
        </Typography>
      )}
    </Alert>
  );
}
