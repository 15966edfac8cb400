import Add from '@mui/icons-material/Add';
import Terminal from '@mui/icons-material/Terminal';
import Alert from '@mui/material/Alert';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Card from '@mui/material/Card';
import FormControlLabel from '@mui/material/FormControlLabel';
import Switch from '@mui/material/Switch';
import Typography from '@mui/material/Typography';
import { type ReactNode, useState } from 'react';
import type { ClientView } from '../../../shared/model/state.ts';
import { ConfirmDialog } from '../../components/ConfirmDialog.tsx';
import { EmptyState } from '../../components/EmptyState.tsx';
import { ErrorNotice } from '../../components/ErrorNotice.tsx';
import { Moment } from '../../components/Moment.tsx';
import { Page, Section } from '../../components/Page.tsx';
import { useApp } from '../../hooks/app-context.tsx';
import { listOf } from '../../hooks/time-texts.ts';
import { useTask } from '../../hooks/use-task.ts';
import { mono } from '../../theme/theme.ts';
import { AgentSections } from './AgentSections.tsx';
import { type ShownKey, KeyDialog } from './KeyDialog.tsx';
import { NewKeyDialog } from './NewKeyDialog.tsx';

/** Which local programs may ask for tokens, and where. */
export function ProgramsPage(): ReactNode {
  const { state, t, call } = useApp();
  const task = useTask();
  const [creating, setCreating] = useState(false);
  const [shownKey, setShownKey] = useState<ShownKey | null>(null);
  const { endpoint, clients, settings } = state;

  return (
    <Page title={t('programs.title')}>
      <Typography color="textSecondary">{t('programs.text')}</Typography>
      <Section title={t('programs.endpoint')}>
        <FormControlLabel
          control={
            <Switch
              checked={settings.endpoint.enabled}
              onChange={(_event, enabled) =>
                void task.run(() => call('settings:update', { endpoint: { ...settings.endpoint, enabled } }))
              }
            />
          }
          label={t('programs.switch')}
        />
        {endpoint.state === 'listening' && (
          <Box
            component="ul"
            aria-label={t('programs.addresses')}
            sx={{ m: 0, pl: 2.5, fontFamily: mono, fontSize: '0.85rem' }}
          >
            {endpoint.addresses.map((address) => (
              <li key={address}>{address}</li>
            ))}
          </Box>
        )}
        {endpoint.state === 'listening' && endpoint.discoveryFile !== null && (
          <Typography variant="body2" color="textSecondary" sx={{ overflowWrap: 'anywhere' }}>
            {t('programs.discovery')} <code>{endpoint.discoveryFile}</code>
          </Typography>
        )}
        {endpoint.state === 'error' && <ErrorNotice code={endpoint.problem} />}
        <ErrorNotice error={task.error} />
      </Section>
      <Section title={t('programs.keys')} hint={t('programs.keys-hint')}>
        {clients.length === 0 ? (
          <EmptyState
            icon={<Terminal />}
            title={t('programs.empty.title')}
            action={
              <Button variant="contained" startIcon={<Add />} onClick={() => setCreating(true)}>
                {t('programs.new')}
              </Button>
            }
          >
            {t('programs.empty.text')}
          </EmptyState>
        ) : (
          <>
            <Box>
              <Button variant="contained" startIcon={<Add />} onClick={() => setCreating(true)}>
                {t('programs.new')}
              </Button>
            </Box>
            {clients.map((client) => (
              <ClientCard key={client.id} client={client} onKey={setShownKey} />
            ))}
          </>
        )}
      </Section>
      <AgentSections />
      <NewKeyDialog open={creating} onClose={() => setCreating(false)} onKey={setShownKey} />
      <KeyDialog shown={shownKey} onClose={() => setShownKey(null)} />
    </Page>
  );
}

function ClientCard({
  client,
  onKey,
}: {
  readonly client: ClientView;
  readonly onKey: (key: ShownKey) => void;
}): ReactNode {
  const { state, t, call, formatLocale } = useApp();
  const task = useTask();
  const [asking, setAsking] = useState(false);
  const names = client.accountIds?.flatMap(
    (id) => state.accounts.find((account) => account.id === id)?.displayName ?? [],
  );
  const rotate = (): void => {
    void task.run(async () => {
      const { key } = await call('clients:rotate', { clientId: client.id });
      onKey({ name: client.name, key, rotated: true });
    });
  };
  return (
    <Card sx={{ p: 2, display: 'flex', gap: 1.5, alignItems: 'center', flexWrap: 'wrap' }}>
      <Box sx={{ flex: 1, minWidth: 200 }}>
        <Typography sx={{ fontWeight: 650, overflowWrap: 'anywhere' }}>{client.name}</Typography>
        <Typography variant="body2" color="textSecondary">
          <code>{client.keyHint}…</code> ·{' '}
          {names === undefined ? t('programs.all-accounts') : listOf(names, formatLocale)}
          {' · '}
          {client.lastUsedAtMs === null ? (
            t('programs.never-used')
          ) : (
            <>
              {t('accounts.used')} <Moment atMs={client.lastUsedAtMs} />
            </>
          )}
          {client.expiresAtMs !== null && (
            <>
              {' · '}
              {t('accounts.expires')} <Moment atMs={client.expiresAtMs} />
            </>
          )}
        </Typography>
        <ErrorNotice error={task.error} />
      </Box>
      <Button onClick={rotate} disabled={task.busy}>
        {t('programs.rotate')}
      </Button>
      <Button color="error" onClick={() => setAsking(true)} disabled={task.busy}>
        {t('programs.revoke')}
      </Button>
      <ConfirmDialog
        open={asking}
        title={t('programs.revoke-question', { name: client.name })}
        confirmLabel={t('programs.revoke')}
        busy={task.busy}
        onConfirm={() => void task.run(() => call('clients:revoke', { clientId: client.id }))}
        onClose={() => setAsking(false)}
      >
        <Alert severity="warning">{t('programs.revoke-what')}</Alert>
      </ConfirmDialog>
    </Card>
  );
}
