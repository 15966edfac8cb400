import Box from '@mui/material/Box';
import Checkbox from '@mui/material/Checkbox';
import FormControlLabel from '@mui/material/FormControlLabel';
import NativeSelect from '@mui/material/NativeSelect';
import Typography from '@mui/material/Typography';
import type { ReactNode } from 'react';
import { type GrantDuration, grantDurations } from '../../shared/model/approval.ts';
import { useApp } from '../hooks/app-context.tsx';

/** Off by itself: whoever wants to be asked no more has to say so, and for how long. */
export function Remember({
  value,
  onChange,
}: {
  readonly value: GrantDuration;
  readonly onChange: (value: GrantDuration) => void;
}): ReactNode {
  const { t } = useApp();
  const on = value !== 'once';
  return (
    <div>
      <Box sx={{ display: 'flex', alignItems: 'center', flexWrap: 'wrap', columnGap: 1 }}>
        <FormControlLabel
          control={
            <Checkbox
              size="small"
              checked={on}
              onChange={(_event, ticked) => onChange(ticked ? '15min' : 'once')}
            />
          }
          label={t('approval.remember')}
          sx={{ mr: 0 }}
        />
        {on && (
          <NativeSelect
            value={value}
            onChange={(event) => onChange(event.target.value as GrantDuration)}
            inputProps={{ 'aria-label': t('approval.remember-how-long') }}
          >
            {grantDurations
              .filter((duration) => duration !== 'once')
              .map((duration) => (
                <option key={duration} value={duration}>
                  {t(`approval.remember.${duration}`)}
                </option>
              ))}
          </NativeSelect>
        )}
      </Box>
      {on && (
        <Typography variant="body2" color="textSecondary">
          {t('approval.remember-what')}
        </Typography>
      )}
    </div>
  );
}
