import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Card from '@mui/material/Card';
import Typography from '@mui/material/Typography';
import type { ReactNode } from 'react';
import { ErrorNotice } from '../../components/ErrorNotice.tsx';
import { Moment } from '../../components/Moment.tsx';
import { Section } from '../../components/Page.tsx';
import { useApp } from '../../hooks/app-context.tsx';
import { useTask } from '../../hooks/use-task.ts';

/** Programs that get nothing and that nobody is asked about, until that is taken back. */
export function BlockedSection(): ReactNode {
  const { state, t, call } = useApp();
  const task = useTask();
  const { blocked } = state.agent;
  return (
    <Section title={t('agent.blocked')} hint={t('agent.blocked-hint')}>
      {blocked.length === 0 && <Typography color="textSecondary">{t('agent.blocked-none')}</Typography>}
      {blocked.map(({ id, program, blockedAtMs }) => (
        <Card key={id} sx={{ p: 2, display: 'flex', gap: 1, alignItems: 'center', flexWrap: 'wrap' }}>
          <Box sx={{ flex: 1, minWidth: 200, overflowWrap: 'anywhere' }}>
            <Typography sx={{ fontWeight: 650 }}>
              <bdi>{program === '' ? t('approval.unknown-program') : program}</bdi>
            </Typography>
            <Typography variant="body2" color="textSecondary">
              {t('agent.blocked-since')} <Moment atMs={blockedAtMs} />
            </Typography>
          </Box>
          <Button
            size="small"
            disabled={task.busy}
            aria-label={t('agent.unblock', { program })}
            onClick={() => void task.run(() => call('blocks:remove', { blockId: id }))}
          >
            {t('agent.unblock-short')}
          </Button>
        </Card>
      ))}
      <ErrorNotice error={task.error} />
    </Section>
  );
}
