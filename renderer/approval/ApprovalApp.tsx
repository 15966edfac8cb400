import CssBaseline from '@mui/material/CssBaseline';
import { ThemeProvider } from '@mui/material/styles';
import { type ReactNode, useEffect, useMemo, useState } from 'react';
import type { CallResult } from '../../shared/ipc/contract.ts';
import type { ApprovalView } from '../../shared/model/approval.ts';
import { type Bridge, createCall } from '../api/bridge.ts';
import { LiveProvider } from '../components/Live.tsx';
import { PlainAppProvider } from '../hooks/app-context.tsx';
import { makeTheme } from '../theme/theme.ts';
import { ApprovalScreen } from './ApprovalScreen.tsx';

type Loaded = CallResult<'approval:get'>;

/** The approval window: knows one request and nothing else of the app. */
export function ApprovalApp({ bridge }: { readonly bridge: Bridge }): ReactNode {
  const call = useMemo(() => createCall(bridge), [bridge]);
  const [loaded, setLoaded] = useState<Loaded | null>(null);
  useEffect(() => {
    bridge.subscribe((event, payload) => {
      if (event !== 'approval:changed') return;
      setLoaded((before) => before && { ...before, approval: payload as ApprovalView | null });
    });
    void call('approval:get', null).then(setLoaded);
  }, [bridge, call]);
  const dark = loaded?.platform.darkMode ?? false;
  const theme = useMemo(() => makeTheme(dark), [dark]);
  useEffect(() => {
    document.documentElement.lang = loaded?.platform.locale ?? 'en';
    document.documentElement.style.colorScheme = dark ? 'dark' : 'light';
  }, [loaded, dark]);

  if (loaded?.approval == null) return null;
  return (
    <PlainAppProvider platform={loaded.platform} call={call}>
      <ThemeProvider theme={theme}>
        <CssBaseline />
        <LiveProvider>
          <ApprovalScreen key={loaded.approval.id} approval={loaded.approval} />
        </LiveProvider>
      </ThemeProvider>
    </PlainAppProvider>
  );
}
