import CssBaseline from '@mui/material/CssBaseline';
import { ThemeProvider } from '@mui/material/styles';
import { type ReactNode, useMemo } from 'react';
import type { CallResult } from '../../shared/ipc/contract.ts';
import type { ApprovalView } from '../../shared/model/approval.ts';
import type { Call } from '../api/index.ts';
import { LiveProvider } from '../components/Live.tsx';
import { PlainAppProvider } from '../hooks/app-context.tsx';
import { makeTheme } from '../theme/theme.ts';
import { ApprovalScreen } from './ApprovalScreen.tsx';

/** All that the window shows. Drawn once in the main process for its first frame, and by the page from then on. */
export function QuestionView({
  platform,
  approval,
  shownId,
  over,
  missed,
  call,
  overAnswers,
}: CallResult<'approval:get'> & {
  /** The question that is known to be on the screen. */
  readonly shownId: string | null;
  /** Its time ran out while somebody was at it. */
  readonly over: boolean;
  /** The one before it, where that was not answered in time. */
  readonly missed: ApprovalView | null;
  readonly call: Call;
  /** What is to hide the answers. */
  readonly overAnswers?: ReactNode;
}): ReactNode {
  const theme = useMemo(() => makeTheme(platform.darkMode), [platform.darkMode]);
  return (
    <PlainAppProvider platform={platform} call={call}>
      <ThemeProvider theme={theme}>
        <CssBaseline />
        <LiveProvider>
          {approval !== null && (
            <ApprovalScreen
              key={approval.id}
              approval={approval}
              onScreen={shownId === approval.id}
              over={over}
              missed={missed}
              overAnswers={overAnswers}
            />
          )}
        </LiveProvider>
      </ThemeProvider>
    </PlainAppProvider>
  );
}
