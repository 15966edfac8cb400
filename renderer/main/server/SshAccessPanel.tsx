import Alert from '@mui/material/Alert';
import AlertTitle from '@mui/material/AlertTitle';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import { type ReactNode, useState } from 'react';
import type { CallResult } from '../../../shared/ipc/contract.ts';
import type { AccountView } from '../../../shared/model/account.ts';
import { ErrorNotice } from '../../components/ErrorNotice.tsx';
import { useAnnounce } from '../../components/Live.tsx';
import { SelectableText } from '../../components/SelectableText.tsx';
import { useApp } from '../../hooks/app-context.tsx';
import { useTask } from '../../hooks/use-task.ts';

/** How to use a key that was just added. The user name is told only once. */
export function SshAccessPanel({
  account,
  flowId,
  onClose,
}: {
  readonly account: AccountView;
  readonly flowId: string;
  readonly onClose: () => void;
}): ReactNode {
  const { t, call } = useApp();
  const announce = useAnnounce();
  const task = useTask();
  const [shown, setShown] = useState<CallResult<'server:ssh-access'> | null>(null);
  const copy = (what: 'command' | 'host-config'): void => {
    void task
      .run(() => call('server:ssh-copy', { accountId: account.id, flowId, what }))
      .then((done) => {
        if (done) announce(t('server.ssh.copied'));
      });
  };
  return (
    <Alert severity="success" sx={{ '& .MuiAlert-message': { flex: 1, minWidth: 0 } }}>
      <AlertTitle>{t('server.ssh.access.title')}</AlertTitle>
      {t('server.ssh.access.text')}
      <Box sx={{ display: 'flex', gap: 1, flexWrap: 'wrap', my: 1.5 }}>
        <Button variant="contained" disabled={task.busy} onClick={() => copy('command')}>
          {t('server.ssh.copy-command')}
        </Button>
        <Button variant="outlined" disabled={task.busy} onClick={() => copy('host-config')}>
          {t('server.ssh.copy-config')}
        </Button>
        <Button
          variant="outlined"
          disabled={task.busy || shown !== null}
          onClick={() => void task.run(async () => setShown(await call('server:ssh-access', { flowId })))}
        >
          {t('server.ssh.show')}
        </Button>
        <Button onClick={onClose}>{t('common.close')}</Button>
      </Box>
      <ErrorNotice error={task.error} />
      {shown !== null && (
        <Box sx={{ display: 'flex', flexDirection: 'column', gap: 1.5 }}>
          <SelectableText label={t('server.ssh.command')} value={shown.sshAccessCommand} rows={2} />
          {shown.sshAccessConfig !== null && (
            <SelectableText label={t('server.ssh.config')} value={shown.sshAccessConfig} rows={5} />
          )}
        </Box>
      )}
    </Alert>
  );
}
