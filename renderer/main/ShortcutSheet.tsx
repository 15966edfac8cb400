import Button from '@mui/material/Button';
import Dialog from '@mui/material/Dialog';
import DialogActions from '@mui/material/DialogActions';
import DialogContent from '@mui/material/DialogContent';
import DialogTitle from '@mui/material/DialogTitle';
import type { ReactNode } from 'react';
import { Facts } from '../components/Facts.tsx';
import { useApp } from '../hooks/app-context.tsx';

export function ShortcutSheet({
  open,
  onClose,
}: {
  readonly open: boolean;
  readonly onClose: () => void;
}): ReactNode {
  const { t, state } = useApp();
  const modifier = state.platform.platform === 'darwin' ? '⌘' : t('shortcuts.ctrl');
  return (
    <Dialog open={open} onClose={onClose} maxWidth="xs" fullWidth aria-labelledby="shortcuts-title">
      <DialogTitle id="shortcuts-title">{t('shortcuts.title')}</DialogTitle>
      <DialogContent>
        <Facts
          items={[
            [`${modifier}+N`, t('shortcuts.add')],
            [`${modifier}+F`, t('shortcuts.filter')],
            [`${modifier}+L`, t('shortcuts.lock')],
            [`${modifier}+,`, t('shortcuts.settings')],
            [t('shortcuts.enter'), t('shortcuts.copy')],
            ['?', t('shortcuts.sheet')],
          ]}
        />
      </DialogContent>
      <DialogActions>
        <Button autoFocus onClick={onClose}>
          {t('common.close')}
        </Button>
      </DialogActions>
    </Dialog>
  );
}
