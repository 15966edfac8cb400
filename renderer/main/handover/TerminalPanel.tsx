import TerminalIcon from '@mui/icons-material/Terminal';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import type { ReactNode } from 'react';
import type { AccountView } from '../../../shared/model/account.ts';
import { ErrorNotice } from '../../components/ErrorNotice.tsx';
import { useAnnounce } from '../../components/Live.tsx';
import { useApp } from '../../hooks/app-context.tsx';
import { useTask } from '../../hooks/use-task.ts';
import { Panel } from './Panel.tsx';

/** A terminal in which tools find the account. */
export function TerminalPanel({ account }: { readonly account: AccountView }): ReactNode {
  const { t, call } = useApp();
  const announce = useAnnounce();
  const task = useTask();
  return (
    <Panel title={t('handover.terminal.title')} hint={t('handover.terminal.hint')}>
      <Box>
        <Button
          variant="outlined"
          startIcon={<TerminalIcon />}
          disabled={task.busy}
          onClick={() => {
            void task
              .run(() => call('handover:open-terminal', { accountId: account.id }))
              .then((done) => {
                if (done) announce(t('handover.terminal.opened'));
              });
          }}
        >
          {t('handover.terminal.open')}
        </Button>
      </Box>
      <ErrorNotice error={task.error} />
    </Panel>
  );
}
