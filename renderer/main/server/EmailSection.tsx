import Alert from '@mui/material/Alert';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import FormControlLabel from '@mui/material/FormControlLabel';
import Switch from '@mui/material/Switch';
import TextField from '@mui/material/TextField';
import { type ReactNode, useCallback, useState } from 'react';
import { useAnnounce } from '../../components/Live.tsx';
import { Section } from '../../components/Page.tsx';
import { useApp } from '../../hooks/app-context.tsx';
import { ActionError, CapabilityGate } from '../manage/CapabilityGate.tsx';
import type { AccountTabProps } from '../manage/tab-props.ts';
import { useServerView } from '../manage/use-server-view.ts';
import { AskServer } from './AskServer.tsx';
import { type Changes, useChanges } from './use-changes.ts';

interface Email {
  readonly address: string;
  readonly verified: boolean;
  readonly prefersHtml: boolean;
}

/** The address that a mytoken server writes to. */
export function EmailSection({ account, go }: AccountTabProps): ReactNode {
  const { t } = useApp();
  const standIn = (accountId: string): void => go({ page: 'account', accountId, tab: 'server' });
  return (
    <Section title={t('server.email.title')} hint={t('server.email.hint')}>
      <CapabilityGate account={account} operation="see-email" onStandIn={standIn}>
        <EmailBody account={account} onStandIn={standIn} />
      </CapabilityGate>
    </Section>
  );
}

function EmailBody({
  account,
  onStandIn,
}: Pick<AccountTabProps, 'account'> & { readonly onStandIn: (accountId: string) => void }): ReactNode {
  const { call } = useApp();
  const ask = useCallback(() => call('server:email', { accountId: account.id }), [call, account.id]);
  const view = useServerView<Email>('server-email', account, ask);
  const changes = useChanges(view, ask);
  return (
    <>
      <ActionError
        account={account}
        operation="change-email"
        error={changes.error}
        onRetry={view.load}
        onStandIn={onStandIn}
      />
      {view.value !== null && (
        <EmailForm key={JSON.stringify(view.value)} account={account} email={changes} current={view.value} />
      )}
      <AskServer known={view.value !== null} busy={changes.busy} onAsk={view.load} />
    </>
  );
}

function EmailForm({
  account,
  email,
  current,
}: Pick<AccountTabProps, 'account'> & {
  readonly email: Changes;
  readonly current: Email;
}): ReactNode {
  const { t, call } = useApp();
  const announce = useAnnounce();
  const [address, setAddress] = useState(current.address);
  const typed = address.trim();
  const plausible = /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(typed);
  const change = (patch: { address?: string; prefersHtml?: boolean }): void => {
    void email
      .change(() => call('server:set-email', { accountId: account.id, ...patch }))
      .then((done) => {
        if (done) announce(t('server.email.saved'));
      });
  };
  return (
    <>
      {current.address === '' ? (
        <Alert severity="info">{t('server.email.none')}</Alert>
      ) : (
        <Alert severity={current.verified ? 'success' : 'warning'}>
          {t(current.verified ? 'server.email.verified' : 'server.email.unverified', {
            address: current.address,
          })}
        </Alert>
      )}
      <CapabilityGate account={account} operation="change-email">
        <Box
          component="form"
          noValidate
          onSubmit={(event) => {
            event.preventDefault();
            if (plausible && typed !== current.address) change({ address: typed });
          }}
          sx={{ display: 'flex', gap: 1, alignItems: 'flex-start', flexWrap: 'wrap' }}
        >
          <TextField
            size="small"
            type="email"
            label={t('server.email.address')}
            value={address}
            error={typed !== '' && !plausible}
            helperText={typed !== '' && !plausible ? t('server.email.implausible') : t('server.email.link')}
            onChange={(event) => setAddress(event.target.value)}
            sx={{ flex: 1, minWidth: 220 }}
            slotProps={{ htmlInput: { maxLength: 320, spellCheck: false } }}
          />
          <Button
            type="submit"
            variant="outlined"
            disabled={email.busy || !plausible || typed === current.address}
          >
            {t('server.email.save')}
          </Button>
        </Box>
        <FormControlLabel
          control={
            <Switch
              checked={current.prefersHtml}
              disabled={email.busy}
              onChange={(_event, prefersHtml) => change({ prefersHtml })}
            />
          }
          label={t('server.email.html')}
        />
      </CapabilityGate>
    </>
  );
}
