import Refresh from '@mui/icons-material/Refresh';
import Alert from '@mui/material/Alert';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import MenuItem from '@mui/material/MenuItem';
import TextField from '@mui/material/TextField';
import { type ReactNode, useCallback } from 'react';
import type { NoticesView } from '../../../shared/ipc/contract.ts';
import { missingCapability } from '../../../shared/model/operations.ts';
import { useApp } from '../../hooks/app-context.tsx';
import { CapabilityGate } from '../manage/CapabilityGate.tsx';
import { useKept } from '../manage/kept.tsx';
import type { AccountTabProps } from '../manage/tab-props.ts';
import { useServerView } from '../manage/use-server-view.ts';
import { UseNotice } from '../manage/UseNotice.tsx';
import { CalendarsSection } from './CalendarsSection.tsx';
import { MailSection } from './MailSection.tsx';
import { NoticeError } from './NoticeError.tsx';
import { useTokens } from './use-tokens.ts';

type Scope = 'own' | 'all';

/** Mails and calendars with which the server reminds of the account's mytoken, or of all of the user's. */
export function RemindersTab({ account, go }: AccountTabProps): ReactNode {
  const { t } = useApp();
  const maySeeAll = missingCapability(account.capabilities, 'see-notices') === null;
  const [scope, setScope] = useKept<Scope>('notices-scope', maySeeAll ? 'all' : 'own');
  const [, forget] = useKept<NoticesView | null>('notices', null);
  return (
    <>
      <TextField
        select
        label={t('notices.scope')}
        value={scope}
        onChange={(event) => {
          forget(null); // what is done in one view shows in the other
          setScope(event.target.value === 'all' ? 'all' : 'own');
        }}
        sx={{ maxWidth: 420 }}
      >
        <MenuItem value="own">{t('notices.scope.own')}</MenuItem>
        <MenuItem value="all">{t('notices.scope.all')}</MenuItem>
      </TextField>
      <CapabilityGate
        account={account}
        operation={scope === 'all' ? 'see-notices' : 'notify'}
        onStandIn={(accountId) => go({ page: 'account', accountId, tab: 'reminders' })}
      >
        <Reminders key={scope} scope={scope} account={account} go={go} />
      </CapabilityGate>
    </>
  );
}

function Reminders({ account, go, scope }: AccountTabProps & { readonly scope: Scope }): ReactNode {
  const { t, call } = useApp();
  const ask = useCallback(
    () => call('notices:list', { accountId: account.id, scope }),
    [call, account.id, scope],
  );
  const { value, load, busy, error, waits, replace } = useServerView<NoticesView>('notices', account, ask);
  const tokens = useTokens(account);
  if (error?.code === 'mytoken/not-supported') return <Alert severity="info">{t('notices.none-here')}</Alert>;
  return (
    <>
      <NoticeError
        account={account}
        go={go}
        error={error}
        operation={scope === 'all' ? 'see-notices' : 'notify'}
        onRetry={load}
      />
      {waits && <UseNotice onLoad={load} busy={busy} />}
      {value !== null && (
        <>
          <Box>
            <Button size="small" startIcon={<Refresh />} disabled={busy} onClick={load}>
              {t('manage.reload')}
            </Button>
          </Box>
          <MailSection account={account} go={go} view={value} tokens={tokens} onChange={replace} />
          <CalendarsSection account={account} go={go} view={value} tokens={tokens} onChange={replace} />
        </>
      )}
    </>
  );
}
