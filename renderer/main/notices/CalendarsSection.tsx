import ContentCopy from '@mui/icons-material/ContentCopy';
import Alert from '@mui/material/Alert';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Typography from '@mui/material/Typography';
import { type ReactNode, useState } from 'react';
import type { CalendarView } from '../../../shared/ipc/contract.ts';
import { ConfirmDialog } from '../../components/ConfirmDialog.tsx';
import { useAnnounce } from '../../components/Live.tsx';
import { Section } from '../../components/Page.tsx';
import { useApp } from '../../hooks/app-context.tsx';
import { useTask } from '../../hooks/use-task.ts';
import { CapabilityGate } from '../manage/CapabilityGate.tsx';
import { CalendarTitleDialog } from './CalendarTitleDialog.tsx';
import { CalendarTokens } from './CalendarTokens.tsx';
import { NoticeCard, NoticeCards } from './NoticeCard.tsx';
import { NoticeError } from './NoticeError.tsx';
import type { NoticesSectionProps } from './section-props.ts';
import { TokenDialog } from './TokenDialog.tsx';

type Open =
  { readonly kind: 'new' } | { readonly kind: 'rename' | 'add' | 'delete'; readonly calendar: CalendarView };

/** Calendars of the user at the server, which calendar programs can subscribe to. */
export function CalendarsSection({ account, go, view, tokens, onChange }: NoticesSectionProps): ReactNode {
  const { t, call } = useApp();
  const announce = useAnnounce();
  const task = useTask();
  const [open, setOpen] = useState<Open | null>(null);
  const [copied, setCopied] = useState<string | null>(null);
  const { calendars } = view;
  if (calendars === null) {
    return (
      <Section title={t('notices.calendar.title')}>
        <Typography>{t('notices.calendar.none-here')}</Typography>
      </Section>
    );
  }
  const accountId = account.id;
  const titleOf = ({ title }: CalendarView): string =>
    title === '' ? t('notices.calendar.untitled') : title;
  const put = (changed: CalendarView): void => {
    const known = calendars.some(({ calendarId }) => calendarId === changed.calendarId);
    onChange({
      ...view,
      calendars: known
        ? calendars.map((other) => (other.calendarId === changed.calendarId ? changed : other))
        : [...calendars, changed],
    });
    setOpen(null);
    announce(t('notices.saved'));
  };
  const copy = (calendarId: string): void => {
    void task.run(async () => {
      await call('notices:copy-feed', { accountId, calendarId });
      setCopied(calendarId);
      announce(t('notices.calendar.copied'));
    });
  };
  return (
    <Section title={t('notices.calendar.title')} hint={t('notices.calendar.hint')}>
      {open === null && (
        <NoticeError account={account} go={go} error={task.error} operation="notify-others" />
      )}
      {calendars.length === 0 ? (
        <Typography color="textSecondary">{t('notices.calendar.empty')}</Typography>
      ) : (
        <NoticeCards label={t('notices.calendar.title')}>
          {calendars.map((calendar) => (
            <NoticeCard
              key={calendar.calendarId}
              title={titleOf(calendar)}
              actions={
                <>
                  <Button size="small" onClick={() => setOpen({ kind: 'add', calendar })}>
                    {t('notices.calendar.add-token')}
                  </Button>
                  {calendar.hasFeed && (
                    <Button
                      size="small"
                      startIcon={<ContentCopy />}
                      disabled={task.busy}
                      onClick={() => copy(calendar.calendarId)}
                    >
                      {t('notices.calendar.copy')}
                    </Button>
                  )}
                  {calendar.editable && (
                    <Button size="small" onClick={() => setOpen({ kind: 'rename', calendar })}>
                      {t('notices.calendar.rename')}
                    </Button>
                  )}
                  <Button size="small" color="error" onClick={() => setOpen({ kind: 'delete', calendar })}>
                    {t('notices.delete')}
                  </Button>
                </>
              }
            >
              <CalendarTokens
                calendar={calendar}
                tokens={tokens}
                busy={task.busy}
                onRemove={(momId) =>
                  void task.run(async () => {
                    const derived = tokens.choices.find((choice) => choice.momId === momId)?.derived ?? false;
                    const { calendarId } = calendar;
                    put(
                      await call('notices:remove-from-calendar', { accountId, calendarId, momId, derived }),
                    );
                  })
                }
              />
              {copied === calendar.calendarId && (
                <Alert severity="success">{t('notices.calendar.copied')}</Alert>
              )}
            </NoticeCard>
          ))}
        </NoticeCards>
      )}
      {calendars.some(({ hasFeed }) => hasFeed) && (
        <Typography variant="body2" color="textSecondary">
          {t('notices.calendar.link')}
        </Typography>
      )}
      <Box>
        <Button variant="outlined" onClick={() => setOpen({ kind: 'new' })}>
          {t('notices.calendar.add')}
        </Button>
      </Box>
      {(open?.kind === 'new' || open?.kind === 'rename') && (
        <CalendarTitleDialog
          account={account}
          go={go}
          newer={view.newer}
          edited={open.kind === 'rename' ? open.calendar : null}
          onDone={put}
          onClose={() => setOpen(null)}
        />
      )}
      {open?.kind === 'add' && (
        <TokenDialog
          account={account}
          go={go}
          tokens={tokens}
          title={t('notices.calendar.add-title', { title: titleOf(open.calendar) })}
          hint={t('notices.calendar.add-hint')}
          confirm={t('notices.calendar.add-now')}
          work={async (token, comment) => {
            const { calendarId } = open.calendar;
            put(await call('notices:add-to-calendar', { accountId, calendarId, ...token, comment }));
          }}
          onClose={() => setOpen(null)}
        />
      )}
      {open?.kind === 'delete' && (
        <ConfirmDialog
          open
          title={t('notices.calendar.delete-title', { title: titleOf(open.calendar) })}
          confirmLabel={t('notices.delete-now')}
          busy={task.busy}
          onClose={() => setOpen(null)}
          onConfirm={() =>
            void task.run(async () => {
              const { calendarId } = open.calendar;
              await call('notices:remove-calendar', { accountId, calendarId });
              onChange({
                ...view,
                calendars: calendars.filter((other) => other.calendarId !== calendarId),
              });
              setOpen(null);
              announce(t('notices.deleted'));
            })
          }
        >
          <CapabilityGate account={account} operation="notify-others">
            <Typography>{t('notices.calendar.delete-text')}</Typography>
          </CapabilityGate>
          <NoticeError account={account} go={go} error={task.error} operation="notify-others" />
        </ConfirmDialog>
      )}
    </Section>
  );
}
