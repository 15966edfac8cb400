import CssBaseline from '@mui/material/CssBaseline';
import { ThemeProvider } from '@mui/material/styles';
import { type ReactNode, useEffect, useLayoutEffect, useMemo, useState } from 'react';
import type { CallResult } from '../../shared/ipc/contract.ts';
import { type Bridge, createCall } from '../api/bridge.ts';
import { LiveProvider } from '../components/Live.tsx';
import { PlainAppProvider } from '../hooks/app-context.tsx';
import { makeTheme } from '../theme/theme.ts';
import { ApprovalScreen } from './ApprovalScreen.tsx';

type Loaded = CallResult<'approval:get'>;

/** The approval window: knows one request and nothing else of the app. Stays loaded and empty between two requests. */
export function ApprovalApp({ bridge }: { readonly bridge: Bridge }): ReactNode {
  const call = useMemo(() => createCall(bridge), [bridge]);
  const [loaded, setLoaded] = useState<Loaded | null>(null);
  const [shownId, setShownId] = useState<string | null>(null);
  useEffect(() => {
    bridge.subscribe((event, payload) => {
      if (event === 'approval:changed') setLoaded(payload as Loaded);
      else if (event === 'approval:shown') setShownId(payload as string);
    });
    // What was sent meanwhile is newer.
    void call('approval:get', null).then((first) => setLoaded((newer) => newer ?? first));
  }, [bridge, call]);
  const dark = loaded?.platform.darkMode ?? false;
  const locale = loaded?.platform.locale ?? 'en';
  const theme = useMemo(() => makeTheme(dark), [dark]);
  useLayoutEffect(() => {
    document.documentElement.lang = locale;
    document.documentElement.style.colorScheme = dark ? 'dark' : 'light';
  }, [locale, dark]);

  const approval = loaded?.approval ?? null;
  const id = approval?.id ?? null;
  useEffect(() => {
    if (id === null) return;
    // Twice, as the first comes before the frame is drawn. The window is shown when it has been.
    const frame = requestAnimationFrame(() => {
      requestAnimationFrame(() => void call('approval:painted', { id }));
    });
    return () => cancelAnimationFrame(frame);
  }, [id, call]);

  if (loaded === null) return null;
  return (
    <PlainAppProvider platform={loaded.platform} call={call}>
      <ThemeProvider theme={theme}>
        <CssBaseline />
        <LiveProvider>
          {approval !== null && (
            <ApprovalScreen key={approval.id} approval={approval} onScreen={shownId === approval.id} />
          )}
        </LiveProvider>
      </ThemeProvider>
    </PlainAppProvider>
  );
}
