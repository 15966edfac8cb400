import Typography from '@mui/material/Typography';
import type { ReactNode } from 'react';
import { Frame } from '../../components/Frame.tsx';

/** One way of handing over, in a frame of its own. */
export function Panel({
  title,
  hint,
  children,
}: {
  readonly title: string;
  readonly hint: string;
  readonly children: ReactNode;
}): ReactNode {
  return (
    <Frame label={title}>
      <div>
        <Typography variant="h2">{title}</Typography>
        <Typography variant="body2" color="textSecondary" sx={{ mt: 0.25 }}>
          {hint}
        </Typography>
      </div>
      {children}
    </Frame>
  );
}
