import Alert from '@mui/material/Alert';
import Button from '@mui/material/Button';
import MenuItem from '@mui/material/MenuItem';
import TextField from '@mui/material/TextField';
import Typography from '@mui/material/Typography';
import { type ReactNode, useState } from 'react';
import type { SettingsPatch } from '../../../shared/model/settings.ts';
import { ErrorNotice } from '../../components/ErrorNotice.tsx';
import { Section } from '../../components/Page.tsx';
import { useApp } from '../../hooks/app-context.tsx';
import { useTask } from '../../hooks/use-task.ts';
import { CopyLine } from './CopyLine.tsx';
import { useLines } from './use-lines.ts';

/** Choose an account, take a line. */
export function LinesSection(): ReactNode {
  const { state, t } = useApp();
  const { accounts, agent, endpoint, settings, platform } = state;
  const [chosen, setChosen] = useState<string | null>(null);
  const account =
    accounts.find(({ id }) => id === chosen) ?? accounts.find(({ isDefault }) => isDefault) ?? accounts[0];
  const accountId = account?.id ?? null;
  const lines = useLines(
    ['oidc-token', 'oidc-variables', 'python', 'python-library', 'curl', 'curl-socket', 'bearer-file'],
    accountId,
  );
  const addresses = useLines(
    ['address-socket', 'address-service', 'address-http', 'address-http-socket', 'address-file'],
    null,
  );
  return (
    <>
      <Section title={t('terminal.title')} hint={t('terminal.hint')}>
        {account === undefined && <Typography color="textSecondary">{t('terminal.no-account')}</Typography>}
        {account !== undefined && (
          <TextField
            select
            label={t('terminal.account')}
            value={account.id}
            onChange={(event) => setChosen(event.target.value)}
            sx={{ maxWidth: 420 }}
          >
            {accounts.map(({ id, displayName }) => (
              <MenuItem key={id} value={id}>
                {displayName}
              </MenuItem>
            ))}
          </TextField>
        )}
        {platform.platform === 'win32' && (
          <Typography color="textSecondary">{t('terminal.no-lines')}</Typography>
        )}
        {lines.map((line) => (
          <CopyLine key={line.id} line={line} accountId={accountId} />
        ))}
        {agent.socket.state === 'off' && (
          <ClosedDoor text={t('terminal.closed.socket')} patch={{ socket: { enabled: true } }} />
        )}
        {endpoint.state === 'off' && (
          <ClosedDoor
            text={t('terminal.closed.http')}
            patch={{ endpoint: { ...settings.endpoint, enabled: true } }}
          />
        )}
      </Section>
      {addresses.length > 0 && (
        <Section title={t('terminal.addresses')}>
          {addresses.map((line) => (
            <CopyLine key={line.id} line={line} accountId={null} />
          ))}
        </Section>
      )}
    </>
  );
}

function ClosedDoor({ text, patch }: { readonly text: string; readonly patch: SettingsPatch }): ReactNode {
  const { t, call } = useApp();
  const task = useTask();
  return (
    <>
      <Alert
        severity="info"
        action={
          <Button
            color="inherit"
            size="small"
            disabled={task.busy}
            onClick={() => void task.run(() => call('settings:update', patch))}
          >
            {t('terminal.open')}
          </Button>
        }
      >
        {text}
      </Alert>
      <ErrorNotice error={task.error} />
    </>
  );
}
