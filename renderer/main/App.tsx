import CssBaseline from '@mui/material/CssBaseline';
import { ThemeProvider } from '@mui/material/styles';
import { type ReactNode, useEffect, useMemo } from 'react';
import type { Store } from '../api/index.ts';
import { LiveProvider } from '../components/Live.tsx';
import { AppProvider, useApp } from '../hooks/app-context.tsx';
import { makeTheme } from '../theme/theme.ts';
import { CrashBoundary } from './CrashBoundary.tsx';
import { Shell } from './Shell.tsx';

export function App({ store }: { readonly store: Store }): ReactNode {
  return (
    <CrashBoundary>
      <AppProvider store={store} loading={null}>
        <Themed>
          <LiveProvider>
            <Shell />
          </LiveProvider>
        </Themed>
      </AppProvider>
    </CrashBoundary>
  );
}

function Themed({ children }: { readonly children: ReactNode }): ReactNode {
  const { state, call } = useApp();
  const { darkMode, locale } = state.platform;
  const theme = useMemo(() => makeTheme(darkMode), [darkMode]);
  useEffect(() => {
    document.documentElement.lang = locale;
    document.documentElement.style.colorScheme = darkMode ? 'dark' : 'light';
  }, [locale, darkMode]);
  useEffect(() => {
    // After the first frame is on the screen, not before.
    requestAnimationFrame(() => requestAnimationFrame(() => void call('window:ready', null)));
  }, [call]);
  return (
    <ThemeProvider theme={theme}>
      <CssBaseline />
      {children}
    </ThemeProvider>
  );
}
