import Box from '@mui/material/Box';
import NativeSelect from '@mui/material/NativeSelect';
import Typography from '@mui/material/Typography';
import { type ReactNode, useId } from 'react';
import type { ApprovalOption } from '../../shared/model/approval.ts';
import { useApp } from '../hooks/app-context.tsx';
import { hostOf } from '../hooks/words.ts';

/** The program named a provider only: which of the accounts there answers is its user's choice. */
export function AccountChoice({
  options,
  chosenId,
  onChoose,
}: {
  readonly options: readonly ApprovalOption[];
  readonly chosenId: string;
  readonly onChoose: (option: ApprovalOption) => void;
}): ReactNode {
  const { t } = useApp();
  const select = useId();
  const why = useId();
  const [first] = options;
  const names = options.map(({ account }) => account.displayName);
  return (
    <div>
      <Typography component="label" htmlFor={select} variant="h2" sx={{ fontSize: '0.95rem' }}>
        {t('approval.choose-account')}
      </Typography>
      <Box>
        <NativeSelect
          value={chosenId}
          onChange={({ target }) => {
            const option = options.find(({ account }) => account.id === target.value);
            if (option !== undefined) onChoose(option);
          }}
          inputProps={{ id: select, 'aria-describedby': why }}
          sx={{ maxWidth: '100%' }}
        >
          {options.map(({ account }) => (
            <option key={account.id} value={account.id}>
              {names.filter((name) => name === account.displayName).length === 1
                ? account.displayName
                : `${account.shortname} · ${account.displayName}`}
            </option>
          ))}
        </NativeSelect>
      </Box>
      <Typography id={why} variant="body2" color="textSecondary" sx={{ overflowWrap: 'anywhere', mt: 0.5 }}>
        {t('approval.choose-account-why', {
          count: options.length,
          provider: hostOf(first?.account.oidcIssuer ?? ''),
        })}
      </Typography>
    </div>
  );
}
