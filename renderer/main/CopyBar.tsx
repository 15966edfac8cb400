import CheckCircleOutline from '@mui/icons-material/CheckCircleOutlined';
import Alert from '@mui/material/Alert';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import { type ReactNode, useEffect, useRef } from 'react';
import { useAnnounce } from '../components/Live.tsx';
import { useApp } from '../hooks/app-context.tsx';
import { absoluteTime } from '../hooks/time-texts.ts';
import { useNow } from '../hooks/use-now.ts';

/** As long as a token of ours is in the clipboard: whose it is, until when it is valid, and when it goes. */
export function CopyBar(): ReactNode {
  const { state, t, call } = useApp();
  const { clearsAtMs, problem } = state.clipboard;
  if (problem !== null) {
    return (
      <Alert severity="warning" square role="alert" sx={{ borderRadius: 0 }}>
        {t('copied.not-cleared')}
      </Alert>
    );
  }
  return clearsAtMs === null ? null : (
    <Copied clearsAtMs={clearsAtMs} onClear={() => void call('clipboard:clear', null)} />
  );
}

function Copied({
  clearsAtMs,
  onClear,
}: {
  readonly clearsAtMs: number;
  readonly onClear: () => void;
}): ReactNode {
  const { state, t, formatLocale } = useApp();
  const announce = useAnnounce();
  const nowMs = useNow(true);
  const { accountId, tokenExpiresAtMs } = state.clipboard;
  const account = state.accounts.find(({ id }) => id === accountId);
  const words = (): string => {
    if (account === undefined) return t('copied.link');
    const { displayName } = account;
    if (tokenExpiresAtMs === null) return t('copied.secret', { account: displayName });
    return t('copied.token', { account: displayName, until: absoluteTime(tokenExpiresAtMs, formatLocale) });
  };
  const what = words();
  const announced = useRef(0);
  useEffect(() => {
    if (announced.current === clearsAtMs) return;
    announced.current = clearsAtMs;
    announce(what);
  }, [announce, what, clearsAtMs]);
  const seconds = Math.max(0, Math.ceil((clearsAtMs - nowMs) / 1000));
  return (
    <Box
      component="aside"
      aria-label={t('settings.clipboard')}
      sx={{
        display: 'flex',
        alignItems: 'center',
        flexWrap: 'wrap',
        gap: 1.5,
        px: { xs: 2, sm: 4 },
        py: 1,
        bgcolor: 'background.paper',
        borderTop: 1,
        borderColor: 'divider',
      }}
    >
      <CheckCircleOutline color="success" fontSize="small" />
      <Box sx={{ flex: 1, minWidth: 200, fontSize: '0.875rem' }}>
        {what}{' '}
        <Box component="span" sx={{ color: 'text.secondary' }}>
          {t('copied.clears', { seconds })}
        </Box>
      </Box>
      <Button size="small" onClick={onClear}>
        {t('copied.clear-now')}
      </Button>
    </Box>
  );
}
