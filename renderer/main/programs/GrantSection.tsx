import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Card from '@mui/material/Card';
import Typography from '@mui/material/Typography';
import { type ReactNode, useState } from 'react';
import type { GrantView } from '../../../shared/model/approval.ts';
import { ConfirmDialog } from '../../components/ConfirmDialog.tsx';
import { ErrorNotice } from '../../components/ErrorNotice.tsx';
import { Moment } from '../../components/Moment.tsx';
import { Section } from '../../components/Page.tsx';
import { useApp } from '../../hooks/app-context.tsx';
import { listOf } from '../../hooks/time-texts.ts';
import { useNow } from '../../hooks/use-now.ts';
import { type Task, useTask } from '../../hooks/use-task.ts';

/** Answers that were remembered: what they cover and how long, each can be forgotten. Only here they can be made to last. */
export function GrantSection(): ReactNode {
  const { state, t, call } = useApp();
  const task = useTask();
  const [forgettingAll, setForgettingAll] = useState(false);
  const nowMs = useNow(false);
  const grants = state.agent.grants.filter(({ expiresAtMs }) => expiresAtMs === null || expiresAtMs > nowMs);
  const forgetAll = async (): Promise<void> => {
    for (const { id } of grants) await call('grants:revoke', { grantId: id });
  };
  return (
    <Section title={t('agent.grants')} hint={t('agent.grants-hint')}>
      {grants.length === 0 && <Typography color="textSecondary">{t('agent.grants-none')}</Typography>}
      {grants.map((grant) => (
        <GrantCard key={grant.id} grant={grant} task={task} />
      ))}
      {grants.length > 1 && (
        <Box>
          <Button color="error" disabled={task.busy} onClick={() => setForgettingAll(true)}>
            {t('agent.forget-all')}
          </Button>
        </Box>
      )}
      <ErrorNotice error={task.error} />
      <ConfirmDialog
        open={forgettingAll}
        title={t('agent.forget-all-question')}
        confirmLabel={t('agent.forget-all')}
        busy={task.busy}
        onConfirm={() => void task.run(forgetAll).then(() => setForgettingAll(false))}
        onClose={() => setForgettingAll(false)}
      >
        {t('agent.forget-all-what')}
      </ConfirmDialog>
    </Section>
  );
}

function GrantCard({ grant, task }: { readonly grant: GrantView; readonly task: Task }): ReactNode {
  const { state, t, call, formatLocale } = useApp();
  const account = state.accounts.find(({ id }) => id === grant.accountId);
  const covered = [...grant.scope, ...grant.audience];
  const whose = { program: grant.program, account: account?.displayName ?? grant.accountId };
  return (
    <Card sx={{ p: 2, display: 'flex', gap: 1, alignItems: 'center', flexWrap: 'wrap' }}>
      <Box sx={{ flex: 1, minWidth: 200, overflowWrap: 'anywhere' }}>
        <Typography sx={{ fontWeight: 650 }}>
          <bdi>{grant.program}</bdi>
        </Typography>
        <Typography variant="body2">
          {whose.account} · {covered.length === 0 ? t('agent.grant-default') : listOf(covered, formatLocale)}
        </Typography>
        <Typography variant="body2" color="textSecondary">
          {t('agent.grant-since')} <Moment atMs={grant.createdAtMs} /> ·{' '}
          {grant.expiresAtMs === null ? (
            t(grant.duration === 'always' ? 'agent.grant-always' : 'agent.grant-quit')
          ) : (
            <>
              {t('agent.grant-until')} <Moment atMs={grant.expiresAtMs} />
            </>
          )}{' '}
          · {t('agent.grant-uses', { count: grant.uses })}
        </Typography>
      </Box>
      <Box sx={{ display: 'flex', flexWrap: 'wrap' }}>
        {grant.duration !== 'always' && (
          <Button
            size="small"
            disabled={task.busy}
            aria-label={t('agent.keep-one', whose)}
            onClick={() => void task.run(() => call('grants:keep', { grantId: grant.id }))}
          >
            {t('agent.keep')}
          </Button>
        )}
        <Button
          size="small"
          color="error"
          disabled={task.busy}
          aria-label={t('agent.forget', whose)}
          onClick={() => void task.run(() => call('grants:revoke', { grantId: grant.id }))}
        >
          {t('agent.forget-short')}
        </Button>
      </Box>
    </Card>
  );
}
