import Box from '@mui/material/Box';
import Tooltip from '@mui/material/Tooltip';
import type { ReactNode } from 'react';
import { useApp } from '../hooks/app-context.tsx';
import { absoluteTime, relativeTime } from '../hooks/time-texts.ts';
import { useNow } from '../hooks/use-now.ts';

/** A moment as people say it, with the exact time as tooltip and for screen readers. */
export function Moment({ atMs }: { readonly atMs: number }): ReactNode {
  const { formatLocale } = useApp();
  const nowMs = useNow(false);
  const exact = absoluteTime(atMs, formatLocale);
  return (
    <Tooltip title={exact} describeChild>
      <Box component="time" dateTime={new Date(atMs).toISOString()} tabIndex={-1}>
        {relativeTime(atMs, nowMs, formatLocale)}
      </Box>
    </Tooltip>
  );
}
