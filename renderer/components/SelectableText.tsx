import Box from '@mui/material/Box';
import Typography from '@mui/material/Typography';
import { type ReactNode, useId } from 'react';
import { useApp } from '../hooks/app-context.tsx';
import { mono } from '../theme/theme.ts';

/** Text to take away by hand: selected as a whole when it gets the focus, as windows have no way to the clipboard. */
export function SelectableText({
  label,
  value,
  rows,
}: {
  readonly label: string;
  readonly value: string;
  readonly rows: number;
}): ReactNode {
  const { t } = useApp();
  const id = useId();
  return (
    <div>
      <Typography variant="body2" color="textSecondary">
        <label htmlFor={id}>{label}</label> · {t('common.select-hint')}
      </Typography>
      <Box
        component="textarea"
        id={id}
        readOnly
        rows={rows}
        value={value}
        onFocus={(event) => event.currentTarget.select()}
        sx={{
          fontFamily: mono,
          fontSize: '0.8rem',
          width: '100%',
          boxSizing: 'border-box',
          p: 1,
          mt: 0.5,
          borderRadius: 1,
          border: 1,
          borderColor: 'divider',
          bgcolor: 'background.default',
          color: 'text.primary',
          resize: 'vertical',
        }}
      />
    </div>
  );
}
