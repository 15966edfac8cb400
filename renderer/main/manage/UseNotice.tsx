import Alert from '@mui/material/Alert';
import Button from '@mui/material/Button';
import type { ReactNode } from 'react';
import { useApp } from '../../hooks/app-context.tsx';

/** Looking costs something here: says so and waits. */
export function UseNotice({
  onLoad,
  busy,
}: {
  readonly onLoad: () => void;
  readonly busy: boolean;
}): ReactNode {
  const { t } = useApp();
  return (
    <Alert
      severity="info"
      action={
        <Button color="inherit" size="small" onClick={onLoad} disabled={busy}>
          {t('manage.use.load')}
        </Button>
      }
    >
      {t('manage.use.counts')}
    </Alert>
  );
}
