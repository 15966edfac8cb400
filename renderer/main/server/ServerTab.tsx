import Refresh from '@mui/icons-material/Refresh';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Typography from '@mui/material/Typography';
import { type ReactNode, useState } from 'react';
import { useApp } from '../../hooks/app-context.tsx';
import { usableStatuses } from '../accounts/AccountRow.tsx';
import type { AccountTabProps } from '../manage/tab-props.ts';
import { EmailSection } from './EmailSection.tsx';
import { SshSection } from './SshSection.tsx';

/** What the mytoken server keeps about the user: mail address and ssh keys. */
export function ServerTab(props: AccountTabProps): ReactNode {
  const { t } = useApp();
  const [round, setRound] = useState(0);
  if (!usableStatuses.has(props.account.status)) return <Typography>{t('server.unusable')}</Typography>;
  return (
    <>
      <Typography variant="body2" color="textSecondary">
        {t('server.hint')}
      </Typography>
      <Box>
        <Button startIcon={<Refresh />} onClick={() => setRound(round + 1)}>
          {t('server.reload')}
        </Button>
      </Box>
      <EmailSection key={`email-${round}`} {...props} fresh={round > 0} />
      <SshSection key={`ssh-${round}`} {...props} fresh={round > 0} />
    </>
  );
}
