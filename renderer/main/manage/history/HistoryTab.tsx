import Refresh from '@mui/icons-material/Refresh';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import FormControlLabel from '@mui/material/FormControlLabel';
import MenuItem from '@mui/material/MenuItem';
import Switch from '@mui/material/Switch';
import TextField from '@mui/material/TextField';
import Typography from '@mui/material/Typography';
import { type ReactNode, useCallback, useDeferredValue, useMemo, useState } from 'react';
import type { HistoryEventView } from '../../../../shared/ipc/contract.ts';
import { ErrorNotice } from '../../../components/ErrorNotice.tsx';
import { useAnnounce } from '../../../components/Live.tsx';
import { useApp } from '../../../hooks/app-context.tsx';
import { useTask } from '../../../hooks/use-task.ts';
import { ActionError, CapabilityGate } from '../CapabilityGate.tsx';
import { useKept } from '../kept.tsx';
import type { AccountTabProps } from '../tab-props.ts';
import { useServerView } from '../use-server-view.ts';
import { UseNotice } from '../UseNotice.tsx';
import { eventWords, filterEvents, indexEvents } from './events.ts';
import { HistoryTable } from './HistoryTable.tsx';
import { historyOperation, type HistorySubject, subjectKey } from './subject.ts';

/** What happened to the account's mytoken, to those made from it, or to one chosen from the trees. */
export function HistoryTab({ account, go }: AccountTabProps): ReactNode {
  const { t } = useApp();
  const [subject, setSubject] = useKept<HistorySubject>('history-subject', { kind: 'own' });
  const operation = historyOperation(subject);
  return (
    <>
      <TextField
        select
        label={t('manage.history.of')}
        value={subject.kind}
        onChange={(event) => {
          if (event.target.value === 'own' || event.target.value === 'family')
            setSubject({ kind: event.target.value });
        }}
        helperText={t('manage.history.of-hint')}
        sx={{ maxWidth: 480 }}
      >
        <MenuItem value="own">{t('manage.history.own')}</MenuItem>
        <MenuItem value="family">{t('manage.history.family')}</MenuItem>
        {subject.kind === 'one' && (
          <MenuItem value="one">
            {t('manage.history.one', { name: subject.name || t('manage.no-name') })}
          </MenuItem>
        )}
      </TextField>
      <CapabilityGate
        account={account}
        operation={operation}
        onStandIn={(accountId) => go({ page: 'account', accountId, tab: 'history' })}
      >
        <Events key={subjectKey(subject)} subject={subject} account={account} go={go} />
      </CapabilityGate>
    </>
  );
}

function Events({ account, subject }: AccountTabProps & { readonly subject: HistorySubject }): ReactNode {
  const { call } = useApp();
  const ask = useCallback(() => {
    const of =
      subject.kind === 'one'
        ? { kind: subject.kind, momId: subject.momId, derived: subject.derived }
        : { kind: subject.kind };
    return call('manage:history', { accountId: account.id, of });
  }, [call, account.id, subject]);
  const { value, load, busy, error, waits } = useServerView<readonly HistoryEventView[]>(
    `history-${subjectKey(subject)}`,
    account,
    ask,
  );
  return (
    <>
      <ActionError error={error} account={account} operation={historyOperation(subject)} onRetry={load} />
      {waits && <UseNotice onLoad={load} busy={busy} />}
      {value !== null && (
        <LoadedEvents
          events={value}
          busy={busy}
          ownMomId={account.momId}
          severalMytokens={subject.kind === 'family'}
          onReload={load}
        />
      )}
    </>
  );
}

function LoadedEvents({
  events,
  busy,
  ownMomId,
  severalMytokens,
  onReload,
}: {
  readonly events: readonly HistoryEventView[];
  readonly busy: boolean;
  readonly ownMomId: string;
  readonly severalMytokens: boolean;
  readonly onReload: () => void;
}): ReactNode {
  const { t, call } = useApp();
  const announce = useAnnounce();
  const [query, setQuery] = useState('');
  const [kind, setKind] = useState('');
  const [utc, setUtc] = useState(false);
  const [saved, setSaved] = useState<string | null>(null);
  const exporting = useTask();
  const indexed = useMemo(() => indexEvents(t, events), [t, events]);
  const kinds = useMemo(() => [...new Set(events.map(({ event }) => event))].sort(), [events]);
  const wanted = useDeferredValue(query);
  const shown = useMemo(() => filterEvents(indexed, wanted, kind), [indexed, wanted, kind]);

  const save = (format: 'csv' | 'json'): void => {
    void exporting.run(async () => {
      const file = await call('manage:export-history', { format, events: [...shown] });
      if (file === null) return;
      setSaved(file.path);
      announce(t('manage.history.saved', { path: file.path }));
    });
  };

  return (
    <>
      <Box sx={{ display: 'flex', gap: 1.5, flexWrap: 'wrap', alignItems: 'center' }}>
        <TextField
          type="search"
          label={t('manage.history.search')}
          value={query}
          onChange={(event) => setQuery(event.target.value)}
          sx={{ flex: '2 1 200px' }}
        />
        <TextField
          select
          label={t('manage.history.kind')}
          value={kind}
          onChange={(event) => setKind(event.target.value)}
          slotProps={{ select: { displayEmpty: true }, inputLabel: { shrink: true } }}
          sx={{ flex: '1 1 200px' }}
        >
          <MenuItem value="">{t('manage.history.kind.all')}</MenuItem>
          {kinds.map((known) => (
            <MenuItem key={known} value={known}>
              {eventWords(t, known)}
            </MenuItem>
          ))}
        </TextField>
        <FormControlLabel
          control={<Switch checked={utc} onChange={(event) => setUtc(event.target.checked)} />}
          label={t('manage.history.utc')}
        />
      </Box>
      <Box sx={{ display: 'flex', gap: 1, flexWrap: 'wrap', alignItems: 'center' }}>
        <Typography variant="body2" color="textSecondary" role="status" sx={{ flex: 1, minWidth: 140 }}>
          {t('manage.history.count', { count: shown.length, all: events.length })}
        </Typography>
        <Button size="small" disabled={exporting.busy || shown.length === 0} onClick={() => save('csv')}>
          {t('manage.history.csv')}
        </Button>
        <Button size="small" disabled={exporting.busy || shown.length === 0} onClick={() => save('json')}>
          {t('manage.history.json')}
        </Button>
        <Button size="small" startIcon={<Refresh />} disabled={busy} onClick={onReload}>
          {t('manage.reload')}
        </Button>
      </Box>
      <ErrorNotice error={exporting.error} />
      {saved !== null && (
        <Typography variant="body2" sx={{ overflowWrap: 'anywhere' }}>
          {t('manage.history.saved', { path: saved })}
        </Typography>
      )}
      {shown.length === 0 ? (
        <Typography color="textSecondary">
          {t(events.length === 0 ? 'manage.history.none' : 'manage.history.no-match')}
        </Typography>
      ) : (
        <HistoryTable events={shown} utc={utc} ownMomId={severalMytokens ? ownMomId : null} />
      )}
    </>
  );
}
