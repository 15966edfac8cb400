import Alert from '@mui/material/Alert';
import { keyframes } from '@mui/material/styles';
import type { ReactNode } from 'react';
import { useApp } from '../hooks/app-context.tsx';

const appear = keyframes({ to: { visibility: 'visible' } });

/**
 * Over the answers of a first frame that the page did not replace in time, because its scripts are slow or could not be loaded. However
 * many lines the answers take, it covers them all. It comes without a script, and goes with the frame.
 */
export function NotAnswering(): ReactNode {
  const { t } = useApp();
  return (
    <Alert
      severity="error"
      variant="filled"
      sx={{
        ...{ position: 'absolute', top: 0, left: 0, right: 0, minHeight: '100%', zIndex: 1 },
        ...{ borderRadius: 0, visibility: 'hidden', animation: `${appear} 1ms 5s forwards` },
      }}
    >
      {t('approval.not-answering')}
    </Alert>
  );
}
