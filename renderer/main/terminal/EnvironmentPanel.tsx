import Alert from '@mui/material/Alert';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Typography from '@mui/material/Typography';
import { type ReactNode, useState } from 'react';
import type { EnvironmentFileView } from '../../../shared/model/in-place.ts';
import { ErrorNotice } from '../../components/ErrorNotice.tsx';
import { useAnnounce } from '../../components/Live.tsx';
import { useApp } from '../../hooks/app-context.tsx';
import { useTask } from '../../hooks/use-task.ts';

/** The file that gives `OIDC_SOCK` to everything after the next login: written and removed here, on request alone. */
export function EnvironmentPanel({ file }: { readonly file: EnvironmentFileView }): ReactNode {
  const { t, call } = useApp();
  const announce = useAnnounce();
  const task = useTask();
  const [said, setSaid] = useState<string | null>(null);
  const { state, path } = file;

  const change = (
    channel: 'terminal:write-environment' | 'terminal:remove-environment',
    done: string,
  ): void => {
    setSaid(null);
    void task
      .run(() => call(channel, null))
      .then((worked) => {
        if (!worked) return;
        setSaid(done);
        announce(done);
      });
  };

  return (
    <Box
      role="group"
      aria-label={t('in-place.environment')}
      sx={{ display: 'flex', flexDirection: 'column', gap: 1, mt: 1 }}
    >
      <div>
        <Typography variant="h3">{t('in-place.environment')}</Typography>
        <Typography variant="body2" color="textSecondary">
          {t('in-place.environment.hint')}
        </Typography>
      </div>
      <Typography variant="body2" sx={{ overflowWrap: 'anywhere' }}>
        {t(`in-place.environment.${state}`, { path })}
      </Typography>
      {state !== 'foreign' && (
        <Box sx={{ display: 'flex', gap: 1, flexWrap: 'wrap' }}>
          {state !== 'written' && (
            <Button
              variant="outlined"
              disabled={task.busy}
              onClick={() => change('terminal:write-environment', t('in-place.environment.wrote'))}
            >
              {t(state === 'absent' ? 'in-place.environment.write' : 'in-place.environment.update')}
            </Button>
          )}
          {state !== 'absent' && (
            <Button
              color="error"
              disabled={task.busy}
              onClick={() => change('terminal:remove-environment', t('in-place.environment.removed'))}
            >
              {t('in-place.environment.remove')}
            </Button>
          )}
        </Box>
      )}
      {said !== null && <Alert severity="success">{said}</Alert>}
      <ErrorNotice error={task.error} />
    </Box>
  );
}
