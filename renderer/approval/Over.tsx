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
      sx={{
        flex: 'none',
        borderRadius: 0,
        px: 3,
        overflowWrap: 'anywhere',
        '& .MuiAlert-message': { minWidth: 0 },
      }}
    >
      {t('approval.over', { program })}
      {/* Below, not beside: there large print would leave the text a word to the line. */}
      <Button
        variant="outlined"
        color="inherit"
        onClick={() => window.close()}
        sx={{ display: 'block', mt: 1 }}
      >
        {t('common.close')}
      </Button>
    </Alert>
  );
}
