import Alert from '@mui/material/Alert';
import Button from '@mui/material/Button';
import type { ReactNode } from 'react';
import type { Operation } from '../../../shared/model/operations.ts';
import type { ApiError } from '../../api/index.ts';
import { useApp } from '../../hooks/app-context.tsx';
import { ActionError } from '../manage/CapabilityGate.tsx';
import type { AccountTabProps } from '../manage/tab-props.ts';

/** A failed action; for the lack of a mail address, with the way to it. */
export function NoticeError({
  account,
  go,
  error,
  operation,
  onRetry,
}: AccountTabProps & {
  readonly error: ApiError | null;
  readonly operation: Operation;
  readonly onRetry?: () => void;
}): ReactNode {
  const { t } = useApp();
  if (error?.code === 'mytoken/mail-required') {
    return <MailNeeded account={account} go={go} words={t('notices.mail.none')} />;
  }
  const reason = error?.code === 'mytoken/invalid-request' ? error.details['reason'] : undefined;
  if (reason === 'never-expires') return <Alert severity="error">{t('notices.never-expires-error')}</Alert>;
  if (reason === 'calendar-name') return <Alert severity="error">{t('notices.calendar.bad-name')}</Alert>;
  return (
    <ActionError
      account={account}
      operation={operation}
      error={error}
      onStandIn={(accountId) => go({ page: 'account', accountId, tab: 'reminders' })}
      {...(onRetry ? { onRetry } : {})}
    />
  );
}

/** Without a confirmed address the server sends nothing: where it can be set. */
export function MailNeeded({ account, go, words }: AccountTabProps & { readonly words: string }): ReactNode {
  const { t } = useApp();
  return (
    <Alert
      severity="warning"
      action={
        <Button
          color="inherit"
          size="small"
          onClick={() => go({ page: 'account', accountId: account.id, tab: 'server' })}
        >
          {t('notices.mail.set')}
        </Button>
      }
    >
      {words}
    </Alert>
  );
}
