import Alert from '@mui/material/Alert';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Typography from '@mui/material/Typography';
import { type ReactNode, useState } from 'react';
import type { NotificationView } from '../../../shared/ipc/contract.ts';
import { ConfirmDialog } from '../../components/ConfirmDialog.tsx';
import { ErrorNotice } from '../../components/ErrorNotice.tsx';
import { useAnnounce } from '../../components/Live.tsx';
import { Section } from '../../components/Page.tsx';
import { useApp } from '../../hooks/app-context.tsx';
import { listOf } from '../../hooks/time-texts.ts';
import { useTask } from '../../hooks/use-task.ts';
import { classWords } from './class-words.ts';
import { NoticeCard, NoticeCards } from './NoticeCard.tsx';
import { MailNeeded } from './NoticeError.tsx';
import { NotificationDialog } from './NotificationDialog.tsx';
import type { NoticesSectionProps } from './section-props.ts';
import { TokenDialog } from './TokenDialog.tsx';
import { subscribedWords } from './subscribed-words.ts';

type Open =
  | { readonly kind: 'new' }
  | { readonly kind: 'invite' }
  | { readonly kind: 'edit' | 'delete'; readonly notification: NotificationView };

/** Mails that the server sends about mytokens. */
export function MailSection({ account, go, view, tokens, onChange }: NoticesSectionProps): ReactNode {
  const { t, call, formatLocale } = useApp();
  const announce = useAnnounce();
  const task = useTask();
  const [open, setOpen] = useState<Open | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const { notifications, mail } = view;
  if (notifications === null) {
    return (
      <Section title={t('notices.mail.title')}>
        <Typography>{t('notices.mail.none-here')}</Typography>
      </Section>
    );
  }
  const titleOf = (entry: NotificationView): string =>
    entry.userWide
      ? t('notices.about.all')
      : subscribedWords(t, entry, tokens.nameOf, formatLocale) || t('notices.about.none');
  const put = (changed: NotificationView): void => {
    const known = notifications.some(({ notificationId }) => notificationId === changed.notificationId);
    onChange({
      ...view,
      notifications: known
        ? notifications.map((other) => (other.notificationId === changed.notificationId ? changed : other))
        : [...notifications, changed],
    });
  };
  return (
    <Section title={t('notices.mail.title')} hint={t('notices.mail.hint')}>
      {mail !== null &&
        (mail.verified ? (
          <Alert severity="success">{t('notices.mail.goes-to', { address: mail.address })}</Alert>
        ) : (
          <MailNeeded
            account={account}
            go={go}
            words={
              mail.address === ''
                ? t('notices.mail.none')
                : t('notices.mail.unconfirmed', { address: mail.address })
            }
          />
        ))}
      <ErrorNotice code={problem} />
      {notifications.length === 0 ? (
        <Typography color="textSecondary">{t('notices.mail.empty')}</Typography>
      ) : (
        <NoticeCards label={t('notices.mail.title')}>
          {notifications.map((entry) => (
            <NoticeCard
              key={entry.notificationId}
              title={titleOf(entry)}
              actions={
                <>
                  <Button size="small" onClick={() => setOpen({ kind: 'edit', notification: entry })}>
                    {t('notices.edit')}
                  </Button>
                  <Button
                    size="small"
                    color="error"
                    onClick={() => setOpen({ kind: 'delete', notification: entry })}
                  >
                    {t('notices.delete')}
                  </Button>
                </>
              }
            >
              <Typography variant="body2">
                {entry.classes.length === 0
                  ? t('notices.classes.none')
                  : listOf(
                      entry.classes.map((name) => classWords(t, name)),
                      formatLocale,
                    )}
              </Typography>
            </NoticeCard>
          ))}
        </NoticeCards>
      )}
      <Box sx={{ display: 'flex', gap: 1, flexWrap: 'wrap' }}>
        <Button variant="outlined" onClick={() => setOpen({ kind: 'new' })}>
          {t('notices.mail.add')}
        </Button>
        <Button onClick={() => setOpen({ kind: 'invite' })}>{t('notices.invite.open')}</Button>
      </Box>
      {(open?.kind === 'new' || open?.kind === 'edit') && (
        <NotificationDialog
          account={account}
          go={go}
          tokens={tokens}
          newer={view.newer}
          edited={open.kind === 'edit' ? open.notification : null}
          onDone={(changed, code) => {
            put(changed);
            setProblem(code);
            setOpen(null);
            announce(t('notices.saved'));
          }}
          onClose={() => setOpen(null)}
        />
      )}
      {open?.kind === 'invite' && (
        <TokenDialog
          account={account}
          go={go}
          tokens={tokens}
          title={t('notices.invite.title')}
          hint={t('notices.invite.hint')}
          confirm={t('notices.invite.send')}
          work={async (token, comment) => {
            await call('notices:invite', { accountId: account.id, ...token, comment });
            announce(t('notices.invite.sent'));
          }}
          onClose={() => setOpen(null)}
        />
      )}
      {open?.kind === 'delete' && (
        <ConfirmDialog
          open
          title={t('notices.mail.delete-title')}
          confirmLabel={t('notices.delete-now')}
          busy={task.busy}
          onClose={() => setOpen(null)}
          onConfirm={() =>
            void task.run(async () => {
              const { notificationId } = open.notification;
              await call('notices:remove', { accountId: account.id, notificationId });
              onChange({
                ...view,
                notifications: notifications.filter((other) => other.notificationId !== notificationId),
              });
              setOpen(null);
              announce(t('notices.deleted'));
            })
          }
        >
          <Typography>{t('notices.mail.delete-text', { about: titleOf(open.notification) })}</Typography>
          <ErrorNotice error={task.error} />
        </ConfirmDialog>
      )}
    </Section>
  );
}
