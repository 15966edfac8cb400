import Button from '@mui/material/Button';
import Checkbox from '@mui/material/Checkbox';
import Dialog from '@mui/material/Dialog';
import DialogActions from '@mui/material/DialogActions';
import DialogContent from '@mui/material/DialogContent';
import DialogTitle from '@mui/material/DialogTitle';
import FormControl from '@mui/material/FormControl';
import FormControlLabel from '@mui/material/FormControlLabel';
import FormLabel from '@mui/material/FormLabel';
import MenuItem from '@mui/material/MenuItem';
import Radio from '@mui/material/Radio';
import RadioGroup from '@mui/material/RadioGroup';
import TextField from '@mui/material/TextField';
import { type ReactNode, useState } from 'react';
import { ErrorNotice } from '../../components/ErrorNotice.tsx';
import { useApp } from '../../hooks/app-context.tsx';
import { useTask } from '../../hooks/use-task.ts';
import type { ShownKey } from './KeyDialog.tsx';

const expiries = [null, 1, 7, 30, 365] as const;

export function NewKeyDialog({
  open,
  onClose,
  onKey,
}: {
  readonly open: boolean;
  readonly onClose: () => void;
  readonly onKey: (key: ShownKey) => void;
}): ReactNode {
  const { state, t, call } = useApp();
  const task = useTask();
  const [name, setName] = useState('');
  const [all, setAll] = useState(true);
  const [accountIds, setAccountIds] = useState<readonly string[]>([]);
  const [days, setDays] = useState('');
  const incomplete = name.trim() === '' || (!all && accountIds.length === 0);

  const create = (): void => {
    void task.run(async () => {
      const { key } = await call('clients:create', {
        name: name.trim(),
        accountIds: all ? null : [...accountIds],
        expiresInDays: days === '' ? null : Number(days),
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
          <FormControl>
            <FormLabel id="key-accounts">{t('programs.accounts')}</FormLabel>
            <RadioGroup
              aria-labelledby="key-accounts"
              value={all ? 'all' : 'some'}
              onChange={(_event, value) => setAll(value === 'all')}
            >
              <FormControlLabel
                value="all"
                control={<Radio size="small" />}
                label={t('programs.all-accounts')}
              />
              <FormControlLabel
                value="some"
                control={<Radio size="small" />}
                label={t('programs.some-accounts')}
              />
            </RadioGroup>
            {!all &&
              state.accounts
                .slice(0, 200)
                .map((account) => (
                  <FormControlLabel
                    key={account.id}
                    sx={{ ml: 2 }}
                    control={
                      <Checkbox
                        size="small"
                        checked={accountIds.includes(account.id)}
                        onChange={(_event, on) =>
                          setAccountIds((before) =>
                            on ? [...before, account.id] : before.filter((id) => id !== account.id),
                          )
                        }
                      />
                    }
                    label={account.displayName}
                  />
                ))}
          </FormControl>
          <TextField
            select
            label={t('programs.expiry')}
            value={days}
            onChange={(event) => setDays(event.target.value)}
          >
            {expiries.map((value) => (
              <MenuItem key={value ?? 'never'} value={value === null ? '' : String(value)}>
                {value === null ? t('programs.expiry-never') : t('programs.expiry-days', { days: value })}
              </MenuItem>
            ))}
          </TextField>
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
