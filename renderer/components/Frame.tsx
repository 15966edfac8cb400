import Box from '@mui/material/Box';
import type { ReactNode } from 'react';

/** What belongs together, in a frame and with a name of its own; as `item` it is one of a list. */
export function Frame({
  label,
  item = false,
  gap = 1.5,
  children,
}: {
  readonly label: string;
  readonly item?: boolean;
  readonly gap?: number;
  readonly children: ReactNode;
}): ReactNode {
  return (
    <Box
      {...(item ? { component: 'li' } : { role: 'group' })}
      aria-label={label}
      sx={{
        border: 1,
        borderColor: 'divider',
        borderRadius: 2,
        p: 2,
        display: 'flex',
        flexDirection: 'column',
        gap,
        minWidth: 0,
      }}
    >
      {children}
    </Box>
  );
}
