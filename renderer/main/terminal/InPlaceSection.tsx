import Alert from '@mui/material/Alert';
import Box from '@mui/material/Box';
import FormControlLabel from '@mui/material/FormControlLabel';
import Switch from '@mui/material/Switch';
import Typography from '@mui/material/Typography';
import type { ReactNode } from 'react';
import type { ServicePlaceView } from '../../../shared/model/in-place.ts';
import { ErrorNotice } from '../../components/ErrorNotice.tsx';
import { Section } from '../../components/Page.tsx';
import { useApp } from '../../hooks/app-context.tsx';
import { useTask } from '../../hooks/use-task.ts';
import { CopyLine } from './CopyLine.tsx';
import { EnvironmentPanel } from './EnvironmentPanel.tsx';
import { useLines } from './use-lines.ts';

/** The app where oidc-agent's programs look for their agent. */
export function InPlaceSection(): ReactNode {
  const { state, t, call } = useApp();
  const task = useTask();
  const { agent, inPlace, settings, platform } = state;
  const variables = useLines(
    ['variable-posix', 'variable-fish', 'variable-tcsh', 'variable-launchctl'],
    null,
  );
  if (platform.platform === 'win32') {
    return (
      <Section title={t('in-place.title')}>
        <Typography color="textSecondary">{t('in-place.windows')}</Typography>
      </Section>
    );
  }
  const isOn = settings.inPlace.enabled;
  return (
    <>
      <Section title={t('in-place.title')} hint={t('in-place.hint')}>
        <div>
          <FormControlLabel
            control={
              <Switch
                checked={isOn}
                disabled={task.busy}
                onChange={(_event, enabled) => {
                  // Standing in without a door would help nobody.
                  const door = enabled ? { socket: { enabled: true } } : {};
                  void task.run(() => call('settings:update', { inPlace: { enabled }, ...door }));
                }}
              />
            }
            label={t('in-place.switch')}
          />
          <Typography variant="body2" color="textSecondary">
            {t('in-place.what')}
          </Typography>
        </div>
        {isOn && agent.socket.state !== 'listening' && (
          <Alert severity="warning">{t('in-place.socket-off')}</Alert>
        )}
        {isOn && inPlace.places.map((place) => <Place key={place.generation} place={place} />)}
        <ErrorNotice error={task.error} />
        {inPlace.environment !== null && <EnvironmentPanel file={inPlace.environment} />}
      </Section>
      {variables.length > 0 && (
        <Section title={t('terminal.variables')} hint={t('terminal.variables.hint')}>
          {variables.map((line) => (
            <CopyLine key={line.id} line={line} accountId={null} />
          ))}
        </Section>
      )}
    </>
  );
}

function Place({ place }: { readonly place: ServicePlaceView }): ReactNode {
  const { t } = useApp();
  const { generation, state, path, pid, program, problem } = place;
  return (
    <Box sx={{ display: 'flex', flexDirection: 'column', gap: 1 }}>
      <Typography variant="body2" sx={{ overflowWrap: 'anywhere' }}>
        <strong>{t(`in-place.generation.${generation}`)}</strong>: {t(`in-place.state.${state}`)} ·{' '}
        <code>{path}</code>
      </Typography>
      {state === 'taken' && (
        <Alert severity="warning">
          {pid === null
            ? t('in-place.taken-unknown', { path })
            : t('in-place.taken', { program: program ?? 'oidc-agent', pid: String(pid) })}
        </Alert>
      )}
      <ErrorNotice code={problem} />
    </Box>
  );
}
