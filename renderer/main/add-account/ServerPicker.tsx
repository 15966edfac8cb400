import Autocomplete from '@mui/material/Autocomplete';
import Box from '@mui/material/Box';
import CircularProgress from '@mui/material/CircularProgress';
import TextField from '@mui/material/TextField';
import Typography from '@mui/material/Typography';
import type { ReactNode } from 'react';
import { ErrorNotice } from '../../components/ErrorNotice.tsx';
import { Section } from '../../components/Page.tsx';
import { useApp } from '../../hooks/app-context.tsx';
import type { InstanceCheck } from './use-instance.ts';

/** A mytoken server from the list or any other, checked while typing. */
export function ServerPicker({
  url,
  onUrl,
  instance,
}: {
  readonly url: string;
  readonly onUrl: (url: string) => void;
  readonly instance: InstanceCheck;
}): ReactNode {
  const { state, t } = useApp();
  const { platform, settings } = state;
  const known = [
    ...new Set([
      ...(platform.prefillInstance === null ? [] : [platform.prefillInstance]),
      ...platform.knownInstances.map((server) => server.url),
      ...settings.instances,
    ]),
  ];
  return (
    <Section title={t('add.server.title')} hint={t('add.server.hint')}>
      <Autocomplete
        freeSolo
        size="small"
        options={known}
        inputValue={url}
        value={url}
        onInputChange={(_event, text) => onUrl(text)}
        renderInput={(params) => (
          <TextField {...params} label={t('add.server.label')} type="url" error={instance.error !== null} />
        )}
      />
      <Box aria-live="polite" sx={{ minHeight: 24 }}>
        {instance.checking && (
          <Typography
            variant="body2"
            color="textSecondary"
            sx={{ display: 'flex', gap: 1, alignItems: 'center' }}
          >
            <CircularProgress size={14} aria-hidden /> {t('add.server.checking')}
          </Typography>
        )}
        {instance.view !== null && (
          <Typography variant="body2" color="success">
            {t('add.server.found', {
              version: instance.view.version,
              providers: instance.view.providers.length,
            })}
          </Typography>
        )}
        {instance.view !== null && Math.abs(instance.view.clockSkewMs ?? 0) > 30_000 && (
          <Typography variant="body2" color="warning">
            {t('add.server.skew', { seconds: Math.round(Math.abs(instance.view.clockSkewMs ?? 0) / 1000) })}
          </Typography>
        )}
      </Box>
      <ErrorNotice error={instance.error} onRetry={instance.again} />
    </Section>
  );
}
