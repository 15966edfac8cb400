import Box from '@mui/material/Box';
import Chip from '@mui/material/Chip';
import FormHelperText from '@mui/material/FormHelperText';
import MenuItem from '@mui/material/MenuItem';
import TextField from '@mui/material/TextField';
import type { ReactNode } from 'react';
import { readTime } from '../../shared/model/time-expressions.ts';
import { useApp } from '../hooks/app-context.tsx';
import { absoluteTime, duration } from '../hooks/time-texts.ts';

const presets = ['+1h', '+12h', '+1d', '+7d', '+30d'] as const;
const units = ['m', 'h', 'd', 'w'] as const;
type Unit = (typeof units)[number];
const dayMs = 86_400_000;

/** A point in time: so long from now, or a date and time of day in this machine's zone. What it comes to is always said. */
export function TimeField({
  label,
  value,
  onChange,
  nowMs,
  error,
}: {
  readonly label: string;
  readonly value: number | string | undefined;
  readonly onChange: (value: number | string) => void;
  readonly nowMs: number;
  readonly error: string | null;
}): ReactNode {
  const { t, formatLocale } = useApp();
  const read = readTime(value);
  const relative = typeof value === 'string' ? /^\+(\d*(?:\.\d+)?)([mhdw])$/.exec(value) : null;
  const mode = relative !== null ? 'in' : read.kind === 'absolute' || read.kind === 'none' ? 'at' : 'other';
  const momentMs =
    read.kind === 'absolute'
      ? read.seconds * 1000
      : read.kind === 'relative'
        ? nowMs + read.offsetSeconds * 1000
        : null;

  const switchTo = (next: string): void => {
    if (next === 'in') onChange('+1d');
    else if (next === 'at') onChange(Math.floor((momentMs ?? nowMs + dayMs) / 60_000) * 60);
  };
  return (
    <Box sx={{ display: 'flex', flexDirection: 'column', gap: 1, flex: 1, minWidth: 0 }}>
      <Box sx={{ display: 'flex', gap: 1, flexWrap: 'wrap' }}>
        <TextField
          select
          fullWidth={false}
          label={t('compose.time.mode', { what: label })}
          value={mode}
          onChange={(event) => switchTo(event.target.value)}
          sx={{ width: 130 }}
        >
          <MenuItem value="in">{t('compose.time.in')}</MenuItem>
          <MenuItem value="at">{t('compose.time.at')}</MenuItem>
          {mode === 'other' && <MenuItem value="other">{String(value)}</MenuItem>}
        </TextField>
        {relative !== null && (
          <>
            <TextField
              fullWidth={false}
              type="number"
              label={t('compose.time.amount', { what: label })}
              value={relative[1]}
              onChange={(event) => onChange(`+${event.target.value}${relative[2] ?? 'd'}`)}
              error={error !== null}
              slotProps={{ htmlInput: { min: 1, step: 1 } }}
              sx={{ width: 150 }}
            />
            <TextField
              select
              fullWidth={false}
              label={t('compose.time.unit', { what: label })}
              value={relative[2]}
              onChange={(event) => onChange(`+${relative[1] ?? '1'}${event.target.value}`)}
              sx={{ width: 150 }}
            >
              {units.map((unit: Unit) => (
                <MenuItem key={unit} value={unit}>
                  {t(`compose.time.unit.${unit}`)}
                </MenuItem>
              ))}
            </TextField>
          </>
        )}
        {mode === 'at' && (
          <TextField
            fullWidth={false}
            type="datetime-local"
            label={t('compose.time.date', { what: label })}
            value={momentMs === null ? '' : localDateTime(momentMs)}
            onChange={(event) => {
              const ms = new Date(event.target.value).getTime();
              if (!Number.isNaN(ms)) onChange(Math.floor(ms / 1000));
            }}
            error={error !== null}
            slotProps={{ inputLabel: { shrink: true } }}
            sx={{ width: 240 }}
          />
        )}
        {mode === 'other' && (
          <TextField
            fullWidth={false}
            label={t('compose.time.other', { what: label })}
            value={String(value)}
            onChange={(event) => onChange(event.target.value)}
            error={error !== null}
            sx={{ width: 240 }}
          />
        )}
      </Box>
      {mode === 'in' && (
        <Box sx={{ display: 'flex', gap: 0.5, flexWrap: 'wrap' }}>
          {presets.map((preset) => {
            const span = readTime(preset);
            const words =
              span.kind === 'relative' ? duration(span.offsetSeconds * 1000, formatLocale) : preset;
            return (
              <Chip
                key={preset}
                size="small"
                variant={value === preset ? 'filled' : 'outlined'}
                label={words}
                aria-label={t('compose.time.preset', { what: label, span: words })}
                onClick={() => onChange(preset)}
              />
            );
          })}
        </Box>
      )}
      <FormHelperText error={error !== null} sx={{ m: 0 }}>
        {error ??
          (momentMs === null ? '' : t('compose.time.moment', { time: absoluteTime(momentMs, formatLocale) }))}
      </FormHelperText>
    </Box>
  );
}

/** What a `datetime-local` field takes: this machine's own time, no zone. */
function localDateTime(ms: number): string {
  const at = new Date(ms - new Date(ms).getTimezoneOffset() * 60_000);
  return at.toISOString().slice(0, 16);
}
