import { createTheme, type Theme } from '@mui/material/styles';

const sans =
  'system-ui, -apple-system, "Segoe UI", "Noto Sans", "Cantarell", "Ubuntu", "DejaVu Sans", "Helvetica Neue", sans-serif';
export const mono =
  'ui-monospace, "SF Mono", "Cascadia Mono", "Noto Sans Mono", "DejaVu Sans Mono", monospace';

/** There, backgrounds are the user's: what shows by its own alone needs a line (WCAG 1.4.11). */
const forced = '@media (forced-colors: active)';

/** Calm paper and ink with one green accent. Contrast of all text is at least 4.5:1 in both schemes. */
export function makeTheme(dark: boolean): Theme {
  const line = dark ? '#2c333d' : '#dfe3e8';
  return createTheme({
    palette: {
      mode: dark ? 'dark' : 'light',
      primary: dark
        ? { main: '#6fc7a6', contrastText: '#0d1512' }
        : { main: '#12694d', contrastText: '#ffffff' },
      error: { main: dark ? '#f29a8f' : '#a8321f' },
      warning: { main: dark ? '#e8b960' : '#7d5200' },
      success: { main: dark ? '#7ccf9b' : '#1d6b3a' },
      info: { main: dark ? '#8db8ea' : '#235a97' },
      background: dark ? { default: '#14171c', paper: '#1b2027' } : { default: '#f6f7f9', paper: '#ffffff' },
      text: dark
        ? { primary: '#e7eaee', secondary: '#a9b2bd' }
        : { primary: '#1a1f26', secondary: '#55606d' },
      divider: line,
    },
    shape: { borderRadius: 8 },
    typography: {
      fontFamily: sans,
      fontSize: 14,
      h1: { fontSize: '1.6rem', fontWeight: 650, letterSpacing: '-0.01em', lineHeight: 1.25 },
      h2: { fontSize: '1.1rem', fontWeight: 650, lineHeight: 1.35 },
      h3: { fontSize: '1rem', fontWeight: 600 },
      button: { textTransform: 'none', fontWeight: 600 },
    },
    components: {
      MuiButtonBase: {
        defaultProps: { disableRipple: true },
        styleOverrides: {
          root: {
            '&[aria-current="page"]': { [forced]: { boxShadow: 'none', border: '2px solid Highlight' } },
          },
        },
      },
      MuiButton: {
        defaultProps: { disableElevation: true },
        styleOverrides: {
          root: { minHeight: 36, '&.Mui-focusVisible': { outline: '2px solid', outlineOffset: 2 } },
          contained: { [forced]: { border: '1px solid' } },
        },
      },
      MuiIconButton: {
        styleOverrides: { root: { '&.Mui-focusVisible': { outline: '2px solid', outlineOffset: 1 } } },
      },
      MuiPaper: { defaultProps: { elevation: 0 }, styleOverrides: { root: { backgroundImage: 'none' } } },
      MuiCard: { defaultProps: { variant: 'outlined' }, styleOverrides: { root: { borderColor: line } } },
      MuiTextField: { defaultProps: { size: 'small', fullWidth: true } },
      MuiChip: { styleOverrides: { root: { fontWeight: 550 } } },
      MuiAlert: { styleOverrides: { root: { alignItems: 'flex-start', [forced]: { border: '1px solid' } } } },
      // In as many lines as they need, so that none is out of sight; the line below the chosen one is its own.
      MuiTabs: {
        styleOverrides: {
          root: { minHeight: 42 },
          list: { flexWrap: 'wrap' },
          indicator: { display: 'none' },
        },
      },
      MuiTab: {
        styleOverrides: {
          root: {
            minHeight: 42,
            '&.Mui-selected': {
              boxShadow: 'inset 0 -2px currentcolor',
              [forced]: { boxShadow: 'none', borderBottom: '2px solid Highlight' },
            },
          },
        },
      },
      MuiToggleButton: {
        styleOverrides: {
          root: ({ theme }) => ({
            color: theme.palette.text.secondary,
            textTransform: 'none',
            '&.Mui-selected': { [forced]: { outline: '2px solid Highlight', outlineOffset: -2 } },
          }),
        },
      },
      MuiSwitch: {
        styleOverrides: {
          track: { [forced]: { border: '1px solid' } },
          thumb: { [forced]: { forcedColorAdjust: 'none', backgroundColor: 'ButtonText' } },
        },
      },
      MuiTooltip: { defaultProps: { arrow: true, enterDelay: 400 } },
      MuiCssBaseline: {
        styleOverrides: {
          '@media (prefers-reduced-motion: reduce)': {
            '*, *::before, *::after': {
              animationDuration: '0.01ms !important',
              transitionDuration: '0.01ms !important',
            },
          },
        },
      },
    },
  });
}
