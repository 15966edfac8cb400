import Refresh from '@mui/icons-material/Refresh';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import type { ReactNode } from 'react';
import { useApp } from '../../hooks/app-context.tsx';

/** Asks the server for the first time, where that waits for a click, or once more. */
export function AskServer({
  known,
  busy,
  onAsk,
}: {
  readonly known: boolean;
  readonly busy: boolean;
  readonly onAsk: () => void;
}): ReactNode {
  const { t } = useApp();
  const label = busy ? 'server.asking' : known ? 'server.reload' : 'server.ask';
  return (
    <Box>
      <Button startIcon={<Refresh />} disabled={busy} onClick={onAsk}>
        {t(label)}
      </Button>
    </Box>
  );
}
