import Button from '@mui/material/Button';
import Checkbox from '@mui/material/Checkbox';
import Dialog from '@mui/material/Dialog';
import DialogActions from '@mui/material/DialogActions';
import DialogContent from '@mui/material/DialogContent';
import DialogTitle from '@mui/material/DialogTitle';
import FormControl from '@mui/material/FormControl';
import FormControlLabel from '@mui/material/FormControlLabel';
import FormLabel from '@mui/material/FormLabel';
import Radio from '@mui/material/Radio';
import RadioGroup from '@mui/material/RadioGroup';
import Typography from '@mui/material/Typography';
import { type ReactNode, useId, useState } from 'react';
import type { CallArgs, NotificationView } from '../../../shared/ipc/contract.ts';
import { usualClasses } from '../../../shared/model/notification-classes.ts';
import { missingCapability } from '../../../shared/model/operations.ts';
import { ErrorNotice } from '../../components/ErrorNotice.tsx';
import { useApp } from '../../hooks/app-context.tsx';
import { useTask } from '../../hooks/use-task.ts';
import { CapabilityGate } from '../manage/CapabilityGate.tsx';
import type { AccountTabProps } from '../manage/tab-props.ts';
import { ClassTree } from './ClassTree.tsx';
import { NoticeError } from './NoticeError.tsx';
import { TokenPicker } from './TokenPicker.tsx';
import type { UserTokens } from './use-tokens.ts';

const targets = ['own', 'family', 'all', 'some'] as const;
type Target = (typeof targets)[number];

/** Makes mails about mytokens, or changes what they are about. */
export function NotificationDialog({
  account,
  go,
  tokens,
  newer,
  edited,
  onDone,
  onClose,
}: AccountTabProps & {
  readonly tokens: UserTokens;
  readonly newer: boolean;
  /** Null for new ones. */
  readonly edited: NotificationView | null;
  /** `problem`: the code of what kept them from being about all that was chosen. */
  readonly onDone: (notification: NotificationView, problem: string | null) => void;
  readonly onClose: () => void;
}): ReactNode {
  const { t, call } = useApp();
  const titleId = useId();
  const aboutId = useId();
  const task = useTask();
  const [classes, setClasses] = useState<readonly string[]>(edited?.classes ?? usualClasses);
  const [target, setTarget] = useState<Target>(edited === null ? 'own' : edited.userWide ? 'all' : 'some');
  const [chosen, setChosen] = useState<readonly string[]>(edited?.momIds ?? []);
  const [includeChildren, setIncludeChildren] = useState(false);
  const operation = edited !== null ? null : target === 'some' ? 'notify-others' : 'notify';

  const wanted = (): CallArgs<'notices:create'>['target'] => {
    if (target === 'all') return { kind: 'user-wide' };
    if (target === 'some') return { kind: 'some', momIds: [...chosen], includeChildren };
    return { kind: 'own', includeChildren: target === 'family' };
  };
  const save = (): void => {
    void task.run(async () => {
      if (edited === null) {
        const made = await call('notices:create', {
          accountId: account.id,
          target: wanted(),
          classes: [...classes],
        });
        onDone(made.notification, made.problem?.code ?? null);
      } else {
        const { notificationId, momIds } = edited;
        const changed = await call('notices:change', {
          accountId: account.id,
          notificationId,
          classes: [...classes],
          add: chosen.filter((momId) => !momIds.includes(momId)),
          remove: momIds.filter((momId) => !chosen.includes(momId)),
          includeChildren,
        });
        onDone(changed, null);
      }
    });
  };
  const allowed = operation === null || missingCapability(account.capabilities, operation) === null;
  const complete = allowed && classes.length > 0 && (target !== 'some' || chosen.length > 0);

  return (
    <Dialog open onClose={task.busy ? undefined : onClose} aria-labelledby={titleId} maxWidth="sm" fullWidth>
      <DialogTitle id={titleId}>{t(edited === null ? 'notices.mail.new' : 'notices.mail.edit')}</DialogTitle>
      <DialogContent sx={{ display: 'flex', flexDirection: 'column', gap: 2 }}>
        <div>
          <Typography variant="body2" color="textSecondary">
            {t('notices.classes')}
          </Typography>
          <ClassTree value={classes} onChange={setClasses} newer={newer} disabled={task.busy} />
        </div>
        {edited === null && (
          <FormControl>
            <FormLabel id={aboutId}>{t('notices.about')}</FormLabel>
            <RadioGroup
              aria-labelledby={aboutId}
              value={target}
              onChange={(event) => setTarget(targets.find((known) => known === event.target.value) ?? 'own')}
            >
              {targets.map((known) => (
                <FormControlLabel
                  key={known}
                  value={known}
                  disabled={task.busy}
                  control={<Radio size="small" />}
                  label={t(`notices.about.${known}`)}
                />
              ))}
            </RadioGroup>
          </FormControl>
        )}
        <CapabilityGate
          account={account}
          operation={operation}
          onStandIn={(accountId) => go({ page: 'account', accountId, tab: 'reminders' })}
        >
          {target === 'some' && (
            <>
              <TokenPicker
                tokens={tokens}
                offered={tokens.choices}
                chosen={chosen}
                onChange={setChosen}
                multiple
                disabled={task.busy}
              />
              <FormControlLabel
                control={
                  <Checkbox
                    size="small"
                    checked={includeChildren}
                    disabled={task.busy}
                    onChange={(_event, on) => setIncludeChildren(on)}
                  />
                }
                label={t('notices.include-children')}
              />
            </>
          )}
          {edited?.userWide === true && <Typography>{t('notices.about.all')}</Typography>}
        </CapabilityGate>
        {edited === null ? (
          <NoticeError account={account} go={go} error={task.error} operation={operation ?? 'notify'} />
        ) : (
          <ErrorNotice error={task.error} />
        )}
      </DialogContent>
      <DialogActions sx={{ px: 3, pb: 2 }}>
        <Button onClick={onClose} disabled={task.busy}>
          {t('common.cancel')}
        </Button>
        <Button variant="contained" onClick={save} disabled={task.busy || !complete}>
          {t(edited === null ? 'notices.create' : 'common.save')}
        </Button>
      </DialogActions>
    </Dialog>
  );
}
