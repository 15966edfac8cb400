import Typography from '@mui/material/Typography';
import type { ReactNode } from 'react';
import { useApp } from '../../hooks/app-context.tsx';
import { usableStatuses } from '../accounts/AccountRow.tsx';
import type { AccountTabProps } from '../manage/tab-props.ts';
import { EmailSection } from './EmailSection.tsx';
import { SshSection } from './SshSection.tsx';

/** What the mytoken server keeps about the user: mail address and ssh keys. */
export function ServerTab(props: AccountTabProps): ReactNode {
  const { t } = useApp();
  if (!usableStatuses.has(props.account.status)) return <Typography>{t('server.unusable')}</Typography>;
  return (
    <>
      <Typography variant="body2" color="textSecondary">
        {t('server.hint')}
      </Typography>
      <EmailSection {...props} />
      <SshSection {...props} />
    </>
  );
}
