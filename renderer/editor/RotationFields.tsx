import Box from '@mui/material/Box';
import FormControlLabel from '@mui/material/FormControlLabel';
import MenuItem from '@mui/material/MenuItem';
import Switch from '@mui/material/Switch';
import TextField from '@mui/material/TextField';
import type { ReactNode } from 'react';
import type { Rotation } from '../../shared/model/mytoken.ts';
import { useApp } from '../hooks/app-context.tsx';
import { duration } from '../hooks/time-texts.ts';

const daySeconds = 86_400;
const lifetimes = [daySeconds, 7 * daySeconds, 30 * daySeconds, 90 * daySeconds];
const flags = ['on_AT', 'on_other', 'auto_revoke'] as const;

/** When a mytoken is replaced, and what happens to copies and to one that lies unused. */
export function RotationFields({
  value,
  onChange,
}: {
  readonly value: Rotation | null;
  readonly onChange: (value: Rotation | null) => void;
}): ReactNode {
  const { t, formatLocale } = useApp();
  const set = (change: Rotation): void => {
    const entries = Object.entries({ ...value, ...change }).filter(
      ([, entry]) => entry !== undefined && entry !== false,
    );
    onChange(entries.length === 0 ? null : Object.fromEntries(entries));
  };
  const lifetime = value?.lifetime ?? 0;
  return (
    <Box sx={{ display: 'flex', flexDirection: 'column', gap: 0.5 }}>
      {flags.map((flag) => (
        <FormControlLabel
          key={flag}
          control={
            <Switch
              checked={value?.[flag] === true}
              onChange={(_event, on) => set({ [flag]: on || undefined })}
            />
          }
          label={t(`compose.rotation.${flag}`)}
        />
      ))}
      <TextField
        select
        sx={{ mt: 1, maxWidth: 320 }}
        label={t('compose.rotation.lifetime')}
        value={lifetime}
        onChange={(event) => set({ lifetime: Number(event.target.value) || undefined })}
      >
        <MenuItem value={0}>{t('account.facts.never')}</MenuItem>
        {[...new Set([...lifetimes, ...(lifetime > 0 ? [lifetime] : [])])]
          .sort((a, b) => a - b)
          .map((seconds) => (
            <MenuItem key={seconds} value={seconds}>
              {t('compose.rotation.unused-for', { span: duration(seconds * 1000, formatLocale) })}
            </MenuItem>
          ))}
      </TextField>
    </Box>
  );
}
