import Checkbox from '@mui/material/Checkbox';
import FormControl from '@mui/material/FormControl';
import FormControlLabel from '@mui/material/FormControlLabel';
import FormLabel from '@mui/material/FormLabel';
import MenuItem from '@mui/material/MenuItem';
import Radio from '@mui/material/Radio';
import RadioGroup from '@mui/material/RadioGroup';
import TextField from '@mui/material/TextField';
import { type ReactNode, useState } from 'react';
import { useApp } from '../../hooks/app-context.tsx';

const expiries = [null, 1, 7, 30, 365] as const;

interface Draft {
  readonly all: boolean;
  readonly accountIds: readonly string[];
  /** Empty: never. */
  readonly days: string;
}

export interface KeyTerms extends Draft {
  readonly set: (change: Partial<Draft>) => void;
  readonly incomplete: boolean;
  readonly chosen: { readonly accountIds: string[] | null; readonly expiresInDays: number | null };
}

/** What a key is good for: which accounts, and for how long. */
export function useKeyTerms(): KeyTerms {
  const [draft, setDraft] = useState<Draft>({ all: true, accountIds: [], days: '' });
  const { all, accountIds, days } = draft;
  return {
    ...draft,
    set: (change) => setDraft((before) => ({ ...before, ...change })),
    incomplete: !all && accountIds.length === 0,
    chosen: { accountIds: all ? null : [...accountIds], expiresInDays: days === '' ? null : Number(days) },
  };
}

export function KeyTermsFields({ terms }: { readonly terms: KeyTerms }): ReactNode {
  const { state, t } = useApp();
  const { all, accountIds, days, set } = terms;
  return (
    <>
      <FormControl>
        <FormLabel id="key-accounts">{t('programs.accounts')}</FormLabel>
        <RadioGroup
          aria-labelledby="key-accounts"
          value={all ? 'all' : 'some'}
          onChange={(_event, value) => set({ all: value === 'all' })}
        >
          <FormControlLabel value="all" control={<Radio size="small" />} label={t('programs.all-accounts')} />
          <FormControlLabel
            value="some"
            control={<Radio size="small" />}
            label={t('programs.some-accounts')}
          />
        </RadioGroup>
        {!all &&
          state.accounts.slice(0, 200).map((account) => (
            <FormControlLabel
              key={account.id}
              sx={{ ml: 2 }}
              control={
                <Checkbox
                  size="small"
                  checked={accountIds.includes(account.id)}
                  onChange={(_event, on) =>
                    set({
                      accountIds: on
                        ? [...accountIds, account.id]
                        : accountIds.filter((id) => id !== account.id),
                    })
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
        slotProps={{ inputLabel: { shrink: true }, select: { displayEmpty: true } }}
        onChange={(event) => set({ days: event.target.value })}
      >
        {expiries.map((value) => (
          <MenuItem key={value ?? 'never'} value={value === null ? '' : String(value)}>
            {value === null ? t('programs.expiry-never') : t('programs.expiry-days', { days: value })}
          </MenuItem>
        ))}
      </TextField>
    </>
  );
}
