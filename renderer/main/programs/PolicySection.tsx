import Box from '@mui/material/Box';
import MenuItem from '@mui/material/MenuItem';
import Select from '@mui/material/Select';
import Typography from '@mui/material/Typography';
import type { ReactNode } from 'react';
import { accountPolicies, type AccountPolicy } from '../../../shared/model/approval.ts';
import { ErrorNotice } from '../../components/ErrorNotice.tsx';
import { Section } from '../../components/Page.tsx';
import { useApp } from '../../hooks/app-context.tsx';
import { useTask } from '../../hooks/use-task.ts';

/** What happens when a program asks, for each account. */
export function PolicySection(): ReactNode {
  const { state, t, call } = useApp();
  const task = useTask();
  const { policies } = state.settings;
  return (
    <Section title={t('agent.policies')} hint={t('agent.policies-hint')}>
      {state.accounts.length === 0 && (
        <Typography color="textSecondary">{t('agent.policies-none')}</Typography>
      )}
      {state.accounts.map((account) => (
        <Box key={account.id} sx={{ maxWidth: 420 }}>
          {/* Above it, where a long name finds room in large print. */}
          <Typography
            id={`policy-of-${account.id}`}
            variant="body2"
            sx={{ overflowWrap: 'anywhere', mb: 0.5 }}
          >
            {account.displayName}
          </Typography>
          <Select<AccountPolicy>
            size="small"
            fullWidth
            labelId={`policy-of-${account.id}`}
            value={policies[account.id] ?? 'ask-once'}
            onChange={({ target }) => {
              void task.run(() =>
                call('settings:update', { policies: { ...policies, [account.id]: target.value } }),
              );
            }}
            sx={{ '& .MuiSelect-select.MuiSelect-select': { whiteSpace: 'normal' } }}
          >
            {accountPolicies.map((policy) => (
              <MenuItem key={policy} value={policy} sx={{ whiteSpace: 'normal' }}>
                {t(`agent.policy.${policy}`)}
              </MenuItem>
            ))}
          </Select>
        </Box>
      ))}
      <ErrorNotice error={task.error} />
    </Section>
  );
}
