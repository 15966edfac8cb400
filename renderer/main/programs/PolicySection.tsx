import MenuItem from '@mui/material/MenuItem';
import TextField from '@mui/material/TextField';
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
        <TextField
          key={account.id}
          select
          label={account.displayName}
          value={policies[account.id] ?? 'ask-once'}
          onChange={(event) => {
            const policy = event.target.value as AccountPolicy;
            void task.run(() => call('settings:update', { policies: { ...policies, [account.id]: policy } }));
          }}
          sx={{ maxWidth: 420 }}
        >
          {accountPolicies.map((policy) => (
            <MenuItem key={policy} value={policy}>
              {t(`agent.policy.${policy}`)}
            </MenuItem>
          ))}
        </TextField>
      ))}
      <ErrorNotice error={task.error} />
    </Section>
  );
}
