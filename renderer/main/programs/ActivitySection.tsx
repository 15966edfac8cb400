import Box from '@mui/material/Box';
import Typography from '@mui/material/Typography';
import type { ReactNode } from 'react';
import { Moment } from '../../components/Moment.tsx';
import { Section } from '../../components/Page.tsx';
import { useApp } from '../../hooks/app-context.tsx';

/** What programs asked for and what became of it. */
export function ActivitySection(): ReactNode {
  const { state, t } = useApp();
  const { activity } = state.agent;
  return (
    <Section title={t('agent.activity')} hint={t('agent.activity-hint')}>
      {activity.length === 0 && <Typography color="textSecondary">{t('agent.activity-none')}</Typography>}
      <Box component="ul" sx={{ m: 0, p: 0, listStyle: 'none', fontSize: '0.875rem' }}>
        {activity.map((record) => (
          <Box component="li" key={record.id} sx={{ py: 0.75, borderBottom: 1, borderColor: 'divider' }}>
            <strong>{record.program === '' ? t('approval.unknown-program') : record.program}</strong> ·{' '}
            {record.accountName} · {t(`activity.kind.${record.kind}`)}
            {record.summary !== '' && ` (${record.summary})`} — {t(`activity.outcome.${record.outcome}`)},{' '}
            {t(`activity.by.${record.by}`)} · <Moment atMs={record.atMs} />
          </Box>
        ))}
      </Box>
    </Section>
  );
}
