import Box from '@mui/material/Box';
import Typography from '@mui/material/Typography';
import type { ReactElement, ReactNode } from 'react';

/** Nothing here yet: what will be, and the next step. */
export function EmptyState({
  icon,
  title,
  children,
  action,
}: {
  readonly icon: ReactElement;
  readonly title: string;
  readonly children: ReactNode;
  readonly action?: ReactNode;
}): ReactNode {
  return (
    <Box
      sx={{
        border: 1,
        borderStyle: 'dashed',
        borderColor: 'divider',
        borderRadius: 3,
        p: { xs: 3, sm: 5 },
        display: 'flex',
        flexDirection: 'column',
        alignItems: 'center',
        textAlign: 'center',
        gap: 1.5,
      }}
    >
      <Box sx={{ color: 'primary.main', '& svg': { fontSize: 44 } }}>{icon}</Box>
      <Typography variant="h2">{title}</Typography>
      <Typography color="textSecondary" sx={{ maxWidth: 460 }}>
        {children}
      </Typography>
      {action}
    </Box>
  );
}
