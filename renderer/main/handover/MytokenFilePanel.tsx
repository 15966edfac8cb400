import Button from '@mui/material/Button';
import TextField from '@mui/material/TextField';
import { type ReactNode, useState } from 'react';
import type { Translate } from '../../../shared/i18n/catalogue.ts';
import type { AccountView } from '../../../shared/model/account.ts';
import type { MytokenFileView } from '../../../shared/model/handover.ts';
import { Moment } from '../../components/Moment.tsx';
import { useApp } from '../../hooks/app-context.tsx';
import { FileForm, FilePanel } from './FilePanel.tsx';

/** The account's own mytoken in a file that another program uses and rotates too. */
export function MytokenFilePanel({
  account,
  onNarrower,
}: {
  readonly account: AccountView;
  readonly onNarrower: () => void;
}): ReactNode {
  const { t, call, state } = useApp();
  const [confirming, setConfirming] = useState(false);
  const file = state.handover.mytokenFiles.find(({ accountId }) => accountId === account.id);

  return (
    <FilePanel
      title={t('handover.share.title')}
      hint={t('handover.share.hint')}
      warning={t('handover.share.warning')}
      file={file === undefined ? null : { problem: file.problem, facts: factsOf(file, t) }}
      form={confirming ? <ConfirmForm account={account} onClose={() => setConfirming(false)} /> : null}
      actions={
        file === undefined && (
          <>
            <Button variant="outlined" onClick={onNarrower}>
              {t('handover.share.narrower')}
            </Button>
            <Button onClick={() => setConfirming(true)}>{t('handover.share.start')}</Button>
          </>
        )
      }
      stop={{
        label: t('handover.share.stop'),
        done: t('handover.share.stopped'),
        run: () => call('handover:stop-sharing', { accountId: account.id }),
      }}
    />
  );
}

function factsOf(file: MytokenFileView, t: Translate): readonly (readonly [string, ReactNode])[] {
  return [
    [t('handover.bearer.path'), <code key="path">{file.path}</code>],
    [t('handover.bearer.state'), t(`handover.share.state.${file.state}`)],
    ...(file.takenOverAtMs === null
      ? []
      : [[t('handover.share.taken-over'), <Moment key="over" atMs={file.takenOverAtMs} />] as const]),
  ];
}

/** The account's mytoken leaves the store: typing its name makes sure that it is meant. */
function ConfirmForm({
  account,
  onClose,
}: {
  readonly account: AccountView;
  readonly onClose: () => void;
}): ReactNode {
  const { t, call } = useApp();
  const [typed, setTyped] = useState('');
  return (
    <FileForm
      submit={{
        label: t('handover.share.choose'),
        disabled: typed !== account.shortname,
        done: t('handover.share.started'),
        run: () => call('handover:share-mytoken', { accountId: account.id, typedShortname: typed }),
      }}
      cancel={t('handover.share.cancel')}
      onClose={onClose}
    >
      <TextField
        size="small"
        autoComplete="off"
        label={t('handover.share.type', { shortname: account.shortname })}
        value={typed}
        onChange={(event) => setTyped(event.target.value)}
        slotProps={{ htmlInput: { maxLength: 64, spellCheck: false } }}
      />
    </FileForm>
  );
}
