import Button from '@mui/material/Button';
import Dialog from '@mui/material/Dialog';
import DialogActions from '@mui/material/DialogActions';
import DialogContent from '@mui/material/DialogContent';
import DialogTitle from '@mui/material/DialogTitle';
import TextField from '@mui/material/TextField';
import { type ReactNode, useState } from 'react';
import { ErrorNotice } from '../../components/ErrorNotice.tsx';
import { useApp } from '../../hooks/app-context.tsx';
import { useTask } from '../../hooks/use-task.ts';
import type { ShownKey } from './KeyDialog.tsx';
import { KeyTermsFields, useKeyTerms } from './KeyTerms.tsx';

export function NewKeyDialog({
  open,
  onClose,
  onKey,
}: {
  readonly open: boolean;
  readonly onClose: () => void;
  readonly onKey: (key: ShownKey) => void;
}): ReactNode {
  const { t, call } = useApp();
  const task = useTask();
  const [name, setName] = useState('');
  const terms = useKeyTerms();
  const incomplete = name.trim() === '' || terms.incomplete;

  const create = (): void => {
    void task.run(async () => {
      const { key } = await call('clients:create', {
        name: name.trim(),
        ...terms.chosen,
      });
      onClose();
      onKey({ name: name.trim(), key, rotated: false });
      setName('');
    });
  };

  return (
    <Dialog open={open} onClose={onClose} maxWidth="sm" fullWidth aria-labelledby="new-key-title">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (!incomplete) create();
        }}
      >
        <DialogTitle id="new-key-title">{t('programs.new')}</DialogTitle>
        <DialogContent sx={{ display: 'flex', flexDirection: 'column', gap: 2 }}>
          <TextField
            autoFocus
            label={t('programs.name')}
            helperText={t('programs.name-hint')}
            value={name}
            onChange={(event) => setName(event.target.value)}
            slotProps={{ htmlInput: { maxLength: 80 } }}
            sx={{ mt: 1 }}
          />
          <KeyTermsFields terms={terms} />
          <ErrorNotice error={task.error} />
        </DialogContent>
        <DialogActions sx={{ px: 3, pb: 2 }}>
          <Button onClick={onClose}>{t('common.cancel')}</Button>
          <Button type="submit" variant="contained" disabled={incomplete || task.busy}>
            {t('programs.create')}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
