import ShieldOutlined from '@mui/icons-material/ShieldOutlined';
import Alert from '@mui/material/Alert';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Card from '@mui/material/Card';
import FormControlLabel from '@mui/material/FormControlLabel';
import Switch from '@mui/material/Switch';
import Typography from '@mui/material/Typography';
import { type ReactNode, useState } from 'react';
import { ErrorNotice } from '../../components/ErrorNotice.tsx';
import { Page, Section } from '../../components/Page.tsx';
import { useApp } from '../../hooks/app-context.tsx';
import { useTask } from '../../hooks/use-task.ts';
import { ImportForm } from '../add-account/ImportForm.tsx';
import { LoginSteps } from '../add-account/LoginSteps.tsx';
import type { Place } from '../navigation.ts';
import { StorageSummary } from '../storage/StorageSummary.tsx';

/** The first start: what this is, where secrets will lie, the first account, and what else there is. Can be skipped at any time. */
export function OnboardingPage({ go }: { readonly go: (place: Place) => void }): ReactNode {
  const { state, t, call } = useApp();
  const [importing, setImporting] = useState(false);
  const task = useTask();
  const hasAccount = state.accounts.length > 0;
  const noStorage = state.storage.kind === 'unavailable';
  const finish = (): void => void task.run(() => call('settings:update', { onboardingDone: true }));
  const leave = (place: Place): void => {
    finish();
    go(place);
  };

  return (
    <Box sx={{ height: '100%', display: 'flex' }}>
      <Page
        title={t(hasAccount ? 'welcome.ready.title' : 'welcome.title')}
        action={
          <Button onClick={finish} disabled={task.busy}>
            {t(hasAccount ? 'welcome.finish' : 'welcome.skip')}
          </Button>
        }
      >
        <Typography sx={{ fontSize: '1.05rem' }}>
          {t(hasAccount ? 'welcome.ready.text' : 'welcome.text')}
        </Typography>
        <ErrorNotice error={task.error} />
        {hasAccount ? (
          <Ready go={leave} />
        ) : (
          <>
            <Card sx={{ p: 2.5, display: 'flex', gap: 2 }}>
              <ShieldOutlined color="primary" />
              <Box sx={{ display: 'flex', flexDirection: 'column', gap: 1.5, flex: 1, minWidth: 0 }}>
                <Typography variant="h2">{t('welcome.storage')}</Typography>
                <StorageSummary />
                {noStorage && (
                  <Box sx={{ display: 'flex', gap: 1, flexWrap: 'wrap' }}>
                    <Button
                      variant="outlined"
                      onClick={() => void task.run(() => call('storage:retry', null))}
                    >
                      {t('storage.retry')}
                    </Button>
                    <Button
                      variant="outlined"
                      onClick={() => void task.run(() => call('storage:use-session', null))}
                    >
                      {t('storage.session')}
                    </Button>
                  </Box>
                )}
              </Box>
            </Card>
            {!noStorage && (
              <>
                {importing ? <ImportForm go={leave} /> : <LoginSteps wantedIssuer={null} go={leave} />}
                <Box>
                  <Button onClick={() => setImporting(!importing)}>
                    {t(importing ? 'welcome.login-instead' : 'welcome.import-instead')}
                  </Button>
                </Box>
                <Typography variant="body2" color="textSecondary">
                  {t('welcome.network')}
                </Typography>
              </>
            )}
          </>
        )}
      </Page>
    </Box>
  );
}

/** The account is there: the first token, and whether local programs may ask. */
function Ready({ go }: { readonly go: (place: Place) => void }): ReactNode {
  const { state, t, call } = useApp();
  const task = useTask();
  const account = state.accounts[0];
  const { endpoint } = state.settings;
  if (!account) return null;
  return (
    <>
      <Alert severity="success">{t('login.done.title', { account: account.displayName })}</Alert>
      <ErrorNotice error={task.error} />
      <Box sx={{ display: 'flex', gap: 1, flexWrap: 'wrap' }}>
        <Button
          variant="contained"
          disabled={task.busy}
          onClick={() => void task.run(() => call('tokens:copy', { accountId: account.id }))}
        >
          {t('login.done.copy')}
        </Button>
        <Button variant="outlined" onClick={() => go({ page: 'account', accountId: account.id })}>
          {t('login.done.open')}
        </Button>
      </Box>
      <Section title={t('welcome.programs')} hint={t('welcome.programs-text')}>
        <FormControlLabel
          control={
            <Switch
              checked={endpoint.enabled}
              onChange={(_event, enabled) =>
                void task.run(() => call('settings:update', { endpoint: { ...endpoint, enabled } }))
              }
            />
          }
          label={t('programs.switch')}
        />
        {endpoint.enabled && (
          <Box>
            <Button variant="outlined" onClick={() => go({ page: 'programs' })}>
              {t('welcome.programs-open')}
            </Button>
          </Box>
        )}
      </Section>
    </>
  );
}
