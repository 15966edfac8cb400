import Typography from '@mui/material/Typography';
import type { ReactNode } from 'react';
import { useApp } from '../../hooks/app-context.tsx';
import { usableStatuses } from '../accounts/AccountRow.tsx';
import type { AccountTabProps } from '../manage/tab-props.ts';
import { BearerFilePanel } from './BearerFilePanel.tsx';
import { MytokenFilePanel } from './MytokenFilePanel.tsx';
import { TerminalPanel } from './TerminalPanel.tsx';

/** How tools that know nothing of the app use an account: a file that is kept, or a terminal that is prepared. */
export function HandoverTab({ account, go }: AccountTabProps): ReactNode {
  const { t, state } = useApp();
  const kept = [...state.handover.bearerFiles, ...state.handover.mytokenFiles].some(
    ({ accountId }) => accountId === account.id,
  );
  // An account in trouble can still be told to stop; there is nothing to begin with it.
  if (!usableStatuses.has(account.status) && !kept) return <Typography>{t('handover.unusable')}</Typography>;
  return (
    <>
      <Typography variant="body2" color="textSecondary">
        {t('handover.hint')}
      </Typography>
      <BearerFilePanel account={account} />
      <TerminalPanel account={account} />
      <MytokenFilePanel account={account} onNarrower={() => go({ page: 'compose', accountId: account.id })} />
    </>
  );
}
