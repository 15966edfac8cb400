import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import FormControlLabel from '@mui/material/FormControlLabel';
import MenuItem from '@mui/material/MenuItem';
import Switch from '@mui/material/Switch';
import TextField from '@mui/material/TextField';
import Typography from '@mui/material/Typography';
import type { ReactNode } from 'react';
import { type LockRules, pauseMinutes } from '../../../shared/model/lock.ts';
import { ErrorNotice } from '../../components/ErrorNotice.tsx';
import { Section } from '../../components/Page.tsx';
import { useApp } from '../../hooks/app-context.tsx';
import { useTask } from '../../hooks/use-task.ts';

const idleChoices = [0, 1, 5, 10, 15, 30, 60] as const;

/** When the app locks by itself, and what can be switched off for a while. */
export function LockSettings(): ReactNode {
  const { state, t, call } = useApp();
  const task = useTask();
  const rules = state.settings.lock;
  const update = (change: Partial<LockRules>): void =>
    void task.run(() => call('settings:update', { lock: { ...rules, ...change } }));
  return (
    <Section title={t('lock.settings')} hint={t('lock.settings-hint')}>
      <FormControlLabel
        control={
          <Switch checked={rules.withScreen} onChange={(_event, withScreen) => update({ withScreen })} />
        }
        label={t('lock.with-screen')}
      />
      <FormControlLabel
        control={
          <Switch checked={rules.beforeSleep} onChange={(_event, beforeSleep) => update({ beforeSleep })} />
        }
        label={t('lock.before-sleep')}
      />
      <TextField
        select
        label={t('lock.idle')}
        value={rules.idleMinutes}
        onChange={(event) => update({ idleMinutes: Number(event.target.value) })}
        sx={{ maxWidth: 400 }}
      >
        {[...new Set([...idleChoices, rules.idleMinutes])]
          .sort((a, b) => a - b)
          .map((minutes) => (
            <MenuItem key={minutes} value={minutes}>
              {minutes === 0 ? t('lock.idle.never') : t('lock.idle.after', { minutes })}
            </MenuItem>
          ))}
      </TextField>
      <Box>
        <Button variant="outlined" onClick={() => void task.run(() => call('lock:lock', null))}>
          {t('lock.lock-now')}
        </Button>
      </Box>
      <Box role="group" aria-labelledby="pause-title" sx={{ display: 'grid', gap: 1 }}>
        <Typography id="pause-title" sx={{ fontWeight: 600 }}>
          {t('lock.pause')}
        </Typography>
        <Typography variant="body2" color="textSecondary">
          {t('lock.pause-hint')}
        </Typography>
        <Box sx={{ display: 'flex', gap: 1, flexWrap: 'wrap' }}>
          {pauseMinutes.map((minutes) => (
            <Button
              key={minutes ?? 0}
              variant="outlined"
              disabled={task.busy}
              onClick={() => void task.run(() => call('lock:pause', { minutes }))}
            >
              {t(`lock.pause.${minutes ?? 'open'}`)}
            </Button>
          ))}
        </Box>
      </Box>
      <ErrorNotice error={task.error} />
    </Section>
  );
}
