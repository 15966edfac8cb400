import Button from '@mui/material/Button';
import Menu from '@mui/material/Menu';
import MenuItem from '@mui/material/MenuItem';
import TextField from '@mui/material/TextField';
import Typography from '@mui/material/Typography';
import Box from '@mui/material/Box';
import { type ReactNode, useState } from 'react';
import type { ActivityFilter } from '../../../shared/model/activity.ts';
import { activityDays, type Settings } from '../../../shared/model/settings.ts';
import { ConfirmDialog } from '../../components/ConfirmDialog.tsx';
import { ErrorNotice } from '../../components/ErrorNotice.tsx';
import { useAnnounce } from '../../components/Live.tsx';
import { useApp } from '../../hooks/app-context.tsx';
import { useTask } from '../../hooks/use-task.ts';

/** Taking the log along, how long it is kept, and clearing it. */
export function ActivityMenu({ filter }: { readonly filter: ActivityFilter }): ReactNode {
  const { state, t, call } = useApp();
  const announce = useAnnounce();
  const task = useTask();
  const [anchor, setAnchor] = useState<HTMLElement | null>(null);
  const [clearing, setClearing] = useState(false);
  const [done, setDone] = useState('');
  const isEmpty = state.activity.total === 0;

  const exportAs = (format: 'csv' | 'json'): void => {
    setAnchor(null);
    setDone('');
    void task.run(async () => {
      const written = await call('activity:export', { filter, format });
      if (written === null) return;
      const text = t('activity.export.done', written);
      setDone(text);
      announce(text);
    });
  };

  return (
    <Box sx={{ display: 'flex', flexDirection: 'column', gap: 1 }}>
      <Box sx={{ display: 'flex', flexWrap: 'wrap', gap: 1.5, alignItems: 'center' }}>
        <TextField
          select
          size="small"
          label={t('activity.keep')}
          value={state.settings.activityDays}
          onChange={(event) => {
            const days = Number(event.target.value) as Settings['activityDays'];
            void task.run(() => call('settings:update', { activityDays: days }));
          }}
          sx={{ minWidth: 160 }}
        >
          {activityDays.map((days) => (
            <MenuItem key={days} value={days}>
              {t('activity.keep.days', { days })}
            </MenuItem>
          ))}
        </TextField>
        <Button
          variant="outlined"
          aria-haspopup="menu"
          disabled={isEmpty || task.busy}
          onClick={(event) => setAnchor(event.currentTarget)}
        >
          {t('activity.export')}
        </Button>
        <Button color="error" disabled={isEmpty || task.busy} onClick={() => setClearing(true)}>
          {t('activity.clear')}
        </Button>
      </Box>
      <ErrorNotice error={task.error} />
      {done !== '' && (
        <Typography variant="body2" color="textSecondary" sx={{ overflowWrap: 'anywhere' }}>
          {done}
        </Typography>
      )}
      <Menu anchorEl={anchor} open={anchor !== null} onClose={() => setAnchor(null)}>
        <MenuItem onClick={() => exportAs('csv')}>{t('activity.export.csv')}</MenuItem>
        <MenuItem onClick={() => exportAs('json')}>{t('activity.export.json')}</MenuItem>
      </Menu>
      <ConfirmDialog
        open={clearing}
        title={t('activity.clear.title')}
        confirmLabel={t('activity.clear')}
        busy={task.busy}
        onConfirm={() => void task.run(() => call('activity:clear', null)).then(() => setClearing(false))}
        onClose={() => setClearing(false)}
      >
        <Typography>{t('activity.clear.text')}</Typography>
      </ConfirmDialog>
    </Box>
  );
}
