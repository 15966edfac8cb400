import Alert from '@mui/material/Alert';
import Button from '@mui/material/Button';
import Dialog from '@mui/material/Dialog';
import DialogActions from '@mui/material/DialogActions';
import DialogContent from '@mui/material/DialogContent';
import DialogTitle from '@mui/material/DialogTitle';
import Typography from '@mui/material/Typography';
import type { ReactNode } from 'react';
import { SelectableText } from '../../components/SelectableText.tsx';
import { useApp } from '../../hooks/app-context.tsx';

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
        <SelectableText label={t('programs.key')} value={shown?.key ?? ''} rows={2} />
        <SelectableText
          label={t('programs.try')}
          rows={5}
          value={[
            // Command lines are visible to everybody on the machine: the key goes through the pipe.
            `printf 'Authorization: Bearer ${shown?.key ?? ''}\\n' |`,
            `  curl -s --noproxy '*' --header @- \\`,
            `  --header 'Content-Type: application/json' \\`,
            `  --data '{"account":"${account?.shortname ?? 'NAME'}"}' \\`,
            `  ${address}/v1/access-token`,
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
