import Alert from '@mui/material/Alert';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Card from '@mui/material/Card';
import Typography from '@mui/material/Typography';
import { type ReactNode, useState } from 'react';
import type { ClientView } from '../../../shared/model/state.ts';
import { ConfirmDialog } from '../../components/ConfirmDialog.tsx';
import { ErrorNotice } from '../../components/ErrorNotice.tsx';
import { Moment } from '../../components/Moment.tsx';
import { useApp } from '../../hooks/app-context.tsx';
import { listOf } from '../../hooks/time-texts.ts';
import { useTask } from '../../hooks/use-task.ts';
import type { ShownKey } from './KeyDialog.tsx';

/** One client key: whose it is, when it was used, and how to be rid of it. */
export function ClientCard({
  client,
  onKey,
}: {
  readonly client: ClientView;
  readonly onKey: (key: ShownKey) => void;
}): ReactNode {
  const { state, t, call, formatLocale } = useApp();
  const task = useTask();
  const [asking, setAsking] = useState<'rotate' | 'revoke' | null>(null);
  const names = client.accountIds?.flatMap(
    (id) => state.accounts.find((account) => account.id === id)?.displayName ?? [],
  );
  const confirm = (work: () => Promise<unknown>): void => {
    void task.run(work).then(() => setAsking(null));
  };
  const rotate = async (): Promise<void> => {
    const { key } = await call('clients:rotate', { clientId: client.id });
    setAsking(null);
    onKey({ name: client.name, key, rotated: true });
  };
  return (
    <Card sx={{ p: 2, display: 'flex', gap: 1.5, alignItems: 'center', flexWrap: 'wrap' }}>
      <Box sx={{ flex: 1, minWidth: 200 }}>
        <Typography sx={{ fontWeight: 650, overflowWrap: 'anywhere' }}>{client.name}</Typography>
        <Typography variant="body2" color="textSecondary">
          <code>{client.keyHint}…</code> ·{' '}
          {names === undefined ? t('programs.all-accounts') : listOf(names, formatLocale)}
          {' · '}
          {client.lastUsedAtMs === null ? (
            t('programs.never-used')
          ) : (
            <>
              {t('accounts.used')} <Moment atMs={client.lastUsedAtMs} />
              {client.lastUsedBy !== null && ` ${t('http-socket.used-by', { program: client.lastUsedBy })}`}
            </>
          )}
          {client.expiresAtMs !== null && (
            <>
              {' · '}
              {t('accounts.expires')} <Moment atMs={client.expiresAtMs} />
            </>
          )}
        </Typography>
        <ErrorNotice error={task.error} />
      </Box>
      <Button onClick={() => setAsking('rotate')} disabled={task.busy}>
        {t('programs.rotate')}
      </Button>
      <Button color="error" onClick={() => setAsking('revoke')} disabled={task.busy}>
        {t('programs.revoke')}
      </Button>
      <ConfirmDialog
        open={asking === 'rotate'}
        title={t('programs.rotate-question', { name: client.name })}
        confirmLabel={t('programs.rotate')}
        busy={task.busy}
        onConfirm={() => confirm(rotate)}
        onClose={() => setAsking(null)}
      >
        <Alert severity="warning">{t('programs.rotate-what')}</Alert>
      </ConfirmDialog>
      <ConfirmDialog
        open={asking === 'revoke'}
        title={t('programs.revoke-question', { name: client.name })}
        confirmLabel={t('programs.revoke')}
        busy={task.busy}
        onConfirm={() => confirm(() => call('clients:revoke', { clientId: client.id }))}
        onClose={() => setAsking(null)}
      >
        <Alert severity="warning">{t('programs.revoke-what')}</Alert>
      </ConfirmDialog>
    </Card>
  );
}
