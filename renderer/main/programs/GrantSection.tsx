import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Typography from '@mui/material/Typography';
import type { ReactNode } from 'react';
import { Moment } from '../../components/Moment.tsx';
import { Section } from '../../components/Page.tsx';
import { useApp } from '../../hooks/app-context.tsx';
import { useTask } from '../../hooks/use-task.ts';

/** Answers that were remembered, each can be forgotten. */
export function GrantSection(): ReactNode {
  const { state, t, call } = useApp();
  const task = useTask();
  const { grants } = state.agent;
  return (
    <Section title={t('agent.grants')}>
      {grants.length === 0 && <Typography color="textSecondary">{t('agent.grants-none')}</Typography>}
      {grants.map((grant) => (
        <Box key={grant.id} sx={{ display: 'flex', gap: 1, alignItems: 'center', flexWrap: 'wrap' }}>
          <Typography variant="body2" sx={{ flex: 1, minWidth: 200, overflowWrap: 'anywhere' }}>
            <strong>{grant.program}</strong> ·{' '}
            {state.accounts.find(({ id }) => id === grant.accountId)?.displayName ?? ''}
            {grant.scope.length > 0 && ` · ${grant.scope.join(' ')}`} ·{' '}
            {grant.expiresAtMs === null ? (
              t('agent.grant-quit')
            ) : (
              <>
                {t('agent.grant-until')} <Moment atMs={grant.expiresAtMs} />
              </>
            )}
          </Typography>
          <Button
            size="small"
            disabled={task.busy}
            onClick={() => void task.run(() => call('grants:revoke', { grantId: grant.id }))}
          >
            {t('agent.forget', { program: grant.program })}
          </Button>
        </Box>
      ))}
    </Section>
  );
}
