import Alert from '@mui/material/Alert';
import Button from '@mui/material/Button';
import Typography from '@mui/material/Typography';
import type { ReactNode } from 'react';
import type { ApiError } from '../api/index.ts';
import { errorTexts, useApp } from '../hooks/app-context.tsx';

/** What went wrong and what to do next, with the technical code for those who ask somebody. */
export function ErrorNotice({
  error,
  code,
  onRetry,
}: {
  readonly error?: ApiError | null;
  readonly code?: string | null;
  readonly onRetry?: () => void;
}): ReactNode {
  const { t } = useApp();
  const known = error?.code ?? code;
  if (!known) return null;
  const { text, next } = errorTexts(t, known);
  return (
    <Alert
      severity="error"
      role="alert"
      action={
        onRetry && (
          <Button color="inherit" size="small" onClick={onRetry}>
            {t('common.retry')}
          </Button>
        )
      }
    >
      <strong>{text}</strong> {next}
      <Typography component="div" variant="caption" sx={{ opacity: 0.8, mt: 0.5 }}>
        {t('common.error-code', { code: known })}
      </Typography>
    </Alert>
  );
}
