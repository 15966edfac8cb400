import ContentCopy from '@mui/icons-material/ContentCopy';
import VisibilityOutlined from '@mui/icons-material/VisibilityOutlined';
import Alert from '@mui/material/Alert';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Dialog from '@mui/material/Dialog';
import DialogActions from '@mui/material/DialogActions';
import DialogContent from '@mui/material/DialogContent';
import DialogTitle from '@mui/material/DialogTitle';
import Typography from '@mui/material/Typography';
import { type ReactNode, useEffect, useId, useState } from 'react';
import type { CallResult } from '../../../shared/ipc/contract.ts';
import type { AccountView } from '../../../shared/model/account.ts';
import { rotates } from '../../../shared/model/mytoken.ts';
import { ErrorNotice } from '../../components/ErrorNotice.tsx';
import { useAnnounce } from '../../components/Live.tsx';
import { QrCode } from '../../components/QrCode.tsx';
import { SelectableText } from '../../components/SelectableText.tsx';
import { useApp } from '../../hooks/app-context.tsx';
import { minutesAndSeconds } from '../../hooks/time-texts.ts';
import { useNow } from '../../hooks/use-now.ts';
import { useTask } from '../../hooks/use-task.ts';

type Code = CallResult<'manage:transfer-code'>;

/** A transfer code for an account's own mytoken: made after a word of warning, shown once, good for minutes. */
export function TransferDialog({
  account,
  onClose,
}: {
  readonly account: AccountView;
  readonly onClose: () => void;
}): ReactNode {
  const { t, call } = useApp();
  const titleId = useId();
  const task = useTask();
  const [code, setCode] = useState<Code | null>(null);
  const resultId = code?.resultId;
  useEffect(
    () => () => {
      if (resultId !== undefined) void call('compose:dismiss', { resultId });
    },
    [call, resultId],
  );
  return (
    <Dialog open onClose={task.busy ? undefined : onClose} aria-labelledby={titleId} maxWidth="sm" fullWidth>
      <DialogTitle id={titleId}>{t('manage.transfer.title', { account: account.displayName })}</DialogTitle>
      <DialogContent sx={{ display: 'flex', flexDirection: 'column', gap: 2 }}>
        {code === null ? (
          <>
            <Typography>{t('manage.transfer.what')}</Typography>
            {rotates(account.rotation) && (
              <Alert severity="warning">
                {t(
                  account.rotation?.auto_revoke === true
                    ? 'manage.transfer.rotates-revoke'
                    : 'manage.transfer.rotates',
                )}
              </Alert>
            )}
          </>
        ) : (
          <Made code={code} />
        )}
        <ErrorNotice error={task.error} />
      </DialogContent>
      <DialogActions sx={{ px: 3, pb: 2 }}>
        <Button autoFocus onClick={onClose} disabled={task.busy}>
          {t(code === null ? 'common.cancel' : 'common.close')}
        </Button>
        {code === null && (
          <Button
            variant="contained"
            disabled={task.busy}
            onClick={() =>
              void task.run(async () =>
                setCode(await call('manage:transfer-code', { accountId: account.id })),
              )
            }
          >
            {t('manage.transfer.make')}
          </Button>
        )}
      </DialogActions>
    </Dialog>
  );
}

function Made({ code }: { readonly code: Code }): ReactNode {
  const { t, call } = useApp();
  const announce = useAnnounce();
  const nowMs = useNow(true);
  const task = useTask();
  const [value, setValue] = useState<string | null>(null);
  const [copied, setCopied] = useState(false);
  const { resultId, expiresAtMs } = code;
  const leftMs = expiresAtMs === null ? null : expiresAtMs - nowMs;
  if (leftMs !== null && leftMs <= 0) return <Alert severity="info">{t('manage.transfer.over')}</Alert>;
  return (
    <>
      {leftMs !== null && (
        <Typography role="timer" sx={{ fontVariantNumeric: 'tabular-nums' }}>
          {t('manage.transfer.left', { time: minutesAndSeconds(leftMs) })}
        </Typography>
      )}
      <Box sx={{ display: 'flex', gap: 1, flexWrap: 'wrap' }}>
        <Button
          variant="contained"
          startIcon={<ContentCopy />}
          disabled={task.busy}
          onClick={() =>
            void task.run(async () => {
              await call('compose:copy', { resultId, form: 'value' });
              setCopied(true);
              announce(t('result.copied'));
            })
          }
        >
          {t('result.copy')}
        </Button>
        {value === null && (
          <Button
            startIcon={<VisibilityOutlined />}
            disabled={task.busy}
            onClick={() =>
              void task.run(async () => setValue((await call('compose:reveal', { resultId })).mytoken))
            }
          >
            {t('result.show')}
          </Button>
        )}
      </Box>
      <ErrorNotice error={task.error} />
      {copied && <Alert severity="success">{t('result.copied')}</Alert>}
      {value !== null && (
        <>
          <SelectableText label={t('manage.transfer.code')} value={value} rows={1} />
          <QrCode text={value} label={t('result.qr')} />
        </>
      )}
      <Typography variant="body2" color="textSecondary">
        {t('manage.transfer.where', { server: code.instanceUrl })}
      </Typography>
    </>
  );
}
