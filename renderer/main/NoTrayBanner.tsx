import Alert from '@mui/material/Alert';
import Link from '@mui/material/Link';
import { type ReactNode, useState } from 'react';
import { useApp } from '../hooks/app-context.tsx';

/** Without a tray, people must know where the app is when its window is closed. As low as its text, for it is above every page. */
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
      sx={{
        ...{ flex: 'none', borderRadius: 0, py: 0 },
        '& .MuiAlert-icon': { display: { xs: 'none', sm: 'flex' } },
        '& .MuiAlert-action': { pt: 0.5 },
      }}
    >
      {t('no-tray.text')}{' '}
      <Link
        component="button"
        color="inherit"
        onClick={() => void call('help:open', { link: 'appindicator' })}
        sx={{ font: 'inherit', fontWeight: 600, verticalAlign: 'baseline', textAlign: 'start' }}
      >
        {t('no-tray.help')}
      </Link>
    </Alert>
  );
}
