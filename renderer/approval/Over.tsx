import Alert from '@mui/material/Alert';
import Button from '@mui/material/Button';
import type { ReactNode } from 'react';
import { useApp } from '../hooks/app-context.tsx';

/** In the place of the answers, when the time ran out while somebody was at it. What is above stays, to be read and copied. */
export function Over({ program }: { readonly program: string }): ReactNode {
  const { t } = useApp();
  return (
    <Alert
      severity="warning"
      action={
        <Button color="inherit" size="small" onClick={() => window.close()}>
          {t('common.close')}
        </Button>
      }
    >
      {t('approval.over', { program })}
    </Alert>
  );
}
