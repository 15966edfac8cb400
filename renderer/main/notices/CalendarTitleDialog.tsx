import Button from '@mui/material/Button';
import Dialog from '@mui/material/Dialog';
import DialogActions from '@mui/material/DialogActions';
import DialogContent from '@mui/material/DialogContent';
import DialogTitle from '@mui/material/DialogTitle';
import TextField from '@mui/material/TextField';
import { type ReactNode, useId, useState } from 'react';
import type { CalendarView } from '../../../shared/ipc/contract.ts';
import { missingCapability } from '../../../shared/model/operations.ts';
import { useApp } from '../../hooks/app-context.tsx';
import { useTask } from '../../hooks/use-task.ts';
import { CapabilityGate } from '../manage/CapabilityGate.tsx';
import type { AccountTabProps } from '../manage/tab-props.ts';
import { NoticeError } from './NoticeError.tsx';

/** Makes a calendar or gives one another title. */
export function CalendarTitleDialog({
  account,
  go,
  newer,
  edited,
  onDone,
  onClose,
}: AccountTabProps & {
  readonly newer: boolean;
  readonly edited: CalendarView | null;
  readonly onDone: (calendar: CalendarView) => void;
  readonly onClose: () => void;
}): ReactNode {
  const { t, call } = useApp();
  const formId = useId();
  const titleId = useId();
  const task = useTask();
  const [title, setTitle] = useState(edited?.title ?? '');
  const typed = title.trim();
  const allowed = missingCapability(account.capabilities, 'notify-others') === null;
  const save = (): void => {
    void task.run(async () =>
      onDone(
        edited === null
          ? await call('notices:create-calendar', { accountId: account.id, title: typed })
          : await call('notices:rename-calendar', {
              accountId: account.id,
              calendarId: edited.calendarId,
              title: typed,
            }),
      ),
    );
  };
  return (
    <Dialog open onClose={task.busy ? undefined : onClose} aria-labelledby={titleId} maxWidth="sm" fullWidth>
      <DialogTitle id={titleId}>
        {t(edited === null ? 'notices.calendar.new' : 'notices.calendar.rename-title')}
      </DialogTitle>
      <DialogContent sx={{ display: 'flex', flexDirection: 'column', gap: 2 }}>
        <CapabilityGate
          account={account}
          operation="notify-others"
          onStandIn={(accountId) => go({ page: 'account', accountId, tab: 'reminders' })}
        >
          <form
            id={formId}
            onSubmit={(event) => {
              event.preventDefault();
              if (typed !== '') save();
            }}
          >
            <TextField
              autoFocus
              fullWidth
              label={t('notices.calendar.name')}
              helperText={newer ? undefined : t('notices.calendar.name-stays')}
              value={title}
              disabled={task.busy}
              onChange={(event) => setTitle(event.target.value)}
              sx={{ mt: 1 }}
              slotProps={{ htmlInput: { maxLength: 100, autoComplete: 'off' } }}
            />
          </form>
        </CapabilityGate>
        <NoticeError account={account} go={go} error={task.error} operation="notify-others" />
      </DialogContent>
      <DialogActions sx={{ px: 3, pb: 2 }}>
        <Button onClick={onClose} disabled={task.busy}>
          {t('common.cancel')}
        </Button>
        <Button
          type="submit"
          form={formId}
          variant="contained"
          disabled={task.busy || typed === '' || !allowed}
        >
          {t(edited === null ? 'notices.create' : 'common.save')}
        </Button>
      </DialogActions>
    </Dialog>
  );
}
