import Box from '@mui/material/Box';
import FormControlLabel from '@mui/material/FormControlLabel';
import Switch from '@mui/material/Switch';
import Typography from '@mui/material/Typography';
import type { ReactNode } from 'react';
import { ErrorNotice } from '../../components/ErrorNotice.tsx';
import { Section } from '../../components/Page.tsx';
import { useApp } from '../../hooks/app-context.tsx';
import { useTask } from '../../hooks/use-task.ts';
import { mono } from '../../theme/theme.ts';

/** The localhost HTTP endpoint and where it listens. */
export function EndpointSection(): ReactNode {
  const { state, t, call } = useApp();
  const task = useTask();
  const { endpoint, settings } = state;
  return (
    <Section title={t('programs.endpoint')}>
      <FormControlLabel
        control={
          <Switch
            checked={settings.endpoint.enabled}
            onChange={(_event, enabled) =>
              void task.run(() => call('settings:update', { endpoint: { ...settings.endpoint, enabled } }))
            }
          />
        }
        label={t('programs.switch')}
      />
      {endpoint.state === 'listening' && (
        <Box
          component="ul"
          aria-label={t('programs.addresses')}
          sx={{ m: 0, pl: 2.5, fontFamily: mono, fontSize: '0.85rem' }}
        >
          {endpoint.addresses.map((address) => (
            <li key={address}>{address}</li>
          ))}
        </Box>
      )}
      {endpoint.state === 'listening' && endpoint.discoveryFile !== null && (
        <Typography variant="body2" color="textSecondary" sx={{ overflowWrap: 'anywhere' }}>
          {t('programs.discovery')} <code>{endpoint.discoveryFile}</code>
        </Typography>
      )}
      {endpoint.state === 'error' && <ErrorNotice code={endpoint.problem} />}
      <ErrorNotice error={task.error} />
    </Section>
  );
}
