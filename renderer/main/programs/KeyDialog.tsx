import Alert from '@mui/material/Alert';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Dialog from '@mui/material/Dialog';
import DialogActions from '@mui/material/DialogActions';
import DialogContent from '@mui/material/DialogContent';
import DialogTitle from '@mui/material/DialogTitle';
import Typography from '@mui/material/Typography';
import type { ReactNode } from 'react';
import { useApp } from '../../hooks/app-context.tsx';
import { mono } from '../../theme/theme.ts';

export interface ShownKey {
  readonly name: string;
  readonly key: string;
  readonly rotated: boolean;
}

/** A client key, this once, with a line to try it. */
export function KeyDialog({
  shown,
  onClose,
}: {
  readonly shown: ShownKey | null;
  readonly onClose: () => void;
}): ReactNode {
  const { state, t } = useApp();
  const address = state.endpoint.addresses[0] ?? 'http://127.0.0.1:PORT';
  const account = state.accounts.find(({ isDefault }) => isDefault) ?? state.accounts[0];
  return (
    <Dialog open={shown !== null} maxWidth="md" fullWidth aria-labelledby="key-title">
      <DialogTitle id="key-title">{t('programs.key-title', { name: shown?.name ?? '' })}</DialogTitle>
      <DialogContent sx={{ display: 'flex', flexDirection: 'column', gap: 2 }}>
        <Alert severity="warning">{t('programs.key-once')}</Alert>
        {shown?.rotated === true && <Typography>{t('programs.key-former')}</Typography>}
        <Copyable label={t('programs.key')} text={shown?.key ?? ''} rows={2} />
        <Copyable
          label={t('programs.try')}
          rows={5}
          text={[
            `curl -s ${address}/v1/access-token \\`,
            `  -H 'Authorization: Bearer ${shown?.key ?? ''}' \\`,
            `  -H 'Content-Type: application/json' \\`,
            `  -d '{"account":"${account?.shortname ?? 'NAME'}"}'`,
          ].join('\n')}
        />
        <Typography variant="body2" color="textSecondary">
          {t('programs.key-note')}
        </Typography>
      </DialogContent>
      <DialogActions sx={{ px: 3, pb: 2 }}>
        <Button variant="contained" onClick={onClose}>
          {t('programs.key-stored')}
        </Button>
      </DialogActions>
    </Dialog>
  );
}

/** Selected as a whole when it gets the focus: windows have no way to the clipboard, the keyboard has. */
function Copyable({
  label,
  text,
  rows,
}: {
  readonly label: string;
  readonly text: string;
  readonly rows: number;
}): ReactNode {
  const { t } = useApp();
  return (
    <Box>
      <Typography variant="body2" color="textSecondary" sx={{ mb: 0.5 }}>
        {label} · {t('programs.select-hint')}
      </Typography>
      <Box
        component="textarea"
        readOnly
        aria-label={label}
        value={text}
        rows={rows}
        onFocus={(event) => event.currentTarget.select()}
        sx={{
          width: '100%',
          boxSizing: 'border-box',
          fontFamily: mono,
          fontSize: '0.8rem',
          p: 1,
          border: 1,
          borderColor: 'divider',
          borderRadius: 1,
          bgcolor: 'background.default',
          color: 'text.primary',
          resize: 'vertical',
        }}
      />
    </Box>
  );
}
