import Box from '@mui/material/Box';
import Typography from '@mui/material/Typography';
import { type ReactNode, useEffect, useRef } from 'react';

/** A page's frame: its heading takes the focus when the page appears, so that keyboards and screen readers start there. */
export function Page({
  title,
  action,
  children,
  wide = false,
  roomy = false,
}: {
  readonly title: string;
  readonly action?: ReactNode;
  readonly children: ReactNode;
  /** Fills the window and does not scroll itself. */
  readonly wide?: boolean;
  /** Scrolls as usual, but is as wide as a table needs. */
  readonly roomy?: boolean | undefined;
}): ReactNode {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    heading.current?.focus({ preventScroll: true });
  }, []);
  return (
    <Box
      component="main"
      id="main"
      sx={{
        flex: 1,
        minWidth: 0,
        minHeight: 0,
        overflow: wide ? 'hidden' : 'auto',
        px: { xs: 2, sm: 4 },
        py: { xs: 2, sm: 3 },
        display: 'flex',
        flexDirection: 'column',
      }}
    >
      <Box
        sx={{
          width: '100%',
          maxWidth: wide || roomy ? 1100 : 760,
          mx: 'auto',
          display: 'flex',
          flexDirection: 'column',
          gap: 2.5,
          flex: wide ? 1 : undefined,
          minHeight: wide ? 0 : undefined,
        }}
      >
        <Box
          sx={{
            display: 'flex',
            alignItems: 'center',
            gap: 2,
            flexWrap: 'wrap',
            justifyContent: 'space-between',
          }}
        >
          <Typography
            variant="h1"
            tabIndex={-1}
            ref={heading}
            sx={{ outline: 'none', overflowWrap: 'anywhere', minWidth: 0 }}
          >
            {title}
          </Typography>
          {action}
        </Box>
        {children}
      </Box>
    </Box>
  );
}

/** A titled part of a page. */
export function Section({
  title,
  hint,
  children,
}: {
  readonly title: string;
  readonly hint?: ReactNode;
  readonly children: ReactNode;
}): ReactNode {
  return (
    <Box component="section" aria-label={title} sx={{ display: 'flex', flexDirection: 'column', gap: 1.5 }}>
      <div>
        <Typography variant="h2" sx={{ overflowWrap: 'anywhere' }}>
          {title}
        </Typography>
        {hint !== undefined && (
          <Typography variant="body2" color="textSecondary" sx={{ mt: 0.25 }}>
            {hint}
          </Typography>
        )}
      </div>
      {children}
    </Box>
  );
}
