import Alert from '@mui/material/Alert';
import { keyframes, ThemeProvider } from '@mui/material/styles';
import type { ReactNode } from 'react';
import { createTranslate } from '../../shared/i18n/catalogue.ts';
import type { PlatformView } from '../../shared/model/state.ts';
import { makeTheme } from '../theme/theme.ts';

const appear = keyframes({ to: { visibility: 'visible' } });

/**
 * Over the buttons of a first frame that the page did not replace in time, because its scripts are slow or could not be loaded. It comes
 * without a script, and goes with the frame.
 */
export function NotAnswering({ platform }: { readonly platform: PlatformView }): ReactNode {
  return (
    <ThemeProvider theme={makeTheme(platform.darkMode)}>
      <Alert
        severity="error"
        variant="filled"
        sx={{
          ...{ position: 'fixed', inset: 'auto 0 0 0', minHeight: '6rem', borderRadius: 0, zIndex: 1 },
          ...{ alignItems: 'center', visibility: 'hidden' },
          animation: `${appear} 1ms 5s forwards`,
        }}
      >
        {createTranslate(platform.locale, platform.formatLocale)('approval.not-answering')}
      </Alert>
    </ThemeProvider>
  );
}
