import Alert from '@mui/material/Alert';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import FormControlLabel from '@mui/material/FormControlLabel';
import MenuItem from '@mui/material/MenuItem';
import Switch from '@mui/material/Switch';
import TextField from '@mui/material/TextField';
import Typography from '@mui/material/Typography';
import type { ReactNode } from 'react';
import { accountPolicies, type AccountPolicy } from '../../../shared/model/approval.ts';
import { ErrorNotice } from '../../components/ErrorNotice.tsx';
import { Moment } from '../../components/Moment.tsx';
import { Section } from '../../components/Page.tsx';
import { SelectableText } from '../../components/SelectableText.tsx';
import { useApp } from '../../hooks/app-context.tsx';
import { useTask } from '../../hooks/use-task.ts';

/** oidc-agent's socket, what is asked about, what was remembered and what happened. */
export function AgentSections(): ReactNode {
  return (
    <>
      <SocketSection />
      <PolicySection />
      <GrantSection />
      <ActivitySection />
    </>
  );
}

function SocketSection(): ReactNode {
  const { state, t, call } = useApp();
  const task = useTask();
  const { agent, settings } = state;
  const { socket } = agent;
  return (
    <Section title={t('agent.title')} hint={t('agent.hint')}>
      <FormControlLabel
        control={
          <Switch
            checked={settings.socket.enabled}
            onChange={(_event, enabled) =>
              void task.run(() => call('settings:update', { socket: { enabled } }))
            }
          />
        }
        label={t('agent.switch')}
      />
      {socket.state === 'listening' && socket.path !== null && (
        <SelectableText
          label={t('agent.env')}
          value={`export OIDC_SOCK='${socket.path.replaceAll("'", String.raw`'\''`)}'`}
          rows={1}
        />
      )}
      {socket.state === 'error' && <ErrorNotice code={socket.problem} />}
      {agent.locked && (
        <Alert
          severity="warning"
          action={
            <Button
              color="inherit"
              size="small"
              onClick={() => void task.run(() => call('agent:unlock', null))}
            >
              {t('agent.unlock')}
            </Button>
          }
        >
          {t('agent.locked')}
        </Alert>
      )}
      {agent.waiting > 0 && (
        <Alert
          severity="info"
          action={
            <Button
              color="inherit"
              size="small"
              onClick={() => void task.run(() => call('approval:show', null))}
            >
              {t('agent.review')}
            </Button>
          }
        >
          {t('agent.waiting', { count: agent.waiting })}
        </Alert>
      )}
      <ErrorNotice error={task.error} />
    </Section>
  );
}

function PolicySection(): ReactNode {
  const { state, t, call } = useApp();
  const task = useTask();
  const { policies } = state.settings;
  if (state.accounts.length === 0) return null;
  return (
    <Section title={t('agent.policies')} hint={t('agent.policies-hint')}>
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

function GrantSection(): ReactNode {
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

function ActivitySection(): ReactNode {
  const { state, t } = useApp();
  const { activity } = state.agent;
  return (
    <Section title={t('agent.activity')} hint={t('agent.activity-hint')}>
      {activity.length === 0 && <Typography color="textSecondary">{t('agent.activity-none')}</Typography>}
      <Box component="ul" sx={{ m: 0, p: 0, listStyle: 'none', fontSize: '0.875rem' }}>
        {activity.map((record) => (
          <Box component="li" key={record.id} sx={{ py: 0.75, borderBottom: 1, borderColor: 'divider' }}>
            <strong>{record.program === '' ? t('approval.unknown-program') : record.program}</strong> ·{' '}
            {record.accountName} · {t(`agent.kind.${record.kind}`)}
            {record.summary !== '' && ` (${record.summary})`} — {t(`agent.outcome.${record.outcome}`)},{' '}
            {t(`agent.by.${record.by}`)} · <Moment atMs={record.atMs} />
          </Box>
        ))}
      </Box>
    </Section>
  );
}
