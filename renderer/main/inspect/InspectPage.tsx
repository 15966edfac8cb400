import ArrowBack from '@mui/icons-material/ArrowBack';
import Alert from '@mui/material/Alert';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import TextField from '@mui/material/TextField';
import { type ReactNode, useState } from 'react';
import type { InspectedView } from '../../../shared/ipc/contract.ts';
import { ErrorNotice } from '../../components/ErrorNotice.tsx';
import { Page, Section } from '../../components/Page.tsx';
import { useApp } from '../../hooks/app-context.tsx';
import { useTask } from '../../hooks/use-task.ts';
import { ImportedNotice } from '../add-account/ImportedNotice.tsx';
import { ReportSections, Verdict } from '../manage/Report.tsx';
import type { Place } from '../navigation.ts';

/** Any mytoken, looked at without storing it: what it says, whether it is genuine, and what its server says. */
export function InspectPage({ go }: { readonly go: (place: Place) => void }): ReactNode {
  const { state, t, call } = useApp();
  const task = useTask();
  const [text, setText] = useState('');
  const [server, setServer] = useState(
    state.platform.prefillInstance ?? state.platform.knownInstances[0]?.url ?? '',
  );
  const [inspected, setInspected] = useState<InspectedView | null>(null);
  const [imported, setImported] = useState<{ accountId: string; warnings: readonly string[] } | null>(null);
  // A JWT says itself where it belongs.
  const needsServer = text.trim() !== '' && !text.includes('.');
  const instanceUrl = server.trim() === '' ? undefined : server.trim();

  const look = (ask: () => Promise<InspectedView | null>): void => {
    void task.run(async () => {
      const found = await ask();
      if (found === null) return;
      setText('');
      setImported(null);
      setInspected(found);
    });
  };

  return (
    <Page
      title={t('inspect.title')}
      action={
        <Button startIcon={<ArrowBack />} onClick={() => go({ page: 'accounts' })}>
          {t('account.back')}
        </Button>
      }
    >
      <Section title={t('inspect.which')} hint={t('inspect.hint')}>
        <TextField
          type="password"
          label={t('import.paste.label')}
          value={text}
          onChange={(event) => setText(event.target.value)}
          slotProps={{ htmlInput: { autoComplete: 'off', spellCheck: false } }}
        />
        {needsServer && (
          <TextField
            label={t('add.server.label')}
            type="url"
            value={server}
            onChange={(event) => setServer(event.target.value)}
            helperText={t('inspect.server-hint')}
          />
        )}
        <Box sx={{ display: 'flex', gap: 1, flexWrap: 'wrap' }}>
          <Button
            variant="contained"
            disabled={text.trim() === '' || task.busy}
            onClick={() =>
              look(() => call('manage:inspect-text', needsServer ? { text, instanceUrl } : { text }))
            }
          >
            {t('inspect.look')}
          </Button>
          <Button
            variant="outlined"
            disabled={task.busy}
            onClick={() => look(() => call('manage:inspect-file', { instanceUrl }))}
          >
            {t('import.file.button')}
          </Button>
        </Box>
      </Section>
      <ErrorNotice error={task.error} />
      {imported !== null && <ImportedNotice {...imported} go={go} />}
      {inspected !== null && imported === null && (
        <Inspected
          key={inspected.inspectId}
          inspected={inspected}
          busy={task.busy}
          go={go}
          onAsk={() => look(() => call('manage:inspect-ask', { inspectId: inspected.inspectId }))}
          onImport={() =>
            void task.run(async () => {
              const result = await call('manage:inspect-import', { inspectId: inspected.inspectId });
              if (result.warnings.length === 0) go({ page: 'account', accountId: result.accountId });
              else setImported(result);
            })
          }
        />
      )}
    </Page>
  );
}

function Inspected({
  inspected: { report, atRisk, accountId },
  busy,
  go,
  onAsk,
  onImport,
}: {
  readonly inspected: InspectedView;
  readonly busy: boolean;
  readonly go: (place: Place) => void;
  readonly onAsk: () => void;
  readonly onImport: () => void;
}): ReactNode {
  const { state, t } = useApp();
  const account = state.accounts.find(({ id }) => id === accountId);
  const usable = report.signature !== 'invalid' && report.server !== 'refused';
  return (
    <>
      <Verdict report={report} />
      {report.server === 'not-asked' && atRisk && report.signature !== 'invalid' && (
        <Alert
          severity="warning"
          action={
            <Button color="inherit" size="small" disabled={busy} onClick={onAsk}>
              {t('inspect.ask')}
            </Button>
          }
        >
          {t('inspect.at-risk')}
        </Alert>
      )}
      {account ? (
        <Alert
          severity="info"
          action={
            <Button
              color="inherit"
              size="small"
              onClick={() => go({ page: 'account', accountId: account.id, tab: 'state' })}
            >
              {t('accounts.open')}
            </Button>
          }
        >
          {t('inspect.known', { account: account.displayName })}
        </Alert>
      ) : (
        usable && (
          <Box>
            <Button variant="outlined" disabled={busy} onClick={onImport}>
              {t('inspect.import')}
            </Button>
          </Box>
        )
      )}
      <ReportSections report={report} />
    </>
  );
}
