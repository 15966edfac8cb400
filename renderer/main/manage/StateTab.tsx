import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Refresh from '@mui/icons-material/Refresh';
import { type ReactNode, useCallback, useEffect } from 'react';
import type { MytokenReport } from '../../../shared/ipc/contract.ts';
import { ErrorNotice } from '../../components/ErrorNotice.tsx';
import { useApp } from '../../hooks/app-context.tsx';
import { useTask } from '../../hooks/use-task.ts';
import { CapabilityGate } from './CapabilityGate.tsx';
import { useKept } from './kept.tsx';
import { ReportSections, Verdict } from './Report.tsx';
import type { AccountTabProps } from './tab-props.ts';

/** What the account's mytoken is and whether it works: its server's word, or else its own. */
export function StateTab({ account, go }: AccountTabProps): ReactNode {
  const { t, call } = useApp();
  const [report, setReport] = useKept<MytokenReport | null>('state', null);
  const { run, busy, error } = useTask();
  const ask = useCallback(() => {
    void run(async () => setReport(await call('manage:inspect', { accountId: account.id })));
  }, [run, call, account.id, setReport]);
  // Asking for the state is free and changes nothing (mytoken protocol, "introspect").
  useEffect(() => {
    if (report === null) ask();
  }, [report, ask]);

  return (
    <>
      <Box>
        <Button startIcon={<Refresh />} disabled={busy} onClick={ask}>
          {t('manage.state.again')}
        </Button>
      </Box>
      <ErrorNotice error={error} onRetry={ask} />
      {report !== null && (
        <>
          <Verdict report={report} />
          {report.server === 'valid-untold' && (
            <CapabilityGate
              account={account}
              operation="introspect"
              onStandIn={(accountId) => go({ page: 'account', accountId, tab: 'state' })}
            >
              {null}
            </CapabilityGate>
          )}
          <ReportSections report={report} />
        </>
      )}
    </>
  );
}
