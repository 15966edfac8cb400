import Search from '@mui/icons-material/Search';
import Box from '@mui/material/Box';
import InputAdornment from '@mui/material/InputAdornment';
import MenuItem from '@mui/material/MenuItem';
import TextField from '@mui/material/TextField';
import type { ReactNode } from 'react';
import { type ActivityFilter, activityKinds, activityOutcomes } from '../../../shared/model/activity.ts';
import { useApp } from '../../hooks/app-context.tsx';

const hourMs = 3_600_000;
export const spans = { hour: hourMs, day: 24 * hourMs, week: 7 * 24 * hourMs } as const;
export type Span = keyof typeof spans;

/** What is looked for, as the fields hold it. */
export interface FilterFields extends Omit<ActivityFilter, 'fromMs'> {
  readonly span: Span | null;
}

export const noFilter: FilterFields = {
  text: '',
  program: null,
  accountId: null,
  outcome: null,
  kind: null,
  span: null,
};

type Choice = readonly [value: string, label: string];

export function FilterBar({
  fields,
  programs,
  onChange,
}: {
  readonly fields: FilterFields;
  readonly programs: readonly string[];
  readonly onChange: (fields: FilterFields) => void;
}): ReactNode {
  const { state, t } = useApp();
  const select = (
    name: Exclude<keyof FilterFields, 'text'>,
    label: string,
    choices: readonly Choice[],
  ): ReactNode => {
    const value: string = fields[name] ?? '';
    const known = value === '' || choices.some(([each]) => each === value);
    return (
      <TextField
        select
        size="small"
        label={label}
        value={value}
        onChange={(event) =>
          onChange({ ...fields, [name]: event.target.value === '' ? null : event.target.value })
        }
        slotProps={{ inputLabel: { shrink: true }, select: { displayEmpty: true } }}
      >
        <MenuItem value="">{t('activity.filter.any')}</MenuItem>
        {(known ? choices : [...choices, [value, value] as const]).map(([each, words]) => (
          <MenuItem key={each} value={each}>
            {words}
          </MenuItem>
        ))}
      </TextField>
    );
  };
  return (
    <Box sx={{ display: 'flex', flexDirection: 'column', gap: 1.5 }}>
      <TextField
        type="search"
        size="small"
        label={t('activity.search')}
        value={fields.text}
        onChange={(event) => onChange({ ...fields, text: event.target.value.slice(0, 500) })}
        slotProps={{
          input: {
            startAdornment: (
              <InputAdornment position="start">
                <Search fontSize="small" />
              </InputAdornment>
            ),
          },
        }}
      />
      <Box sx={{ display: 'grid', gap: 1.5, gridTemplateColumns: 'repeat(auto-fit, minmax(150px, 1fr))' }}>
        {select(
          'program',
          t('activity.filter.program'),
          programs.map((program) => [program, program]),
        )}
        {select(
          'accountId',
          t('activity.filter.account'),
          state.accounts.map(({ id, displayName }) => [id, displayName]),
        )}
        {select(
          'outcome',
          t('activity.filter.outcome'),
          activityOutcomes.map((outcome) => [outcome, t(`activity.outcome.${outcome}`)]),
        )}
        {select(
          'kind',
          t('activity.filter.kind'),
          activityKinds.map((kind) => [kind, t(`activity.kind.${kind}`)]),
        )}
        {select('span', t('activity.filter.time'), [
          ['hour', t('activity.time.hour')],
          ['day', t('activity.time.day')],
          ['week', t('activity.time.week')],
        ])}
      </Box>
    </Box>
  );
}
