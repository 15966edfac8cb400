import Alert from '@mui/material/Alert';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import TextField from '@mui/material/TextField';
import { type ReactNode, useState } from 'react';
import type { AccountView } from '../../../shared/model/account.ts';
import type { MytokenFileView } from '../../../shared/model/handover.ts';
import { ErrorNotice } from '../../components/ErrorNotice.tsx';
import { Facts } from '../../components/Facts.tsx';
import { useAnnounce } from '../../components/Live.tsx';
import { Moment } from '../../components/Moment.tsx';
import { useApp } from '../../hooks/app-context.tsx';
import { useTask } from '../../hooks/use-task.ts';
import { Panel } from './Panel.tsx';
import { problemWords } from './problem-words.ts';

/** The account's own mytoken in a file that another program uses and rotates too. */
export function MytokenFilePanel({
  account,
  onNarrower,
}: {
  readonly account: AccountView;
  readonly onNarrower: () => void;
}): ReactNode {
  const { t, call, state } = useApp();
  const announce = useAnnounce();
  const task = useTask();
  const [confirming, setConfirming] = useState(false);
  const file = state.handover.mytokenFiles.find(({ accountId }) => accountId === account.id);

  const stop = (): void => {
    void task
      .run(() => call('handover:stop-sharing', { accountId: account.id }))
      .then((done) => {
        if (done) announce(t('handover.share.stopped'));
      });
  };

  return (
    <Panel title={t('handover.share.title')} hint={t('handover.share.hint')}>
      {file !== undefined && <FileFacts file={file} />}
      {file === undefined && <Alert severity="warning">{t('handover.share.warning')}</Alert>}
      {confirming ? (
        <ConfirmForm
          account={account}
          onClose={() => setConfirming(false)}
          onShared={() => {
            setConfirming(false);
            announce(t('handover.share.started'));
          }}
        />
      ) : (
        <Box sx={{ display: 'flex', gap: 1, flexWrap: 'wrap' }}>
          {file === undefined ? (
            <>
              <Button variant="outlined" onClick={onNarrower}>
                {t('handover.share.narrower')}
              </Button>
              <Button onClick={() => setConfirming(true)}>{t('handover.share.start')}</Button>
            </>
          ) : (
            <Button color="error" disabled={task.busy} onClick={stop}>
              {t('handover.share.stop')}
            </Button>
          )}
        </Box>
      )}
      <ErrorNotice error={task.error} />
    </Panel>
  );
}

function FileFacts({ file }: { readonly file: MytokenFileView }): ReactNode {
  const { t } = useApp();
  return (
    <>
      {file.problem !== null && <Alert severity="warning">{problemWords(t, file.problem)}</Alert>}
      <Facts
        items={[
          [t('handover.bearer.path'), <code key="path">{file.path}</code>],
          [t('handover.bearer.state'), t(`handover.share.state.${file.state}`)],
          ...(file.takenOverAtMs === null
            ? []
            : [[t('handover.share.taken-over'), <Moment key="over" atMs={file.takenOverAtMs} />] as const]),
        ]}
      />
    </>
  );
}

/** The account's mytoken leaves the store: typing its name makes sure that it is meant. */
function ConfirmForm({
  account,
  onClose,
  onShared,
}: {
  readonly account: AccountView;
  readonly onClose: () => void;
  readonly onShared: () => void;
}): ReactNode {
  const { t, call } = useApp();
  const task = useTask();
  const [typed, setTyped] = useState('');
  return (
    <Box
      component="form"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        let path: string | null = null;
        void task
          .run(async () => {
            const shared = await call('handover:share-mytoken', {
              accountId: account.id,
              typedShortname: typed,
            });
            path = shared?.path ?? null;
          })
          .then((done) => {
            if (done && path !== null) onShared();
          });
      }}
      sx={{ display: 'flex', flexDirection: 'column', gap: 1.5 }}
    >
      <TextField
        size="small"
        autoComplete="off"
        label={t('handover.share.type', { shortname: account.shortname })}
        value={typed}
        onChange={(event) => setTyped(event.target.value)}
        slotProps={{ htmlInput: { maxLength: 64, spellCheck: false } }}
      />
      <ErrorNotice error={task.error} />
      <Box sx={{ display: 'flex', gap: 1, flexWrap: 'wrap' }}>
        <Button type="submit" variant="contained" disabled={task.busy || typed !== account.shortname}>
          {t('handover.share.choose')}
        </Button>
        <Button onClick={onClose}>{t('handover.share.cancel')}</Button>
      </Box>
    </Box>
  );
}
