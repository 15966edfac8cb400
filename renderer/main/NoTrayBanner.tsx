import Alert from '@mui/material/Alert';
import Button from '@mui/material/Button';
import { type ReactNode, useState } from 'react';
import { useApp } from '../hooks/app-context.tsx';

/** Without a tray, people must know where the app is when its window is closed. */
export function NoTrayBanner(): ReactNode {
  const { state, t, call } = useApp();
  const [hidden, setHidden] = useState(false);
  if (state.platform.tray === 'shown' || hidden) return null;
  return (
    <Alert
      severity="info"
      square
      onClose={() => setHidden(true)}
      closeText={t('common.close')}
      action={undefined}
      sx={{ borderRadius: 0 }}
    >
      {t('no-tray.text')}{' '}
      <Button size="small" color="inherit" onClick={() => void call('help:open', { link: 'appindicator' })}>
        {t('no-tray.help')}
      </Button>
    </Alert>
  );
}
