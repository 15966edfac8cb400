import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Typography from '@mui/material/Typography';
import { type ReactNode, useState } from 'react';
import type { AccountView } from '../../../shared/model/account.ts';
import { ConfirmDialog } from '../../components/ConfirmDialog.tsx';
import { ErrorNotice } from '../../components/ErrorNotice.tsx';
import { Section } from '../../components/Page.tsx';
import { useApp } from '../../hooks/app-context.tsx';
import { useTask } from '../../hooks/use-task.ts';

/** Revokes at the server first. When that fails the account stays, unless the user wants it gone from here all the same. */
export function RemoveAccount({
  account,
  onRemoved,
}: {
  readonly account: AccountView;
  readonly onRemoved: () => void;
}): ReactNode {
  const { t, call } = useApp();
  const [asking, setAsking] = useState(false);
  const task = useTask();
  const refused = task.error !== null;

  const remove = (mode: 'revoke' | 'local-only'): void => {
    void task
      .run(() => call('accounts:remove', { accountId: account.id, mode }))
      .then((removed) => {
        if (removed) onRemoved();
      });
  };

  return (
    <Section title={t('account.remove.title')} hint={t('account.remove.hint')}>
      <Box>
        <Button color="error" variant="outlined" onClick={() => setAsking(true)}>
          {t('account.remove.button')}
        </Button>
      </Box>
      <ConfirmDialog
        open={asking}
        title={t('account.remove.question', { account: account.displayName })}
        confirmLabel={t(refused ? 'account.remove.here-only' : 'account.remove.confirm')}
        busy={task.busy}
        onConfirm={() => remove(refused ? 'local-only' : 'revoke')}
        onClose={() => {
          setAsking(false);
          task.clear();
        }}
      >
        <Typography>{t('account.remove.what')}</Typography>
        {refused && (
          <>
            <ErrorNotice error={task.error} />
            <Typography>{t('account.remove.offline')}</Typography>
          </>
        )}
      </ConfirmDialog>
    </Section>
  );
}
