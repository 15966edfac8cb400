import OpenInNew from '@mui/icons-material/OpenInNew';
import Alert from '@mui/material/Alert';
import AlertTitle from '@mui/material/AlertTitle';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Card from '@mui/material/Card';
import LinearProgress from '@mui/material/LinearProgress';
import Typography from '@mui/material/Typography';
import { type ReactNode, useEffect } from 'react';
import type { LoginView } from '../../../shared/model/state.ts';
import { ErrorNotice } from '../../components/ErrorNotice.tsx';
import { useAnnounce } from '../../components/Live.tsx';
import { errorTexts, useApp } from '../../hooks/app-context.tsx';
import { listOf, minutesAndSeconds } from '../../hooks/time-texts.ts';
import { useNow } from '../../hooks/use-now.ts';
import { useTask } from '../../hooks/use-task.ts';
import { hostOf } from '../../hooks/words.ts';
import type { Place } from '../navigation.ts';

interface LoginProgressProps {
  readonly login: LoginView;
  readonly go: (place: Place) => void;
  readonly onAgain: () => void;
}

/** A browser login, from "look at your browser" to each of its ends. */
export function LoginProgress(props: LoginProgressProps): ReactNode {
  switch (props.login.state) {
    case 'starting':
    case 'waiting':
    case 'finishing':
      return <Waiting login={props.login} />;
    case 'done':
      return <Done {...props} />;
    case 'failed':
      return <Failed {...props} />;
  }
}

function Waiting({ login }: { readonly login: LoginView }): ReactNode {
  const { t, call } = useApp();
  const nowMs = useNow(true);
  const task = useTask();
  const flow = { flowId: login.flowId };
  const finishing = login.state === 'finishing';
  return (
    <Card sx={{ p: 3, display: 'flex', flexDirection: 'column', gap: 2 }}>
      <Typography variant="h2">{t(finishing ? 'login.finishing.title' : 'login.waiting.title')}</Typography>
      <Typography>{t('login.waiting.text', { provider: hostOf(login.oidcIssuer) })}</Typography>
      <LinearProgress aria-label={t('login.waiting.title')} />
      {login.expiresAtMs !== null && !finishing && (
        <Typography color="textSecondary" role="timer" sx={{ fontVariantNumeric: 'tabular-nums' }}>
          {t('login.waiting.left', { time: minutesAndSeconds(login.expiresAtMs - nowMs) })}
        </Typography>
      )}
      {login.offline && <Alert severity="warning">{t('login.waiting.offline')}</Alert>}
      {login.problem !== null && <ErrorNotice code={login.problem} />}
      <ErrorNotice error={task.error} />
      {!finishing && (
        <>
          <Box sx={{ display: 'flex', gap: 1, flexWrap: 'wrap' }}>
            <Button
              variant="outlined"
              startIcon={<OpenInNew />}
              onClick={() => void task.run(() => call('login:open-again', flow))}
            >
              {t('login.open-again')}
            </Button>
            <Button onClick={() => void task.run(() => call('login:copy-link', flow))}>
              {t('login.copy-link')}
            </Button>
            <Button color="error" onClick={() => void task.run(() => call('login:cancel', flow))}>
              {t('login.cancel')}
            </Button>
          </Box>
          <Typography variant="body2" color="textSecondary">
            {t('login.link-warning')}
          </Typography>
        </>
      )}
    </Card>
  );
}

function Done({ login, go }: LoginProgressProps): ReactNode {
  const { state, t, call, formatLocale } = useApp();
  const announce = useAnnounce();
  const account = state.accounts.find(({ id }) => id === login.accountId);
  const title = t('login.done.title', { account: account?.displayName ?? hostOf(login.oidcIssuer) });
  useEffect(() => announce(title), [announce, title]);
  const copying = useTask();
  const dismiss = (): void => void call('login:dismiss', { flowId: login.flowId });
  return (
    <Alert severity="success">
      <AlertTitle>{title}</AlertTitle>
      {t('login.done.text')}
      {login.differences?.map((difference) => (
        <Box key={difference.kind} sx={{ mt: 1 }}>
          {t(`login.difference.${difference.kind}`, { list: listOf([...difference.values], formatLocale) })}
        </Box>
      ))}
      <ErrorNotice error={copying.error} />
      <Box sx={{ display: 'flex', gap: 1, flexWrap: 'wrap', mt: 1.5 }}>
        {account && (
          <Button
            variant="contained"
            disabled={copying.busy}
            onClick={() => {
              void copying
                .run(() => call('tokens:copy', { accountId: account.id }))
                .then((copied) => {
                  if (!copied) return;
                  dismiss();
                  go({ page: 'account', accountId: account.id });
                });
            }}
          >
            {t('login.done.copy')}
          </Button>
        )}
        <Button
          color="inherit"
          onClick={() => {
            dismiss();
            go(account ? { page: 'account', accountId: account.id } : { page: 'accounts' });
          }}
        >
          {t('login.done.open')}
        </Button>
      </Box>
    </Alert>
  );
}

function Failed({ login, onAgain }: LoginProgressProps): ReactNode {
  const { t, call } = useApp();
  const { text, next } = errorTexts(t, login.problem ?? 'app/internal');
  const cancelled = login.problem === 'login/cancelled';
  return (
    <Alert severity={cancelled ? 'info' : 'error'} role="alert">
      <AlertTitle>{text}</AlertTitle>
      {next}
      <Box sx={{ display: 'flex', gap: 1, flexWrap: 'wrap', mt: 1.5 }}>
        <Button variant="contained" onClick={onAgain}>
          {t('login.again')}
        </Button>
        <Button color="inherit" onClick={() => void call('login:dismiss', { flowId: login.flowId })}>
          {t('common.close')}
        </Button>
      </Box>
    </Alert>
  );
}
