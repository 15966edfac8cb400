import Alert from '@mui/material/Alert';
import AlertTitle from '@mui/material/AlertTitle';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import type { ReactNode } from 'react';
import type { AccountView } from '../../../shared/model/account.ts';
import { ErrorNotice } from '../../components/ErrorNotice.tsx';
import { useAnnounce } from '../../components/Live.tsx';
import { errorTexts, useApp } from '../../hooks/app-context.tsx';
import { useTask } from '../../hooks/use-task.ts';
import { LoginProgress } from '../add-account/LoginProgress.tsx';
import type { Place } from '../navigation.ts';

/** What is wrong with an account and the way out; nothing while all is well. Logging in again is offered always. */
export function AccountTrouble({
  account,
  go,
}: {
  readonly account: AccountView;
  readonly go: (place: Place) => void;
}): ReactNode {
  const { state, t, call } = useApp();
  const announce = useAnnounce();
  const task = useTask();
  const { login } = state;

  const logIn = (): void => {
    void task.run(() =>
      call('login:start', {
        instanceUrl: account.instanceUrl,
        oidcIssuer: account.oidcIssuer,
        renewsAccountId: account.id,
      }),
    );
  };
  if (login?.renewsAccountId === account.id) {
    return <LoginProgress login={login} go={go} onAgain={logIn} />;
  }

  const check = (): void => {
    void task.run(async () => {
      const found = await call('accounts:check', { accountId: account.id });
      announce(t(found === 'alive' ? 'account.check.alive' : 'account.check.dead'));
    });
  };

  const serious =
    account.status === 'login-needed' || account.status === 'expired' || account.status === 'uncertain';
  const texts = account.problem ? errorTexts(t, account.problem.code) : null;
  return (
    <Box sx={{ display: 'flex', flexDirection: 'column', gap: 1.5 }}>
      {account.status !== 'ok' && (
        <Alert severity={serious ? 'error' : 'warning'}>
          <AlertTitle>{t(`status.${account.status}`)}</AlertTitle>
          {texts?.text} {t(`account.trouble.${account.status}`)}
          {account.status === 'uncertain' && account.rotation?.auto_revoke === true && (
            <Box sx={{ mt: 1 }}>{t('account.trouble.auto-revoke')}</Box>
          )}
        </Alert>
      )}
      <ErrorNotice error={task.error} />
      <Box sx={{ display: 'flex', gap: 1, flexWrap: 'wrap' }}>
        <Button variant={serious ? 'contained' : 'outlined'} onClick={logIn} disabled={task.busy}>
          {t('account.login-again')}
        </Button>
        {account.status === 'uncertain' && (
          <Button variant="outlined" onClick={check} disabled={task.busy}>
            {t('account.check')}
          </Button>
        )}
      </Box>
    </Box>
  );
}
