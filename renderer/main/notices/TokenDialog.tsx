import Button from '@mui/material/Button';
import Dialog from '@mui/material/Dialog';
import DialogActions from '@mui/material/DialogActions';
import DialogContent from '@mui/material/DialogContent';
import DialogTitle from '@mui/material/DialogTitle';
import TextField from '@mui/material/TextField';
import Typography from '@mui/material/Typography';
import { type ReactNode, useId, useState } from 'react';
import { missingCapability, type Operation } from '../../../shared/model/operations.ts';
import { useApp } from '../../hooks/app-context.tsx';
import { useTask } from '../../hooks/use-task.ts';
import { CapabilityGate } from '../manage/CapabilityGate.tsx';
import type { AccountTabProps } from '../manage/tab-props.ts';
import { NoticeError } from './NoticeError.tsx';
import { TokenPicker } from './TokenPicker.tsx';
import type { UserTokens } from './use-tokens.ts';

/** Picks one mytoken that expires, and a comment for its event in a calendar. */
export function TokenDialog({
  account,
  go,
  tokens,
  title,
  hint,
  confirm,
  work,
  onClose,
}: AccountTabProps & {
  readonly tokens: UserTokens;
  readonly title: string;
  readonly hint: string;
  readonly confirm: string;
  readonly work: (
    token: { readonly momId: string; readonly derived: boolean },
    comment: string,
  ) => Promise<void>;
  readonly onClose: () => void;
}): ReactNode {
  const { t } = useApp();
  const titleId = useId();
  const task = useTask();
  const offered = tokens.choices.filter(({ expiresAtMs }) => expiresAtMs !== null);
  const [chosen, setChosen] = useState<readonly string[]>(offered.slice(0, 1).map(({ momId }) => momId));
  const [comment, setComment] = useState('');
  const picked = offered.find(({ momId }) => momId === chosen[0]);
  const operation = operationFor(picked, account.momId);
  const allowed = operation === null || missingCapability(account.capabilities, operation) === null;
  const save = (): void => {
    if (!picked) return;
    const { momId, derived } = picked;
    void task
      .run(() => work({ momId, derived }, comment.trim()))
      .then((done) => {
        if (done) onClose();
      });
  };
  return (
    <Dialog open onClose={task.busy ? undefined : onClose} aria-labelledby={titleId} maxWidth="sm" fullWidth>
      <DialogTitle id={titleId} sx={{ overflowWrap: 'anywhere' }}>
        {title}
      </DialogTitle>
      <DialogContent sx={{ display: 'flex', flexDirection: 'column', gap: 2 }}>
        <Typography>{hint}</Typography>
        <TokenPicker
          tokens={tokens}
          offered={offered}
          chosen={chosen}
          onChange={setChosen}
          multiple={false}
          disabled={task.busy}
        />
        <CapabilityGate account={account} operation={operation}>
          <TextField
            label={t('notices.comment')}
            value={comment}
            disabled={task.busy}
            onChange={(event) => setComment(event.target.value)}
            slotProps={{ htmlInput: { maxLength: 100 } }}
          />
        </CapabilityGate>
        <NoticeError account={account} go={go} error={task.error} operation={operation ?? 'notify'} />
      </DialogContent>
      <DialogActions sx={{ px: 3, pb: 2 }}>
        <Button onClick={onClose} disabled={task.busy}>
          {t('common.cancel')}
        </Button>
        <Button variant="contained" disabled={task.busy || !picked || !allowed} onClick={save}>
          {confirm}
        </Button>
      </DialogActions>
    </Dialog>
  );
}

/** The mytoken itself needs no capability for it (mytoken protocol, "Calendars"). */
function operationFor(
  picked: { readonly momId: string; readonly derived: boolean } | undefined,
  ownMomId: string,
): Operation | null {
  if (!picked || picked.momId === ownMomId) return null;
  return picked.derived ? 'notify' : 'notify-others';
}
